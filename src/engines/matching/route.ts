import { feeWeight } from '../accounts/fees.ts';
import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import { examine, planBook, within } from '../order-book/plan.ts';
import * as PlanSteps from '../order-book/steps.ts';
import * as CommandLayout from '../records/commands.ts';
import type { State } from '../state.ts';
import { affordable } from './affordable.ts';
import * as Cursors from './cursors.ts';
import { advance, isLost, passOver, remaining, setPrice, start } from './cursors.ts';
import { makerStep, startMaker } from './makerStep.ts';
import * as Takers from './taker.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { HOLDER, ROW_SHIFT, SLOTS, TERMS } = OrderLayout;
const P = { ...PlanSteps };
const { GROUP_BITS } = CommandLayout;
const { NONE, prices, slots, used } = Cursors;
const { taker } = Takers;

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
  taker.spent = 0;
  for (let j = 0; j < market.outcomes; j++) if (isLost(state, j)) advance(state, market, j);
  return walk(state, market, left);
}

function routeAll(state: State, market: Market): number {
  start(market, market.bookOn && market.outcomes > 2);
  if (market.hasMaker) startMaker(market);
  taker.spent = 0;
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
  taker.spent += lots * each;
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
  taker.spent += lots * each;
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

function sumFees(state: State, market: Market): void {
  const { plan, planFee } = state;
  for (let step = 0; step < plan.count; step++)
    if (plan.kind(step) === P.FILL)
      planFee.add(plan.lotsOf(step), feeWeight(market, market.takerFee, plan.price(step)));
}
