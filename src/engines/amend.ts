import { NOT_ON_GRID, TOO_LARGE } from '../protocol/units.ts';
import { merge, unhold, unitHold } from './accounts/positions.ts';
import { done, emitBalance, emitLevel, emitOrder, emitPositions, refuse, refuseLimit } from './emit.ts';
import { LIMITS } from './limits.ts';
import { type Market, OPEN } from './market.ts';
import type { Book } from './order-book/book.ts';
import { cancelResting, finish, match, rest, unrest, walk } from './order-book/match.ts';
import * as O from './order-book/orders.ts';
import { REASON } from './place.ts';
import * as R from './records/buffer.ts';
import * as C from './records/commands.ts';
import {
  CAUSE,
  DONE_COUNT,
  DONE_FLAGS,
  DONE_ORDER,
  type Field,
  KEPT_PRIORITY,
  MIRRORED,
  STATUS,
} from './records/events.ts';
import type { State } from './state.ts';

/** The slot of the order that a record names by id or client id, if it is the account’s; −1 otherwise. */
export function findOrder(state: State, i32: Int32Array, f64: Float64Array, at: number): number {
  const account = i32[at + R.ACCOUNT] as number;
  const id = f64[(at + C.REF_ORDER) >> 1] as number;
  let slot: number;
  if (id !== 0) slot = state.orders.find(id);
  else {
    const length = i32[at + C.REF_CLIENT_ID_LENGTH] as number;
    const entry = length > 0 ? state.clientIds.find(account, i32, at + C.REF_CLIENT_ID, length) : -1;
    slot = entry < 0 ? -1 : state.clientIds.slot(entry);
  }
  if (slot < 0) return -1;
  const row = slot * O.ROW;
  const market = state.markets[state.orders.rows[row + O.MARKET] as number] as Market;
  return market.holders.accounts[state.orders.rows[row + O.HOLDER] as number] === account ? slot : -1;
}

/** As {@link findOrder}, but the order must rest in the market that the record names. */
function findResting(state: State, i32: Int32Array, f64: Float64Array, at: number): number {
  const slot = findOrder(state, i32, f64, at);
  if (slot < 0) return -1;
  const row = slot * O.ROW;
  if (state.orders.rows[row + O.MARKET] !== i32[at + R.MARKET]) return -1;
  return ((state.orders.rows[row + O.STATE] as number) & 15) === STATUS.OPEN ? slot : -1;
}

/** Which of the two ids a record names its order by. */
export const refField = (f64: Float64Array, at: number): Field =>
  f64[(at + C.REF_ORDER) >> 1] !== 0 ? 'orderId' : 'clientOrderId';

export function cancel(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const marketIndex = i32[at + R.MARKET] as number;
  const market = state.markets[marketIndex];
  if (market === undefined) return refuse(state, C.COMMAND.CANCEL, account, marketIndex, 'UNKNOWN_MARKET', 'market');
  const slot = findResting(state, i32, f64, at);
  if (slot < 0) return refuse(state, C.COMMAND.CANCEL, account, marketIndex, 'UNKNOWN_ORDER', refField(f64, at));
  const id = state.orders.id(slot);
  const before = state.accounts.balance[account] as number;
  cancelResting(state, market, slot, REASON.CANCELED);
  emitBalance(state, account, marketIndex, (state.accounts.balance[account] as number) - before, CAUSE.HOLD);
  const end = done(state, C.COMMAND.CANCEL, account, marketIndex);
  state.events.f64[(end + DONE_ORDER) >> 1] = id;
}

/** Cancels the account’s resting orders in one market, or in all (MARKET −1): at most LIMITS.cancelsPerCommand of them. */
export function cancelAll(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const marketIndex = i32[at + R.MARKET] as number;
  if (!state.accounts.has(account)) return refuse(state, C.COMMAND.CANCEL_ALL, account, marketIndex, 'NOT_FOUND', '');
  if (marketIndex !== -1 && state.markets[marketIndex] === undefined)
    return refuse(state, C.COMMAND.CANCEL_ALL, account, marketIndex, 'UNKNOWN_MARKET', 'market');
  const before = state.accounts.balance[account] as number;
  const markets = marketIndex === -1 ? (state.accounts.markets[account] ?? []) : [marketIndex];
  let canceled = 0;
  for (const index of markets) {
    const market = state.markets[index] as Market;
    const holder = market.holders.find(account);
    if (holder < 0) continue;
    canceled += cancelOrdersOf(state, market, holder, LIMITS.cancelsPerCommand - canceled, REASON.CANCELED);
  }
  if (canceled > 0)
    emitBalance(state, account, marketIndex, (state.accounts.balance[account] as number) - before, CAUSE.HOLD);
  const end = done(state, C.COMMAND.CANCEL_ALL, account, marketIndex);
  state.events.i32[end + DONE_COUNT] = canceled;
}

/** Cancels up to `most` resting orders of a holder; returns how many. */
export function cancelOrdersOf(state: State, market: Market, holder: number, most: number, reason: number): number {
  const head = market.holders.openAt(holder);
  let canceled = 0;
  while (canceled < most) {
    const slot = market.holders.links[head] as number;
    if (slot < 0) break;
    cancelResting(state, market, slot, reason);
    canceled++;
  }
  return canceled;
}

