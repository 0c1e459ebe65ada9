import { ammFeeBase, feeWeight } from '../accounts/fees.ts';
import { buyCostCeil, quote, sellProceedsFloor } from '../lmsr/lmsr.ts';
import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import { examine, planBook, within } from '../order-book/plan.ts';
import * as PlanSteps from '../order-book/steps.ts';
import * as CommandLayout from '../records/commands.ts';
import type { State } from '../state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { HOLDER, NEXT, ROW_SHIFT, SLOTS, TERMS } = OrderLayout;
const P = { ...PlanSteps };
const { BUY, GROUP_BITS } = CommandLayout;

/**
 * Plans an order that may trade with more than one book: with the market's maker, with complete sets across the books of
 * other outcomes, within a budget. Step by step it takes the cheapest of
 *
 * * the oldest order at the best price of its own book,
 * * a set: buying outcome i at $1 − Σ bids of all others mints sets and sells the others to those bids; selling merges,
 * * the maker, while its price is strictly better than both.
 *
 * Ties go to the book, then to the set. Plain orders on a plain book take `planBook`, which is this loop's special case.
 */

/** The taker: what `route` needs to know of it, set by the caller. */
export const taker = {
  /** In the terms of the book. */
  side: BUY as number,
  outcome: 0,
  /** Ticks; worse prices are not taken. */
  limit: 0,
  lots: 0,
  /** Its row among the holders, −1: none yet. */
  holder: -1,
  stp: 0,
  /** The client's cost at most, fees included; Infinity none. */
  budget: Number.POSITIVE_INFINITY,
  /** The budget before the first of several plans. */
  wholeBudget: Number.POSITIVE_INFINITY,
  /** The client buys the other side: its cost of a lot is $1 − price. */
  mirrored: false,
  reduceOnly: false,
};

/** Where the plan stands in the book of each outcome: price, order, and lots of that order already used. */
const OUTCOMES = 256;
const prices = new Int32Array(OUTCOMES);
const slots = new Int32Array(OUTCOMES);
const used = new Float64Array(OUTCOMES);
/** The maker's quantities as they would be. */
const quantities = new Float64Array(OUTCOMES);

/** True if the plain loop over one book will do. */
export function isPlain(market: Market): boolean {
  return !market.hasMaker && market.outcomes === 2 && taker.budget === Number.POSITIVE_INFINITY;
}

/** Plans `taker` in `state.plan`; returns the lots that are left. */
export function route(state: State, market: Market): number {
  const { plan, orders } = state;
  const { side, limit, outcome, holder, stp } = taker;
  plan.clear();
  state.planFee.clear();
  if (isPlain(market)) {
    const book = market.book(outcome);
    const left = planBook(plan, orders, book, side, limit, taker.lots, holder, stp, state.time);
    if (market.takerFee !== 0) sumFees(state, market);
    return left;
  }
  return routeAll(state, market);
}

/** As {@link route}, in a way that {@link routeOn} can go on from. */
export function routeFirst(state: State, market: Market): number {
  state.plan.clear();
  state.planFee.clear();
  return routeAll(state, market);
}

/**
 * Goes on where a plan ended with AGAIN, as if it had been executed and {@link lost} was what orders lost by that: nothing needs
 * to change for it. Plans `left` lots within the present budget; returns those that are left.
 */
export function routeOn(state: State, market: Market, left: number): number {
  state.plan.goOn();
  state.planFee.clear();
  spent = 0;
  for (let j = 0; j < market.outcomes; j++) if (isLost(state, j)) advance(state, market, j);
  return walk(state, market, left);
}

/** Lots that merges would have taken off reduce-only orders, by slot. Of a price query alone: empty while anything is executed. */
export const lost = new Map<number, number>();

const remaining = (state: State, slot: number): number =>
  state.orders.remaining(slot) - (lost.size === 0 ? 0 : (lost.get(slot) ?? 0));

