import * as AccountLayout from './accounts/accountRow.ts';
import { done, emitOrder, refuse, refuseLimit } from './emit.ts';
import * as Limits from './limits.ts';
import type { Market } from './market.ts';
import * as MarketStates from './market.ts';
import { checkFunds, checkReach, collateral } from './matching/checks.ts';
import { hasTooManyOrders, isBeyondCollar, isFull, isWrongSize, priceInBook } from './matching/commonChecks.ts';
import { checkPosition, collarBound } from './matching/riskLimits.ts';
import { route } from './matching/route.ts';
import { taker } from './matching/taker.ts';
import * as OrderLayout from './order-book/orderRow.ts';
import { within } from './order-book/plan.ts';
import * as CommandLayout from './records/commands.ts';
import type { Field } from './records/events.ts';
import * as EventLayout from './records/events.ts';
import * as RecordLayout from './records/header.ts';
import { rememberBefore, settleOrder } from './settleOrder.ts';
import type { State } from './state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { BLOCKED } = AccountLayout;
const { CLIENT_ID_MEMORY_MS, LIMITS } = Limits;
const { HALTED, OPEN } = MarketStates;
const O = { ...OrderLayout };
const R = { ...RecordLayout };
const C = { ...CommandLayout };
const { DONE_FLAGS, DONE_ORDER, DUPLICATE } = EventLayout;

type Code = Parameters<typeof refuse>[4];

/**
 * Places an order: checks in the documented order, each of which may refuse and none of which changes anything; then the
 * plan is executed, the rest rests or ends, and everything is reported.
 */
