import { cancelOrdersOf } from '../amend.ts';
import { done, emitAmm, emitBalance, emitMarket, refuse, refuseLimit } from '../emit.ts';
import { LIMITS, TIGHT_SPREAD_TICKS } from '../limits.ts';
import { fundMaker, makerPrices } from '../lmsr/maker.ts';
import { CLOSED, DISPUTED, HALTED, Market, OPEN, PROPOSED, RESOLVED, VOIDED } from '../market.ts';
import type { Book } from '../order-book/book.ts';
import { REASON } from '../place.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { CAUSE, DONE_COUNT, type Field } from '../records/events.ts';
import type { State } from '../state.ts';

const OUTCOMES_MAX = 64;
const MID = 1;
const LAST = 2;
const AMM_PRICE = 3;

export function createMarket(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const no = (code: Parameters<typeof refuse>[4], field: Field) =>
    refuse(state, C.COMMAND.CREATE_MARKET, account, -1, code, field);
  const slug = C.readText(i32, at + C.CREATE_TEXT);
  const definition = C.readText(i32, C.afterText(i32, at + C.CREATE_TEXT));
  const type = i32[at + C.CREATE_TYPE] as number;
  const outcomes = i32[at + C.CREATE_OUTCOMES] as number;
  const tickSize = i32[at + C.CREATE_TICK_SIZE] as number;
  const closeTime = f64[(at + C.CREATE_CLOSE_TIME) >> 1] as number;
  const b = f64[(at + C.CREATE_LIQUIDITY) >> 1] as number;
  const disputeWindow = f64[(at + C.CREATE_DISPUTE_WINDOW) >> 1] as number;
  if (type !== C.MARKET_TYPE.book && type !== C.MARKET_TYPE.lmsr) return no('INVALID_REQUEST', 'type');
  if (outcomes < 2 || outcomes > OUTCOMES_MAX) return no('INVALID_REQUEST', 'outcome');
  if (tickSize < 1 || tickSize > 5_000 || 10_000 % tickSize !== 0) return no('INVALID_REQUEST', 'tickSize');
  if (!(closeTime > state.time)) return no('INVALID_REQUEST', 'closeTime');
  if (type === C.MARKET_TYPE.lmsr && !(b >= 1 && b <= LIMITS.orderLots)) return no('INVALID_REQUEST', 'liquidity');
  if (type === C.MARKET_TYPE.book && b !== 0) return no('INVALID_REQUEST', 'liquidity');
  if (state.markets.length >= LIMITS.markets)
    return refuseLimit(state, C.COMMAND.CREATE_MARKET, account, -1, 'markets', '');
  if (state.marketBySlug.has(slug)) return no('CONFLICT', 'id');

  // After this point nothing refuses.
  const index = state.markets.length;
  const market = new Market(index, slug, definition, type, outcomes, tickSize, closeTime, disputeWindow, b);
  state.markets.push(market);
  state.marketBySlug.set(slug, index);
  emitMarket(state, market, C.COMMAND.CREATE_MARKET, slug, definition);
  if (type === C.MARKET_TYPE.lmsr) {
    const funding = fundMaker(market);
    state.accounts.balance[C.HOUSE] = (state.accounts.balance[C.HOUSE] as number) - funding;
    emitBalance(state, C.HOUSE, index, -funding, CAUSE.FUNDING);
    emitAmm(state, market, makerPrices(market));
  }
  done(state, C.COMMAND.CREATE_MARKET, account, index);
}

/** A step that only moves the status: halt, resume, a new close time, dispute. */
export function changeMarket(state: State, kind: number, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  const no = (code: Parameters<typeof refuse>[4], field: Field) => refuse(state, kind, account, index, code, field);
  if (kind === C.COMMAND.HALT) {
    if (market.status !== OPEN) return no('CONFLICT', 'market');
    market.status = HALTED;
  } else if (kind === C.COMMAND.RESUME) {
    if (market.status !== HALTED || state.time >= market.closeTime) return no('CONFLICT', 'market');
    market.status = OPEN;
  } else if (kind === C.COMMAND.SET_CLOSE_TIME) {
    if (market.status !== OPEN && market.status !== HALTED) return no('CONFLICT', 'market');
    const closeTime = f64[(at + C.CLOSE_TIME) >> 1] as number;
    if (!(closeTime > state.time)) return no('INVALID_REQUEST', 'closeTime');
    market.closeTime = closeTime;
  } else {
    if (market.status !== PROPOSED || state.time >= market.disputeUntil) return no('CONFLICT', 'market');
    market.status = DISPUTED;
    market.reason = C.readText(i32, at + R.BODY);
  }
  emitMarket(state, market, kind, market.slug, kind === C.COMMAND.DISPUTE ? market.reason : '');
  done(state, kind, account, index);
}

/** Ends trading: records the closing prices and cancels resting orders, as many as one command may. */
export function closeMarket(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, C.COMMAND.CLOSE, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status !== OPEN && market.status !== HALTED)
    return refuse(state, C.COMMAND.CLOSE, account, index, 'CONFLICT', 'market');
  market.status = CLOSED;
  if (market.closeTime > state.time) market.closeTime = state.time;
  recordClosingPrices(market);
  const canceled = sweep(state, market, LIMITS.cancelsPerCommand, REASON.MARKET_CLOSED);
  emitMarket(state, market, C.COMMAND.CLOSE, market.slug);
  const end = done(state, C.COMMAND.CLOSE, account, index);
  state.events.i32[end + DONE_COUNT] = canceled;
}