/** Nothing is left of the order where outcome j stands. */
const isLost = (state: State, j: number): boolean =>
  lost.size !== 0 && (slots[j] as number) >= 0 && remaining(state, slots[j] as number) <= (used[j] as number);

function routeAll(state: State, market: Market): number {
  start(market, market.bookOn && market.outcomes > 2);
  return walk(state, market, taker.lots);
}

function walk(state: State, market: Market, lots: number): number {
  const { plan } = state;
  const { side, limit, outcome } = taker;
  const sets = market.bookOn && market.outcomes > 2;
  let left = lots;
  let askedMaker = 2 * NONE;
  while (left > 0 && plan.stop === P.NO_MORE) {
    if (plan.full) {
      plan.stop = P.STEPS;
      break;
    }
    if (state.protection.tripsInPlan) passOver(state, market);
    const direct = prices[outcome] as number;
    const set = sets ? setPrice(market) : 0;
    const hasDirect = direct !== 0 && within(side, limit, direct);
    const hasSet = set !== NONE && sets && within(side, limit, set);
    const best = hasDirect && (!hasSet || within(side, set, direct)) ? direct : hasSet ? set : NONE;
    if (market.hasMaker && askedMaker !== best) {
      askedMaker = best;
      left -= makerStep(state, market, best === NONE ? limit : best, left);
      if (left === 0 || plan.stop !== P.NO_MORE) break;
    }
    if (best === NONE) break;
    left = best === direct && hasDirect ? directStep(state, market, direct, left) : setStep(state, market, set, left);
  }
  return left;
}

/** No price: sets may have prices of 0 and below. */
const NONE = -1_000_000;

function start(market: Market, sets: boolean): void {
  const { outcome, side } = taker;
  for (let j = 0; j < market.outcomes; j++) {
    quantities[j] = market.q[j] as number;
    slots[j] = -1;
    if (j !== outcome && !sets) continue;
    const book = market.books[j];
    const opposite = j === outcome ? side === BUY : side !== BUY;
    const price = book === undefined || !market.bookOn ? 0 : opposite ? book.bestAsk : book.bestBid;
    prices[j] = price;
    slots[j] = price === 0 || book === undefined ? -1 : book.oldest(price);
    used[j] = 0;
  }
  spent = 0;
}

/** Cost of the client so far, without fees. */
let spent = 0;

/** What the other books leave of $1 for a set, or NONE. */
function setPrice(market: Market): number {
  let sum = 0;
  for (let j = 0; j < market.outcomes; j++) {
    if (j === taker.outcome) continue;
    if (prices[j] === 0) return NONE;
    sum += prices[j] as number;
  }
  return 10_000 - sum;
}

/** Goes on to the next order of an outcome's book. */
function advance(state: State, market: Market, j: number): void {
  do stepOn(state, market, j);
  while (isLost(state, j));
}

function stepOn(state: State, market: Market, j: number): void {
  used[j] = 0;
  const next = state.orders.rows[(((slots[j] as number) & SLOTS) << ROW_SHIFT) + NEXT] as number;
  if (next >= 0) {
    slots[j] = next;
    return;
  }
  const book = market.book(j);
  const asks = j === taker.outcome ? taker.side === BUY : taker.side !== BUY;
  const price = asks ? book.nextAsk(prices[j] as number) : book.nextBid(prices[j] as number);
  prices[j] = price;
  slots[j] = price === 0 ? -1 : book.oldest(price);
}

/** Goes on from quotes whose group the plan has used up: to the maker's price, too, they are not there. */
function passOver(state: State, market: Market): void {
  for (let j = 0; j < market.outcomes; j++) while (isUsedUp(state, slots[j] as number)) advance(state, market, j);
}

const isUsedUp = (state: State, slot: number): boolean =>
  slot >= 0 &&
  ((state.orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) & GROUP_BITS) !== 0 &&
  state.protection.isUsedUp(slot);

