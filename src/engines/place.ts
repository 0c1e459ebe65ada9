import { CANCEL_REASONS } from '../protocol/answers.ts';
import { NOT_ON_GRID, TOO_LARGE } from '../protocol/units.ts';
import { coverOutcome, unitHold } from './accounts/positions.ts';
import { done, emitBalance, emitOrder, emitPositions, refuse, refuseLimit } from './emit.ts';
import { AMM_PRICE_MAX, AMM_PRICE_MIN, CLIENT_ID_MEMORY_MS, LIMITS } from './limits.ts';
import { type AmmOffer, fillFromAmm, offer } from './lmsr/maker.ts';
import { type Market, OPEN } from './market.ts';
import type { Book } from './order-book/book.ts';
import { finish, match, rest, walk } from './order-book/match.ts';
import * as O from './order-book/orders.ts';
import * as R from './records/buffer.ts';
import * as C from './records/commands.ts';
import { CAUSE, DONE_FLAGS, DONE_ORDER, DUPLICATE, type Field, MIRRORED, STATUS } from './records/events.ts';
import type { State } from './state.ts';

export const REASON = Object.fromEntries(CANCEL_REASONS.map((reason, index) => [reason, index])) as Record<
  (typeof CANCEL_REASONS)[number],
  number
>;

/** An order as it will stand in its book: the terms of `PLACE` resolved against the market. */
const order = {
  account: 0,
  side: 0,
  /** Book of the order; for a maker-only market the outcome itself. */
  outcome: 0,
  mirrored: false,
  type: 0,
  tif: 0,
  postOnly: false,
  /** Limit in book terms; for market orders the worst price there is. */
  limit: 0,
  price: 0,
  lots: 0,
  /** Cap on the client's cost; Infinity none. */
  budget: 0,
};

export function place(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const marketIndex = i32[at + R.MARKET] as number;
  const no = (code: Parameters<typeof refuse>[4], field: Field) =>
    refuse(state, C.COMMAND.PLACE, account, marketIndex, code, field);

  if (!state.accounts.has(account)) return no('NOT_FOUND', '');
  const idLength = i32[at + C.PLACE_CLIENT_ID_LENGTH] as number;
  const request = idLength > 0 ? requestDigest(i32, at) : 0;
  if (idLength > 0) {
    const entry = state.clientIds.find(account, i32, at + C.PLACE_CLIENT_ID, idLength);
    if (entry >= 0) {
      if (state.clientIds.request(entry) !== request) return no('CLIENT_ORDER_ID_CONFLICT', 'clientOrderId');
      return repeat(state, account, marketIndex, state.clientIds.slot(entry));
    }
  }
  const market = state.markets[marketIndex];
  if (market === undefined) return no('UNKNOWN_MARKET', 'market');
  const terms = i32[at + C.PLACE_TERMS] as number;
  const outcome = terms >> 8;
  if (outcome < 0 || outcome >= market.outcomes) return no('UNKNOWN_OUTCOME', 'outcome');
  order.account = account;
  order.type = (terms >> 1) & 1;
  order.tif = (terms >> 2) & 7;
  order.postOnly = (terms & (1 << 5)) !== 0;
  const clientSide = terms & 1;
  const maxCost = f64[(at + C.PLACE_MAX_COST) >> 1] as number;
  if (order.tif === C.TIF.GTD) return no('INVALID_REQUEST', 'tif');
  if (!market.hasBook && order.tif === C.TIF.GTC) return no('INVALID_REQUEST', 'tif');
  if (order.type === C.MARKET_ORDER && order.tif === C.TIF.GTC) return no('INVALID_REQUEST', 'tif');
  if (order.postOnly && order.tif !== C.TIF.GTC) return no('INVALID_REQUEST', 'postOnly');
  if (maxCost !== 0 && (clientSide === C.SELL || order.tif === C.TIF.GTC)) return no('INVALID_REQUEST', 'maxCost');
  if (market.status !== OPEN || state.time >= market.closeTime) return no('MARKET_NOT_OPEN', 'market');

  const price = i32[at + C.PLACE_PRICE] as number;
  if (order.type === C.LIMIT) {
    if (price === NOT_ON_GRID) return no('PRICE_NOT_ON_TICK', 'price');
    if (price < 1 || price > 9_999) return no('PRICE_OUT_OF_RANGE', 'price');
    if (price % market.tickSize !== 0) return no('PRICE_NOT_ON_TICK', 'price');
  }
  const lots = i32[at + C.PLACE_SIZE] as number;
  if (lots === NOT_ON_GRID) return no('SIZE_NOT_ON_LOT', 'size');
  if (lots === TOO_LARGE || lots > LIMITS.orderLots)
    return refuseLimit(state, C.COMMAND.PLACE, account, marketIndex, 'orderLots', 'size');
  if (lots < 1) return no('SIZE_INVALID', 'size');
  if (order.tif === C.TIF.GTC && (state.accounts.openOrders[account] as number) >= LIMITS.openOrdersPerAccount)
    return refuseLimit(state, C.COMMAND.PLACE, account, marketIndex, 'openOrdersPerAccount', '');
  if (state.orders.live >= LIMITS.orders)
    return refuseLimit(state, C.COMMAND.PLACE, account, marketIndex, 'orders', '');
  if (idLength > 0 && state.clientIds.count >= LIMITS.rememberedOrders)
    return refuseLimit(state, C.COMMAND.PLACE, account, marketIndex, 'rememberedOrders', 'clientOrderId');

  // Two outcomes share one book: an order on the second is the mirror image of one on the first.
  order.mirrored = market.hasBook && market.outcomes === 2 && outcome === 1;
  order.side = order.mirrored ? 1 - clientSide : clientSide;
  order.outcome = order.mirrored ? 0 : outcome;
  order.price = order.type === C.MARKET_ORDER ? 0 : order.mirrored ? 10_000 - price : price;
  order.limit = order.type === C.MARKET_ORDER ? (order.side === C.BUY ? 9_999 : 1) : order.price;
  order.lots = lots;
  order.budget = maxCost === 0 ? Number.POSITIVE_INFINITY : maxCost;
  const deadline = f64[(at + C.PLACE_DEADLINE) >> 1] as number;

  const holder = market.holders.find(account);
  const fillable = market.hasBook ? checkBook(state, market, holder) : checkAmm(state, market, holder);
  if (typeof fillable !== 'number') return no(fillable.code, fillable.field);
  if (deadline !== 0 && state.time > deadline) return no('DEADLINE_PASSED', 'deadline');

  // After this point nothing refuses.
  const slot = state.orders.allocate();
  write(state, market, slot, holder >= 0 ? holder : enter(state, market, account));
  if (idLength > 0)
    state.orders.rows[slot * O.ROW + O.CLIENT_REF] =
      1 + state.clientIds.add(account, i32, at + C.PLACE_CLIENT_ID, idLength, request, slot);
  execute(state, market, slot, fillable);
}