export function place(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const marketIndex = i32[at + R.MARKET] as number;
  const settings = state.accounts.settings(account);
  if (settings === 0) return no(state, account, marketIndex, 'NOT_FOUND', '');
  const idLength = i32[at + C.PLACE_CLIENT_ID_LENGTH] as number;
  let request = 0;
  if (idLength > 0) {
    request = requestDigest(i32, at);
    const entry = state.clientIds.find(account, i32, at + C.PLACE_CLIENT_ID, idLength);
    if (entry >= 0) {
      if (state.clientIds.request(entry) !== request)
        return no(state, account, marketIndex, 'CLIENT_ORDER_ID_CONFLICT', 'clientOrderId');
      return repeat(state, account, marketIndex, state.clientIds.slot(entry));
    }
  }
  if ((settings & BLOCKED) !== 0) return no(state, account, marketIndex, 'FORBIDDEN', '');
  const market = state.markets[marketIndex];
  if (market === undefined) return no(state, account, marketIndex, 'UNKNOWN_MARKET', 'market');
  const terms = i32[at + C.PLACE_TERMS] as number;
  const wanted = C.outcomeOfTerms(terms);
  if (wanted >= market.outcomes) return no(state, account, marketIndex, 'UNKNOWN_OUTCOME', 'outcome');
  const maxCost = f64[(at + C.PLACE_MAX_COST) >> 1] as number;
  const expiresAt = f64[(at + C.PLACE_EXPIRES_AT) >> 1] as number;
  const type = (terms >> 1) & 1;
  const tif = (terms >> 2) & 7;
  const rests = tif === C.TIF.GTC || tif === C.TIF.GTD;
  const fault = combinationFault(market, terms, maxCost, expiresAt);
  if (fault !== '') return no(state, account, marketIndex, 'INVALID_REQUEST', fault);
  const trading = market.status === OPEN && state.time < market.closeTime;
  if (!trading && !collects(state, market, terms)) return no(state, account, marketIndex, 'MARKET_NOT_OPEN', 'market');
  if (expiresAt !== 0 && expiresAt <= state.time)
    return no(state, account, marketIndex, 'INVALID_REQUEST', 'expiresAt');

  // In the terms of the book: two outcomes share one, and NO of an outcome is the other side of it.
  const mirrored = (terms & C.AGAINST) !== 0 || (market.mirrors && wanted === 1);
  const outcome = mirrored && market.mirrors ? 0 : wanted;
  const side = mirrored ? 1 - (terms & 1) : terms & 1;
  const stated = i32[at + C.PLACE_PRICE] as number;
  let price = 0;
  if (type === C.LIMIT || stated !== 0) {
    price = priceInBook(state, C.COMMAND.PLACE, account, market, stated, mirrored);
    if (price === 0) return;
  }
  let limit = price !== 0 ? price : side === C.BUY ? 9_999 : 1;
  if (market.collar !== 0) {
    if (type === C.LIMIT && isBeyondCollar(state, C.COMMAND.PLACE, account, market, outcome, side, price)) return;
    const bound = collarBound(market, outcome, side);
    limit = side === C.BUY ? Math.min(limit, bound) : Math.max(limit, bound);
  }

  const lots = i32[at + C.PLACE_SIZE] as number;
  if (isWrongSize(state, C.COMMAND.PLACE, account, market, lots, market.orderLots)) return;
  if (rests && hasTooManyOrders(state, C.COMMAND.PLACE, account, market, settings)) return;
  if (isFull(state, C.COMMAND.PLACE, account, market)) return;
  if (idLength > 0 && state.clientIds.count >= LIMITS.rememberedOrders && !state.clientIds.anyEnded)
    return refuseLimit(state, C.COMMAND.PLACE, account, marketIndex, 'rememberedOrders', 'clientOrderId');
  let holder = market.holders.find(account);
  if (market.positionLots !== 0 && !checkPosition(state, market, holder, side, outcome, lots, -1))
    return refuseLimit(state, C.COMMAND.PLACE, account, marketIndex, 'positionLots', 'size', market.positionLots);

  const free = collateral(market, holder, side, outcome);
  if ((terms & C.REDUCE_ONLY) !== 0 && lots > free)
    return refuse(state, C.COMMAND.PLACE, account, marketIndex, 'REDUCE_ONLY_WOULD_INCREASE', 'size', free);
  taker.side = side;
  taker.outcome = outcome;
  taker.limit = limit;
  taker.lots = lots;
  taker.holder = holder;
  taker.stp = C.stpOfTerms(terms);
  taker.budget = taker.wholeBudget = maxCost === 0 ? Number.POSITIVE_INFINITY : maxCost;
  taker.mirrored = mirrored;
  taker.reduceOnly = (terms & C.REDUCE_ONLY) !== 0;
  let left = lots;
  if (trading) {
    left = canTrade(market, side, outcome, limit) ? route(state, market) : nothing(state, lots);
    const refused = checkFunds(state, market, account, holder, free, rests, price) ?? checkReach(state, terms, left);
    if (refused !== undefined) return no(state, account, marketIndex, refused.code, refused.field);
  } else {
    state.plan.clear();
    const refused = checkFunds(state, market, account, holder, free, true, price);
    if (refused !== undefined) return no(state, account, marketIndex, refused.code, refused.field);
  }
  const deadline = f64[(at + C.PLACE_DEADLINE) >> 1] as number;
  if (deadline !== 0 && state.time > deadline) return no(state, account, marketIndex, 'DEADLINE_PASSED', 'deadline');

  // After this point nothing refuses.
  if (holder < 0) {
    state.accounts.enterMarket(account, marketIndex);
    holder = market.holders.add(account);
  }
  const slot = state.orders.allocate();
  const kept = orderTerms(withConnection(state, account, terms), side, outcome, mirrored);
  state.orders.write(slot, holder, marketIndex, kept, price, lots, expiresAt, state.time, state.seq);
  if (idLength > 0) {
    if (state.clientIds.count >= LIMITS.rememberedOrders) forgetOldest(state);
    state.orders.rows[((slot & O.SLOTS) << O.ROW_SHIFT) + O.CLIENT_REF] =
      1 + state.clientIds.add(account, i32, at + C.PLACE_CLIENT_ID, idLength, request, slot);
  }
  rememberBefore(state, account);
  settleOrder(state, market, slot, left, C.COMMAND.PLACE, account);
}

const no = (state: State, account: number, market: number, code: Code, field: Field): void =>
  refuse(state, C.COMMAND.PLACE, account, market, code, field);

