import { unitHold } from './accounts/collateral.ts';
import { feeBound, feeHold } from './accounts/fees.ts';
import { done, emitBalance, emitLevel, emitPositions, refuse, refuseLimit } from './emit.ts';
import { findResting, refField } from './findOrder.ts';
import type { Market } from './market.ts';
import * as MarketStates from './market.ts';
import { checkReach, collateral } from './matching/checks.ts';
import { isBeyondCollar, isWrongSize, priceInBook } from './matching/commonChecks.ts';
import { cancelResting, shrinkResting, withdraw } from './matching/makers.ts';
import { checkPosition } from './matching/riskLimits.ts';
import { route } from './matching/route.ts';
import { taker } from './matching/taker.ts';
import * as OrderLayout from './order-book/orderRow.ts';
import * as Reasons from './reasons.ts';
import * as CommandLayout from './records/commands.ts';
import type { Field } from './records/events.ts';
import * as EventLayout from './records/events.ts';
import * as RecordLayout from './records/header.ts';
import { rememberBefore, settleOrder } from './settleOrder.ts';
import type { State } from './state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { OPEN } = MarketStates;
const O = { ...OrderLayout };
const { REASON } = Reasons;
const R = { ...RecordLayout };
const C = { ...CommandLayout };
const { CAUSE, DONE_FLAGS, DONE_ORDER, KEPT_PRIORITY } = EventLayout;

/**
 * Changes price or total size. A smaller size at the same price keeps its place in the queue; anything else goes to the
 * back and may trade. A size at or below what is filled cancels the rest.
 */
export function amend(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const marketIndex = i32[at + R.MARKET] as number;
  const no = (code: Parameters<typeof refuse>[4], field: Field, value = 0) =>
    refuse(state, C.COMMAND.AMEND, account, marketIndex, code, field, value);
  const market = state.markets[marketIndex];
  if (market === undefined) return no('UNKNOWN_MARKET', 'market');
  const slot = findResting(state, i32, f64, at);
  if (slot < 0) return no('UNKNOWN_ORDER', refField(f64, at));
  if (market.status !== OPEN || state.time >= market.closeTime) return no('MARKET_NOT_OPEN', 'market');

  const { rows } = state.orders;
  const row = (slot & O.SLOTS) << O.ROW_SHIFT;
  const terms = rows[row + O.TERMS] as number;
  const side = terms & 1;
  const outcome = C.outcomeOfTerms(terms);
  const oldPrice = rows[row + O.PRICE] as number;
  const filled = rows[row + O.FILLED] as number;
  const remaining = (rows[row + O.SIZE] as number) - filled;
  const wantedPrice = i32[at + C.REF_PRICE] as number;
  let price = oldPrice;
  if (wantedPrice !== C.KEEP) {
    price = priceInBook(state, C.COMMAND.AMEND, account, market, wantedPrice, (terms & C.MIRRORED) !== 0);
    if (price === 0) return;
    if (price !== oldPrice && isBeyondCollar(state, C.COMMAND.AMEND, account, market, outcome, side, price)) return;
  }
  const wantedSize = i32[at + C.REF_SIZE] as number;
  const size = wantedSize === C.KEEP ? (rows[row + O.SIZE] as number) : wantedSize;
  const most = wantedSize === C.KEEP ? 0 : market.orderLots;
  if (isWrongSize(state, C.COMMAND.AMEND, account, market, size, most)) return;

  const left = Math.max(0, size - filled);
  const holder = rows[row + O.HOLDER] as number;
  if (left === 0 || (price === oldPrice && left <= remaining)) {
    const before = state.accounts.balance(account);
    if (left === 0) cancelResting(state, market, slot, REASON.AMENDED_BELOW_FILLED);
    else shrinkResting(state, market, slot, remaining - left);
    emitBalance(state, account, marketIndex, state.accounts.balance(account) - before, CAUSE.HOLD);
    emitPositions(state, market, holder, state.touched);
    const end = done(state, C.COMMAND.AMEND, account, marketIndex);
    state.events.f64[(end + DONE_ORDER) >> 1] = state.orders.id(slot);
    if (left > 0) state.events.i32[end + DONE_FLAGS] = (state.events.i32[end + DONE_FLAGS] as number) | KEPT_PRIORITY;
    return;
  }
  const fundsField = wantedSize === C.KEEP ? 'price' : 'size';
  const leftOfPlan = planMove(state, C.COMMAND.AMEND, account, market, slot, price, left, fundsField);
  if (leftOfPlan < 0) return;

  // After this point nothing refuses.
  rememberBefore(state, account);
  const planned = move(state, market, slot, price, size, leftOfPlan);
  settleOrder(state, market, slot, planned, C.COMMAND.AMEND, account);
}