/**
 * Changes price or total size. A smaller size at the same price keeps its place in the queue; anything else goes to the
 * back and may trade. A size at or below what is filled cancels the rest.
 */
export function amend(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const marketIndex = i32[at + R.MARKET] as number;
  const no = (code: Parameters<typeof refuse>[4], field: Field) =>
    refuse(state, C.COMMAND.AMEND, account, marketIndex, code, field);
  const market = state.markets[marketIndex];
  if (market === undefined) return no('UNKNOWN_MARKET', 'market');
  const slot = findResting(state, i32, f64, at);
  if (slot < 0) return no('UNKNOWN_ORDER', refField(f64, at));
  if (market.status !== OPEN || state.time >= market.closeTime) return no('MARKET_NOT_OPEN', 'market');

  const rows = state.orders.rows;
  const row = slot * O.ROW;
  const terms = rows[row + O.TERMS] as number;
  const side = terms & 1;
  const outcome = terms >> 8;
  const oldPrice = rows[row + O.PRICE] as number;
  const filled = rows[row + O.FILLED] as number;
  const remaining = (rows[row + O.SIZE] as number) - filled;
  const wantedPrice = i32[at + C.REF_PRICE] as number;
  let price = oldPrice;
  if (wantedPrice !== C.KEEP) {
    if (wantedPrice === NOT_ON_GRID) return no('PRICE_NOT_ON_TICK', 'price');
    if (wantedPrice < 1 || wantedPrice > 9_999) return no('PRICE_OUT_OF_RANGE', 'price');
    if (wantedPrice % market.tickSize !== 0) return no('PRICE_NOT_ON_TICK', 'price');
    price = (terms & MIRRORED) !== 0 ? 10_000 - wantedPrice : wantedPrice;
  }
  const wantedSize = i32[at + C.REF_SIZE] as number;
  const size = wantedSize === C.KEEP ? (rows[row + O.SIZE] as number) : wantedSize;
  if (size === NOT_ON_GRID) return no('SIZE_NOT_ON_LOT', 'size');
  if (size === TOO_LARGE || size > LIMITS.orderLots)
    return refuseLimit(state, C.COMMAND.AMEND, account, marketIndex, 'orderLots', 'size');
  if (size < 1) return no('SIZE_INVALID', 'size');

  const left = Math.max(0, size - filled);
  const covered = rows[row + O.COVERED] as number;
  const holder = rows[row + O.HOLDER] as number;
  const keeps = price === oldPrice && left <= remaining;
  const book = market.books[outcome] as Book;
  let fillable = 0;
  if (!keeps && left > 0) {
    const cover = side === C.SELL ? outcome : market.outcomes === 2 ? 1 : -1;
    const free = cover < 0 ? 0 : market.holders.free(holder, cover) + covered;
    const released = unitHold(side, oldPrice) * (remaining - covered);
    if (unitHold(side, price) * Math.max(0, left - free) > state.accounts.available(account) + released)
      return no('INSUFFICIENT_FUNDS', wantedSize === C.KEEP ? 'price' : 'size');
    fillable = walk(book, side, price, left, Number.POSITIVE_INFINITY, false).lots;
    if (fillable > 0 && (terms & (1 << 5)) !== 0) return no('POST_ONLY_WOULD_TRADE', 'price');
  }

  // After this point nothing refuses.
  const id = state.orders.id(slot);
  const before = state.accounts.balance[account] as number;
  if (left === 0) cancelResting(state, market, slot, REASON.AMENDED_BELOW_FILLED);
  else if (keeps) shrink(state, market, book, slot, remaining - left, size);
  else {
    unrest(state, market, slot);
    emitLevel(state, market, outcome, side, oldPrice);
    rows[row + O.PRICE] = price;
    rows[row + O.SIZE] = size;
    const traded = fillable > 0 ? match(state, market, outcome, slot, price, fillable) : 0;
    if (traded === left) finish(state, slot, STATUS.FILLED, 0);
    else if (traded < fillable) finish(state, slot, STATUS.CANCELED, REASON.FILLS_LIMIT);
    else {
      rest(state, market, outcome, slot);
      emitOrder(state, slot);
    }
  }
  emitBalance(
    state,
    account,
    marketIndex,
    (state.accounts.balance[account] as number) - before,
    fillable > 0 ? CAUSE.TRADE : CAUSE.HOLD,
  );
  emitPositions(state, market, holder);
  const end = done(state, C.COMMAND.AMEND, account, marketIndex);
  state.events.f64[(end + DONE_ORDER) >> 1] = id;
  if (keeps && left > 0) state.events.i32[end + DONE_FLAGS] = KEPT_PRIORITY;
}

/** Makes a resting order smaller where it stands. */
function shrink(state: State, market: Market, book: Book, slot: number, lots: number, size: number): void {
  const rows = state.orders.rows;
  const row = slot * O.ROW;
  const terms = rows[row + O.TERMS] as number;
  if (lots > 0) {
    unhold(state, market, slot, lots, false);
    rows[row + O.SIZE] = size;
    book.shrink(rows[row + O.PRICE] as number, lots);
    if (market.outcomes > 2) merge(state, market, rows[row + O.HOLDER] as number, terms >> 8);
  }
  emitOrder(state, slot);
  if (lots > 0) emitLevel(state, market, terms >> 8, terms & 1, rows[row + O.PRICE] as number);
}