/** The field that does not go with the others, or ''. */
function combinationFault(market: Market, terms: number, maxCost: number, expiresAt: number): Field {
  const tif = (terms >> 2) & 7;
  const rests = tif === C.TIF.GTC || tif === C.TIF.GTD;
  if ((terms & C.AGAINST) !== 0 && market.outcomes === 2) return 'outcome';
  if ((tif === C.TIF.GTD) !== expiresAt > 0) return 'expiresAt';
  if (rests && (!market.bookOn || ((terms >> 1) & 1) === C.MARKET_ORDER)) return 'tif';
  if ((terms & C.POST_ONLY) !== 0 && !rests) return 'postOnly';
  if (maxCost !== 0 && ((terms & 1) === C.SELL || rests)) return 'maxCost';
  return '';
}

/** A market halted for an auction takes orders that can wait for it. */
function collects(state: State, market: Market, terms: number): boolean {
  const tif = (terms >> 2) & 7;
  return (
    market.status === HALTED &&
    market.collecting &&
    market.auctionPrice === 0 &&
    state.time < market.closeTime &&
    (tif === C.TIF.GTC || tif === C.TIF.GTD) &&
    (terms & (C.POST_ONLY | C.REDUCE_ONLY)) === 0
  );
}

/** Could anything trade at all? Most limit orders end here without a plan. */
export function canTrade(market: Market, side: number, outcome: number, limit: number): boolean {
  if (market.hasMaker || market.outcomes > 2) return true;
  const book = market.book(outcome);
  const top = side === C.BUY ? book.bestAsk : book.bestBid;
  return top !== 0 && within(side, limit, top);
}

function nothing(state: State, lots: number): number {
  state.plan.clear();
  state.planFee.clear();
  return lots;
}

/** The connection that is to carry the order must be armed; quotes come another way. */
const withConnection = (state: State, account: number, terms: number): number =>
  C.connectionOfTerms(terms) !== 0 && state.connections.isArmed(account, C.connectionOfTerms(terms))
    ? terms & ~C.GROUP_BITS
    : terms & ~(C.GROUP_BITS | C.CONNECTION_BITS);

/** Terms as an order row keeps them: those of the book. */
const orderTerms = (terms: number, side: number, outcome: number, mirrored: boolean): number =>
  (terms & ~(1 | (0xff << 8) | C.AGAINST | C.MIRRORED)) | side | (mirrored ? C.MIRRORED : 0) | (outcome << 8);

/** The same request again: the order as it stands now, marked as a duplicate. */
function repeat(state: State, account: number, market: number, slot: number): void {
  emitOrder(state, slot);
  const end = done(state, C.COMMAND.PLACE, account, market);
  state.events.f64[(end + DONE_ORDER) >> 1] = state.orders.id(slot);
  state.events.i32[end + DONE_FLAGS] = (state.events.i32[end + DONE_FLAGS] as number) | DUPLICATE;
}

/** Everything of a PLACE that makes it the same request: market, terms, price, size, cap, expiry. */
function requestDigest(i32: Int32Array, at: number): number {
  let h = i32[at + R.MARKET] as number;
  for (let word = C.PLACE_TERMS; word < C.PLACE_CLIENT_ID; word++) {
    if (word === C.PLACE_CLIENT_ID_LENGTH || (word >= C.PLACE_DEADLINE && word < C.PLACE_EXPIRES_AT)) continue;
    // A client that repeats a request does so over another connection.
    const value = i32[at + word] as number;
    h = Math.imul(h ^ (word === C.PLACE_TERMS ? value & ~C.CONNECTION_BITS : value), 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h | 0;
}

/** Forgets client ids whose orders ended long enough ago: a few with each command, so that no command pays for all. */
export function forgetClientIds(state: State): void {
  for (let i = 0; i < 4; i++) {
    const slot = state.clientIds.expire(state.time - CLIENT_ID_MEMORY_MS);
    if (slot < 0) return;
    state.orders.release(slot);
  }
}

/** Room for a new client id where the memory is full: the oldest ended order is forgotten before its 24 hours. */
function forgetOldest(state: State): void {
  const slot = state.clientIds.expire(Number.POSITIVE_INFINITY);
  if (slot >= 0) state.orders.release(slot);
}