export function sweepOrders(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, C.COMMAND.SWEEP_ORDERS, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status === OPEN || market.status === HALTED)
    return refuse(state, C.COMMAND.SWEEP_ORDERS, account, index, 'CONFLICT', 'market');
  const most = Math.min(LIMITS.cancelsPerCommand, Math.max(1, i32[at + C.BATCH_COUNT] as number));
  const canceled = sweep(state, market, most, market.status === VOIDED ? REASON.MARKET_VOIDED : REASON.MARKET_CLOSED);
  // Says how many are left.
  if (canceled > 0) emitMarket(state, market, C.COMMAND.SWEEP_ORDERS, market.slug, market.reason);
  const end = done(state, C.COMMAND.SWEEP_ORDERS, account, index);
  state.events.i32[end + DONE_COUNT] = canceled;
}

/** Cancels up to `most` resting orders of a market, holder by holder; returns how many. */
export function sweep(state: State, market: Market, most: number, reason: number): number {
  let canceled = 0;
  while (market.openOrders > 0 && canceled < most && market.sweepCursor < market.holders.count) {
    const holder = market.sweepCursor;
    const account = market.holders.accounts[holder] as number;
    const before = state.accounts.balance[account] as number;
    const here = cancelOrdersOf(state, market, holder, most - canceled, reason);
    canceled += here;
    if (here > 0)
      emitBalance(state, account, market.index, (state.accounts.balance[account] as number) - before, CAUSE.HOLD);
    if ((market.holders.links[market.holders.openAt(holder)] as number) < 0) market.sweepCursor++;
  }
  return canceled;
}

/** Mid of a tight book, else the last trade; the marginal price of a maker. */
function recordClosingPrices(market: Market): void {
  const n = market.outcomes;
  const prices = new Int32Array(n).fill(-1);
  const sources = new Int32Array(n);
  if (!market.hasBook) {
    prices.set(makerPrices(market));
    sources.fill(AMM_PRICE);
  } else
    for (let i = 0; i < market.books.length; i++) {
      const book = market.books[i] as Book;
      const tight = book.bestBid > 0 && book.bestAsk > 0 && book.bestAsk - book.bestBid <= TIGHT_SPREAD_TICKS;
      prices[i] = tight ? (book.bestBid + book.bestAsk) * 50 : (market.last[i] as number);
      sources[i] = tight ? MID : prices[i] === -1 ? 0 : LAST;
    }
  if (market.hasBook && n === 2) {
    prices[1] = prices[0] === -1 ? -1 : 1_000_000 - (prices[0] as number);
    sources[1] = sources[0] as number;
  }
  market.closingPrices = prices;
  market.closingSources = sources;
}

/** Proposes an outcome; settlement may begin when the dispute window has passed. */
export function resolve(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const market = state.markets[index];
  const no = (code: Parameters<typeof refuse>[4], field: Field) =>
    refuse(state, C.COMMAND.RESOLVE, account, index, code, field);
  if (market === undefined) return no('UNKNOWN_MARKET', 'market');
  const payouts = readPayouts(market, i32, at);
  if (payouts === null) return no('INVALID_REQUEST', 'payouts');
  if (market.status !== CLOSED && market.status !== DISPUTED) return no('CONFLICT', 'market');
  market.status = PROPOSED;
  market.payouts = payouts;
  market.disputeUntil = state.time + market.disputeWindow;
  emitMarket(state, market, C.COMMAND.RESOLVE, market.slug);
  done(state, C.COMMAND.RESOLVE, account, index);
}

/** Ticks per lot of each outcome, or null unless there is one for each and they sum to $1. */
export function readPayouts(market: Market, i32: Int32Array, at: number): Int32Array | null {
  if (i32[at + C.RESOLVE_COUNT] !== market.outcomes) return null;
  const payouts = i32.slice(at + C.RESOLVE_PAYOUTS, at + C.RESOLVE_PAYOUTS + market.outcomes);
  let sum = 0;
  for (const ticks of payouts) {
    if (ticks < 0) return null;
    sum += ticks;
  }
  return sum === 10_000 ? payouts : null;
}

/** Calls the market off: every participant gets back what it paid in, by settlement. */
export function voidMarket(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, C.COMMAND.VOID, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status === RESOLVED || market.status === VOIDED)
    return refuse(state, C.COMMAND.VOID, account, index, 'CONFLICT', 'market');
  if (market.closingPrices === null) recordClosingPrices(market);
  market.status = VOIDED;
  // Refunds come out of one pot: the traders' payments are in escrow and in the maker's cash.
  market.escrow += market.ammCash;
  market.ammCash = 0;
  market.payouts = null;
  market.reason = C.readText(i32, at + R.BODY);
  const canceled = sweep(state, market, LIMITS.cancelsPerCommand, REASON.MARKET_VOIDED);
  emitMarket(state, market, C.COMMAND.VOID, market.slug, market.reason);
  const end = done(state, C.COMMAND.VOID, account, index);
  state.events.i32[end + DONE_COUNT] = canceled;
}