/** Adds the account’s row to the market’s holders. */
function enter(state: State, market: Market, account: number): number {
  state.accounts.enterMarket(account, market.index);
  return market.holders.add(account);
}

function write(state: State, market: Market, slot: number, holder: number): void {
  const { rows, money } = state.orders;
  const row = slot * O.ROW;
  rows[row + O.HOLDER] = holder;
  rows[row + O.MARKET] = market.index;
  rows[row + O.TERMS] =
    order.side |
    (order.type << 1) |
    (order.tif << 2) |
    (order.postOnly ? 1 << 5 : 0) |
    (order.mirrored ? MIRRORED : 0) |
    (order.outcome << 8);
  rows[row + O.PRICE] = order.price;
  rows[row + O.SIZE] = order.lots;
  money[slot * O.MONEY_ROW + O.CREATED_AT] = state.time;
  money[slot * O.MONEY_ROW + O.CREATED_SEQ] = state.seq;
}

/** Trades what is marketable, rests or ends the rest, and reports the order, its account and the end of the command. */
function execute(state: State, market: Market, slot: number, fillable: number): void {
  const rows = state.orders.rows;
  const row = slot * O.ROW;
  const account = order.account;
  const holder = rows[row + O.HOLDER] as number;
  const before = state.accounts.balance[account] as number;
  const heldBefore = state.accounts.held[account] as number;
  const id = state.orders.id(slot);
  let filled = 0;
  if (fillable > 0) {
    if (market.hasBook) filled = match(state, market, order.outcome, slot, order.limit, fillable);
    else filled = fillFromAmm(state, market, order.outcome, order.side, slot, fillable);
  }
  if (filled === order.lots) finish(state, slot, STATUS.FILLED, 0);
  else if (filled < fillable) finish(state, slot, STATUS.CANCELED, REASON.FILLS_LIMIT);
  else if (order.tif === C.TIF.GTC) {
    rest(state, market, order.outcome, slot);
    emitOrder(state, slot);
  } else finish(state, slot, STATUS.CANCELED, endReason());
  const delta = (state.accounts.balance[account] as number) - before;
  if (delta !== 0 || state.accounts.held[account] !== heldBefore || filled > 0)
    emitBalance(state, account, market.index, delta, filled > 0 ? CAUSE.TRADE : CAUSE.HOLD);
  if (filled > 0 || rows[row + O.COVERED] !== 0) emitPositions(state, market, holder);
  const end = done(state, C.COMMAND.PLACE, account, market.index);
  state.events.f64[(end + DONE_ORDER) >> 1] = id;
}