/**
 * Plans an open order that goes to the back of `price` with `left` lots still to fill, and checks what depends on it.
 * Returns the lots that the plan leaves; −1: refused. `fundsField` is at fault where the money does not suffice.
 */
export function planMove(
  state: State,
  command: number,
  account: number,
  market: Market,
  slot: number,
  price: number,
  left: number,
  fundsField: Field,
): number {
  const { rows } = state.orders;
  const row = (slot & O.SLOTS) << O.ROW_SHIFT;
  const terms = rows[row + O.TERMS] as number;
  const side = terms & 1;
  const outcome = C.outcomeOfTerms(terms);
  const oldPrice = rows[row + O.PRICE] as number;
  const filled = rows[row + O.FILLED] as number;
  const remaining = (rows[row + O.SIZE] as number) - filled;
  const holder = rows[row + O.HOLDER] as number;
  if (market.positionLots !== 0 && !checkPosition(state, market, holder, side, outcome, left, slot)) {
    refuseLimit(state, command, account, market.index, 'positionLots', 'size', market.positionLots);
    return -1;
  }
  const covered = rows[row + O.COVERED] as number;
  const free = collateral(market, holder, side, outcome) + covered;
  if ((terms & C.REDUCE_ONLY) !== 0 && left > free) {
    refuse(state, command, account, market.index, 'REDUCE_ONLY_WOULD_INCREASE', 'size', filled + free);
    return -1;
  }
  const fee = feeHold(state, market, slot, oldPrice, remaining);
  const released = unitHold(side, oldPrice) * (remaining - covered) + fee;
  const need = unitHold(side, price) * Math.max(0, left - free) + feeBound(market, price, left);
  if (need > state.accounts.available(account) + released) {
    refuse(state, command, account, market.index, 'INSUFFICIENT_FUNDS', fundsField);
    return -1;
  }
  const leftOfPlan = planAmended(state, market, slot, price, left);
  const refused = checkReach(state, terms, leftOfPlan);
  if (refused === undefined) return leftOfPlan;
  refuse(state, command, account, market.index, refused.code, refused.field);
  return -1;
}

/** Takes the order out of its book, with its new price and size, for its plan; returns the lots that the plan leaves. */
export function move(
  state: State,
  market: Market,
  slot: number,
  price: number,
  size: number,
  leftOfPlan: number,
): number {
  const { rows } = state.orders;
  const row = (slot & O.SLOTS) << O.ROW_SHIFT;
  const terms = rows[row + O.TERMS] as number;
  const oldPrice = rows[row + O.PRICE] as number;
  const covered = rows[row + O.COVERED] as number;
  withdraw(state, market, slot);
  emitLevel(state, market, C.outcomeOfTerms(terms), terms & 1, oldPrice);
  rows[row + O.PRICE] = price;
  rows[row + O.SIZE] = size;
  // Shares that it held may have made sets, and own reduce-only orders smaller: what was planned may not be there any more.
  if (covered === 0 || market.outcomes === 2) return leftOfPlan;
  return planAmended(state, market, slot, price, size - (rows[row + O.FILLED] as number));
}

function planAmended(state: State, market: Market, slot: number, price: number, lots: number): number {
  const row = (slot & O.SLOTS) << O.ROW_SHIFT;
  const terms = state.orders.rows[row + O.TERMS] as number;
  taker.side = terms & 1;
  taker.outcome = C.outcomeOfTerms(terms);
  taker.limit = price;
  taker.lots = lots;
  taker.holder = state.orders.rows[row + O.HOLDER] as number;
  taker.stp = C.stpOfTerms(terms);
  taker.budget = taker.wholeBudget = Number.POSITIVE_INFINITY;
  taker.mirrored = (terms & C.MIRRORED) !== 0;
  taker.reduceOnly = (terms & C.REDUCE_ONLY) !== 0;
  return route(state, market);
}