/** Looks at the order where outcome j stands: false when it is not simply to be filled, and has been dealt with. */
function fillable(state: State, market: Market, j: number, left: number): boolean {
  const { plan, orders } = state;
  const { holder } = taker;
  const slot = slots[j] as number;
  const lots = Math.min(left, remaining(state, slot) - (used[j] as number));
  const kind = examine(plan, orders, slot, holder, taker.stp, state.time, lots, prices[j] as number);
  if (plan.stop === P.AGAIN) return false;
  if (kind === P.FILL) return true;
  prevented = kind === P.DECREMENT ? lots : 0;
  if (plan.stop !== P.NO_MORE) return false;
  // The end of an own order frees shares, and sets that they complete merge: with what the taker is to sell.
  const own = orders.rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] === holder;
  if (own && taker.reduceOnly && market.outcomes > 2) plan.stop = P.AGAIN;
  else advance(state, market, j);
  return false;
}
/** Lots that the last {@link fillable} took off the order without a fill. */
let prevented = 0;

function directStep(state: State, market: Market, price: number, left: number): number {
  const { plan } = state;
  const { outcome } = taker;
  prevented = 0;
  if (!fillable(state, market, outcome, left)) return left - prevented;
  const slot = slots[outcome] as number;
  const most = remaining(state, slot);
  const each = taker.mirrored ? 10_000 - price : price;
  const weight = feeWeight(market, market.takerFee, price);
  const lots = affordable(state, each, weight, Math.min(left, most));
  if (lots === 0) {
    plan.stop = P.BUDGET;
    return left;
  }
  plan.add(P.FILL, slot, lots, price);
  countQuote(state, slot, lots);
  plan.lots += lots;
  plan.micros += lots * price;
  state.planFee.add(lots, weight);
  spent += lots * each;
  if (lots === most) advance(state, market, outcome);
  return left - lots;
}

/** A quote's fill counts towards its group's protection. */
function countQuote(state: State, slot: number, lots: number): void {
  const terms = state.orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number;
  if ((terms & GROUP_BITS) !== 0) state.protection.plan(slot, lots);
}

/** One lot size for all legs: the smallest of their oldest orders. */
function setStep(state: State, market: Market, price: number, left: number): number {
  const { plan } = state;
  let lots = left;
  let weight = 0;
  for (let j = 0; j < market.outcomes; j++) {
    if (j === taker.outcome) continue;
    prevented = 0;
    if (!fillable(state, market, j, left)) return left - prevented;
    lots = Math.min(lots, remaining(state, slots[j] as number) - (used[j] as number));
    weight += feeWeight(market, market.takerFee, prices[j] as number);
  }
  const each = taker.mirrored ? 10_000 - price : price;
  lots = affordable(state, each, weight, lots);
  if (lots === 0) {
    plan.stop = P.BUDGET;
    return left;
  }
  plan.add(P.SET, -1, lots, price);
  plan.lots += lots;
  plan.micros += lots * price;
  state.planFee.add(lots, weight);
  spent += lots * each;
  for (let j = 0; j < market.outcomes; j++) {
    if (j === taker.outcome) continue;
    plan.add(P.LEG_STEP, slots[j] as number, lots, prices[j] as number);
    countQuote(state, slots[j] as number, lots);
    used[j] = (used[j] as number) + lots;
  }
  for (let j = 0; j < market.outcomes; j++)
    if (j !== taker.outcome && used[j] === remaining(state, slots[j] as number)) advance(state, market, j);
  return left - lots;
}

/** Lots up to `most` that the budget still pays for, with their fee. */
function affordable(state: State, each: number, weight: number, most: number): number {
  if (taker.budget === Number.POSITIVE_INFINITY) return most;
  const { whole, rest } = state.planFee;
  const left = taker.budget - spent - whole - rest / 1e8;
  const perLot = each + weight / 1e8;
  let lots = perLot <= 0 ? most : Math.max(0, Math.min(most, Math.floor(left / perLot) + 1));
  const sum = state.planFee;
  for (; lots > 0; lots--) {
    sum.add(lots, weight);
    const fits = spent + lots * each + sum.micros <= taker.budget;
    sum.whole = whole;
    sum.rest = rest;
    if (fits) break;
  }
  return lots;
}