function endReason(): number {
  if (order.budget !== Number.POSITIVE_INFINITY) return REASON.MAX_COST;
  return order.type === C.MARKET_ORDER ? REASON.NO_LIQUIDITY : REASON.IOC;
}

type Refusal = { code: Parameters<typeof refuse>[4]; field: Field };
const INSUFFICIENT: Refusal = { code: 'INSUFFICIENT_FUNDS', field: 'size' };
const WOULD_TRADE: Refusal = { code: 'POST_ONLY_WOULD_TRADE', field: 'price' };
const NOT_FILLED: Refusal = { code: 'FOK_NOT_FILLED', field: 'size' };
const NO_LIQUIDITY: Refusal = { code: 'NO_LIQUIDITY', field: 'size' };

/** Lots that will trade at once, or why the order is refused; nothing has changed yet. */
function checkBook(state: State, market: Market, holder: number): number | Refusal {
  const book = market.books[order.outcome] as Book;
  const available = state.accounts.available(order.account);
  const coverable = coverOutcome(market, order.side, order.outcome);
  const free = holder >= 0 && coverable >= 0 ? market.holders.free(holder, coverable) : 0;
  const uncovered = Math.max(0, order.lots - free);
  if (order.tif === C.TIF.GTC) {
    if (unitHold(order.side, order.price) * uncovered > available) return INSUFFICIENT;
    const top = order.side === C.BUY ? book.bestAsk : book.bestBid;
    const marketable = top !== 0 && (order.side === C.BUY ? top <= order.limit : top >= order.limit);
    if (marketable && order.postOnly) return WOULD_TRADE;
    if (!marketable) return 0;
    return walk(book, order.side, order.limit, order.lots, order.budget, order.mirrored).lots;
  }
  const reached = walk(book, order.side, order.limit, order.lots, order.budget, order.mirrored);
  const short = Math.max(0, reached.lots - free);
  // What cash must bear: the fills, with a set merged (bids) or not minted (asks) for each lot that free shares cover.
  const need =
    order.side === C.BUY ? reached.micros - 10_000 * Math.min(reached.lots, free) : 10_000 * short - reached.micros;
  if (need > 0 && need > available) return INSUFFICIENT;
  if (order.tif === C.TIF.FOK && (reached.lots < order.lots || reached.orders > LIMITS.fillsPerCommand))
    return NOT_FILLED;
  if (order.type === C.MARKET_ORDER && reached.lots === 0) return NO_LIQUIDITY;
  return reached.lots;
}

function checkAmm(state: State, market: Market, holder: number): number | Refusal {
  const limit =
    order.type === C.MARKET_ORDER
      ? order.side === C.BUY
        ? AMM_PRICE_MAX
        : AMM_PRICE_MIN
      : Math.min(AMM_PRICE_MAX, Math.max(AMM_PRICE_MIN, order.price * 100));
  const offered: AmmOffer = offer(market, order.outcome, order.side, limit, order.lots, order.budget);
  const available = state.accounts.available(order.account);
  const holders = market.holders;
  let need: number;
  if (order.side === C.BUY) {
    let sets = holder >= 0 ? offered.lots + holders.free(holder, order.outcome) : 0;
    for (let j = 0; j < market.outcomes && sets > 0; j++)
      if (j !== order.outcome) sets = Math.min(sets, holders.free(holder, j));
    need = offered.micros - 10_000 * sets;
  } else {
    const own = holder >= 0 ? Math.min(offered.lots, holders.free(holder, order.outcome)) : 0;
    need = 10_000 * (offered.lots - own) - offered.micros;
  }
  if (need > 0 && need > available) return INSUFFICIENT;
  if (order.tif === C.TIF.FOK && offered.lots < order.lots) return NOT_FILLED;
  if (order.type === C.MARKET_ORDER && offered.lots === 0) return NO_LIQUIDITY;
  return offered.lots;
}

/** The same request again: the order as it stands now, marked as a duplicate. */
function repeat(state: State, account: number, market: number, slot: number): void {
  emitOrder(state, slot);
  const end = done(state, C.COMMAND.PLACE, account, market);
  state.events.f64[(end + DONE_ORDER) >> 1] = state.orders.id(slot);
  state.events.i32[end + DONE_FLAGS] = DUPLICATE;
}

/** Everything of a PLACE that makes it the same request: market, terms, price, size, cap. */
function requestDigest(i32: Int32Array, at: number): number {
  let h = i32[at + R.MARKET] as number;
  for (const word of [C.PLACE_TERMS, C.PLACE_PRICE, C.PLACE_SIZE, C.PLACE_MAX_COST, C.PLACE_MAX_COST + 1]) {
    h = Math.imul(h ^ (i32[at + word] as number), 0x9e3779b1);
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