/** [lots, money] of the maker, by `quote`. */
const quoted = new Float64Array(2);

/**
 * Asks the maker for up to `left` lots at prices strictly better than `price`, or equal where nothing else stands there, and
 * adds them to the plan. Returns the lots.
 */
function makerStep(state: State, market: Market, price: number, left: number): number {
  const { plan } = state;
  const { outcome, side, budget } = taker;
  const { bandMin, bandMax } = market.terms;
  const n = market.outcomes;
  const level = side === BUY ? Math.min(price * 100, bandMax) : Math.max(price * 100, bandMin);
  if (level <= 0 || level >= 1_000_000) return 0;
  const direction = side === BUY ? 1 : -1;
  const capped = budget !== Number.POSITIVE_INFINITY;
  // The money alone caps a plain purchase; fees and the other side's cost are searched for.
  const cap = capped && side === BUY && market.takerFee === 0 ? Math.max(0, budget - spent) : Number.POSITIVE_INFINITY;
  if (!quote(quantities, n, market.b, outcome, direction, left, level, cap, quoted)) {
    if (
      cap !== Number.POSITIVE_INFINITY &&
      quote(quantities, n, market.b, outcome, direction, 1, level, Number.POSITIVE_INFINITY, quoted)
    )
      plan.stop = P.BUDGET;
    return 0;
  }
  let lots = quoted[0] as number;
  let micros = quoted[1] as number;
  if (capped) {
    const asked = lots;
    if (cap === Number.POSITIVE_INFINITY) lots = searchBudget(state, market, asked);
    else if (
      lots < left &&
      quote(quantities, n, market.b, outcome, direction, lots + 1, level, Number.POSITIVE_INFINITY, quoted)
    )
      if (quoted[0] === lots + 1) plan.stop = P.BUDGET;
    if (lots < asked) {
      plan.stop = P.BUDGET;
      if (lots === 0) return 0;
      micros = makerMicros(market, lots);
    }
  }
  plan.addAmm(lots, micros);
  spent += taker.mirrored ? 10_000 * lots - micros : micros;
  if (market.takerFee !== 0) state.planFee.addShare(ammFeeBase(market, lots, micros), market.takerFee);
  quantities[outcome] = (quantities[outcome] as number) + (side === BUY ? lots : -lots);
  return lots;
}

function makerMicros(market: Market, lots: number): number {
  const n = market.outcomes;
  return taker.side === BUY
    ? buyCostCeil(quantities, n, market.b, taker.outcome, lots)
    : sellProceedsFloor(quantities, n, market.b, taker.outcome, lots);
}

/** The most lots whose cost and fee the budget pays for: both grow with the size. */
function searchBudget(state: State, market: Market, most: number): number {
  const sum = state.planFee;
  const { whole, rest } = sum;
  let low = 0;
  let high = most;
  while (low < high) {
    const lots = low + Math.ceil((high - low) / 2);
    const micros = makerMicros(market, lots);
    if (market.takerFee !== 0) sum.addShare(ammFeeBase(market, lots, micros), market.takerFee);
    const cost = spent + (taker.mirrored ? 10_000 * lots - micros : micros) + sum.micros;
    sum.whole = whole;
    sum.rest = rest;
    if (cost <= taker.budget) low = lots;
    else high = lots - 1;
  }
  return low;
}

function sumFees(state: State, market: Market): void {
  const { plan, planFee } = state;
  for (let step = 0; step < plan.count; step++)
    if (plan.kind(step) === P.FILL)
      planFee.add(plan.lotsOf(step), feeWeight(market, market.takerFee, plan.price(step)));
}
