import type { ErrorCode } from '../protocol/errors.ts';
import type { LimitName } from './limits.ts';
import * as Limits from './limits.ts';
import { pricesMillionths } from './lmsr/price.ts';
import type { Market } from './market.ts';
import * as OrderLayout from './order-book/orderRow.ts';
import { outcomeOfTerms, stpOfTerms, textWords, writeText } from './records/commands.ts';
import * as EventLayout from './records/events.ts';
import { ammWords, codeNumber, type Field, fieldNumber } from './records/events.ts';
import * as RecordLayout from './records/header.ts';
import type { State } from './state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { LIMIT_NAMES, LIMITS } = Limits;
const O = { ...OrderLayout };
const R = { ...RecordLayout };
const E = { ...EventLayout };
/** A record’s first word, masked: the compiler knows its range, and checks no sum with it for an overflow. 1.03 × the engine. */
const WORDS = 2 ** 30 - 1;

/**
 * One function for each event: reads the state and writes the record. Each writes every word of its record itself: clearing
 * it first would cost as much as writing it.
 */
export function begin(state: State, kind: number, words: number, account: number, market: number): number {
  const events = state.events;
  const at = events.reserve(words) & WORDS;
  const { i32, f64 } = events;
  i32[at + R.KIND] = kind;
  f64[(at + R.SEQ) >> 1] = state.seq;
  f64[(at + R.TIME) >> 1] = state.time;
  i32[at + R.ACCOUNT] = account | 0;
  i32[at + R.MARKET] = market | 0;
  i32[at + R.TICKET] = state.ticket;
  i32[at + R.CODE] = 0;
  return at;
}

/** As {@link begin}, for the rare ones: their body is zeroed. */
export function beginZeroed(state: State, kind: number, words: number, account: number, market: number): number {
  const at = begin(state, kind, words, account, market);
  state.events.i32.fill(0, at + R.BODY, state.events.words);
  return at;
}

/**
 * Rolls what an event says (ids, lots, money, codes) into the digest that replicas compare after every batch. Here, where the
 * values are at hand: a pass over the written records would read each word again. Of numbers beyond 32 bits it takes the lowest;
 * who has such a one passes these (`| 0`), for as an argument it may be an object made for that.
 */
export function digest(state: State, a: number, b: number): void {
  state.digest = Math.imul(Math.imul(state.digest ^ (a | 0), 0x9e3779b1) ^ (b | 0), 0x85ebca6b) ^ (state.digest >>> 15);
}

/** The order as it is now. */
export function emitOrder(state: State, slot: number): void {
  const { rows, created, money } = state.orders;
  const row = (slot & O.SLOTS) << O.ROW_SHIFT;
  const market = state.markets[rows[row + O.MARKET] as number] as Market;
  const account = market.holders.account(rows[row + O.HOLDER] as number);
  const ref = rows[row + O.CLIENT_REF] as number;
  const at = begin(state, E.EVENT.ORDER, ref === 0 ? E.ORDER_CLIENT_ID : E.ORDER_WORDS, account, market.index);
  const { i32, f64 } = state.events;
  const m = slot * O.MONEY_ROW;
  f64[(at + E.ORDER_ID) >> 1] = (rows[row + O.GENERATION] as number) * O.SLOTS_MAX + slot;
  i32[at + E.ORDER_TERMS] = rows[row + O.TERMS] as number;
  i32[at + E.ORDER_PRICE] = rows[row + O.PRICE] as number;
  i32[at + E.ORDER_SIZE] = rows[row + O.SIZE] as number;
  const filled = rows[row + O.FILLED] as number;
  i32[at + E.ORDER_FILLED] = filled;
  const status = rows[row + O.STATE] as number;
  i32[at + E.ORDER_STATUS] = status & 15;
  i32[at + E.ORDER_REASON] = status >> 4;
  // Most orders have traded nothing: what they would have of that is not looked at.
  f64[(at + E.ORDER_FILLED_MICROS) >> 1] = filled === 0 ? 0 : (money[m + O.FILLED_MICROS] as number);
  f64[(at + E.ORDER_FEES) >> 1] = filled === 0 ? 0 : (money[m + O.FEES] as number);
  f64[(at + E.ORDER_CREATED_AT) >> 1] = created[slot * O.CREATED_ROW + O.CREATED_AT] as number;
  f64[(at + E.ORDER_CREATED_SEQ) >> 1] = created[slot * O.CREATED_ROW + O.CREATED_SEQ] as number;
  f64[(at + E.ORDER_EXPIRES_AT) >> 1] = state.orders.expiresAt(slot);
  digest(state, filled, status);
  i32[at + E.ORDER_CLIENT_ID_LENGTH] = 0;
  i32[at + E.ORDER_CLIENT_ID_LENGTH + 1] = 0;
  if (ref !== 0) i32[at + E.ORDER_CLIENT_ID_LENGTH] = state.clientIds.copyId(ref - 1, i32, at + E.ORDER_CLIENT_ID);
}

/**
 * A trade in book terms. `taker` and `maker` are accounts, or AMM or SETS; orders are slots, −1 where there is none. A row that
 * was released keeps its id until another order takes it.
 * `price` 0: an AMM trade, whose money is exact.
 */
export function emitTrade(
  state: State,
  market: Market,
  taker: number,
  maker: number,
  outcome: number,
  side: number,
  lots: number,
  price: number,
  micros: number,
  takerOrder: number,
  makerOrder: number,
  takerFee: number,
  makerFee: number,
  flags: number,
): void {
  const at = begin(state, E.EVENT.TRADE, E.TRADE_WORDS, taker, market.index);
  const { i32, f64 } = state.events;
  f64[(at + E.TRADE_ID) >> 1] = ++state.tradeCount;
  i32[at + E.TRADE_OUTCOME] = outcome | 0;
  i32[at + E.TRADE_SIDE] = side | 0;
  i32[at + E.TRADE_LOTS] = lots | 0;
  i32[at + E.TRADE_PRICE] = price | 0;
  f64[(at + E.TRADE_MICROS) >> 1] = micros;
  i32[at + E.TRADE_MAKER] = maker | 0;
  i32[at + E.TRADE_VENUE] = (maker | 0) === E.AMM || (taker | 0) === E.AMM ? E.AMM_VENUE : E.BOOK;
  const makerId = makerOrder < 0 ? 0 : state.orders.id(makerOrder);
  f64[(at + E.TRADE_TAKER_ORDER) >> 1] = takerOrder < 0 ? 0 : state.orders.id(takerOrder);
  f64[(at + E.TRADE_MAKER_ORDER) >> 1] = makerId;
  f64[(at + E.TRADE_TAKER_FEE) >> 1] = takerFee;
  f64[(at + E.TRADE_MAKER_FEE) >> 1] = makerFee;
  i32[at + E.TRADE_FLAGS] = flags | 0;
  i32[at + E.TRADE_FLAGS + 1] = 0;
  digest(state, micros | 0, makerId | 0);
  digest(state, takerFee | 0, makerFee | 0);
}

/** The total of a price level after a change. */
export function emitLevel(state: State, market: Market, outcome: number, side: number, price: number): void {
  const at = begin(state, E.EVENT.LEVEL, E.LEVEL_WORDS, 0, market.index);
  const { i32, f64 } = state.events;
  i32[at + E.LEVEL_OUTCOME] = outcome | 0;
  i32[at + E.LEVEL_SIDE] = side | 0;
  i32[at + E.LEVEL_PRICE] = price | 0;
  i32[at + E.LEVEL_PRICE + 1] = 0;
  const lots = market.book(outcome).lotsAt(price);
  f64[(at + E.LEVEL_LOTS) >> 1] = lots;
  digest(state, price | 0, lots | 0);
}

export function emitBalance(state: State, account: number, market: number, delta: number, cause: number): void {
  const at = begin(state, E.EVENT.BALANCE, E.BALANCE_WORDS, account, market);
  const { i32, f64 } = state.events;
  const balance = state.accounts.balance(account);
  const held = state.accounts.held(account);
  f64[(at + E.BALANCE_BALANCE) >> 1] = balance;
  f64[(at + E.BALANCE_HELD) >> 1] = held;
  digest(state, balance | 0, held | 0);
  f64[(at + E.BALANCE_DELTA) >> 1] = delta;
  i32[at + E.BALANCE_CAUSE] = cause | 0;
  i32[at + E.BALANCE_CAUSE + 1] = 0;
}

export function emitPosition(state: State, market: Market, holder: number, outcome: number): void {
  const { holders } = market;
  const at = begin(state, E.EVENT.POSITION, E.POSITION_WORDS, holders.account(holder), market.index);
  const { i32, f64 } = state.events;
  const from = holders.sharesAt(holder, outcome);
  i32[at + E.POSITION_OUTCOME] = outcome | 0;
  i32[at + E.POSITION_OUTCOME + 1] = 0;
  const values = holders.f64;
  const to = (at + E.POSITION_SHARES) >> 1;
  const shares = values[from] as number;
  const held = values[from + 1] as number;
  f64[to] = shares;
  f64[to + 1] = held;
  f64[to + 2] = values[from + 2] as number;
  f64[to + 3] = values[from + 3] as number;
  digest(state, shares | 0, held | 0);
}

/** The positions of a holder in the outcomes that `touched` names; −1 all. */
export function emitPositions(state: State, market: Market, holder: number, touched: number): void {
  if (touched === 0) return;
  for (let outcome = 0; outcome < market.outcomes; outcome++)
    if ((touched & (1 << outcome)) !== 0) emitPosition(state, market, holder, outcome);
}

/** An order of the taker met one of the same account: `lots` did not trade. Before the resting order changes. */
export function emitSelfTrade(state: State, market: Market, taker: number, maker: number, lots: number): void {
  const { rows } = state.orders;
  const account = market.holders.account(rows[((maker & O.SLOTS) << O.ROW_SHIFT) + O.HOLDER] as number);
  const at = begin(state, E.EVENT.SELF_TRADE, E.SELF_TRADE_WORDS, account, market.index);
  const { i32, f64 } = state.events;
  i32[at + E.SELF_TRADE_OUTCOME] = outcomeOfTerms(rows[((maker & O.SLOTS) << O.ROW_SHIFT) + O.TERMS] as number);
  i32[at + E.SELF_TRADE_PRICE] = rows[((maker & O.SLOTS) << O.ROW_SHIFT) + O.PRICE] as number;
  i32[at + E.SELF_TRADE_LOTS] = lots | 0;
  i32[at + E.SELF_TRADE_MODE] = stpOfTerms(rows[((taker & O.SLOTS) << O.ROW_SHIFT) + O.TERMS] as number);
  f64[(at + E.SELF_TRADE_TAKER_ORDER) >> 1] = state.orders.id(taker);
  f64[(at + E.SELF_TRADE_MAKER_ORDER) >> 1] = state.orders.id(maker);
}

/** The maker’s quantities and prices, in millionths, each rounded to the nearest. */
export function emitAmm(state: State, market: Market): void {
  const n = market.outcomes;
  const at = begin(state, E.EVENT.AMM, ammWords(n), 0, market.index);
  const { i32, f64 } = state.events;
  i32[at + E.AMM_OUTCOMES] = n;
  i32[at + E.AMM_OUTCOMES + 1] = 0;
  f64[(at + E.AMM_B) >> 1] = market.b;
  const perOutcome = (at + E.AMM_PER_OUTCOME) >> 1;
  pricesMillionths(market.q, n, market.b, f64, 0, perOutcome + n);
  for (let i = 0; i < n; i++) {
    f64[perOutcome + i] = market.q[i] as number;
    digest(state, f64[perOutcome + i] as number, f64[perOutcome + n + i] as number);
  }
}

export function emitMarket(state: State, market: Market, cause: number, slug = '', text = ''): void {
  const n = market.outcomes;
  const texts = E.MARKET_PER_OUTCOME + n * E.MARKET_OUTCOME_WORDS;
  const at = beginZeroed(state, E.EVENT.MARKET, texts + textWords(slug) + textWords(text), 0, market.index);
  const { i32, f64 } = state.events;
  i32[at + E.MARKET_STATUS] = market.status;
  i32[at + E.MARKET_OUTCOMES] = n;
  i32[at + E.MARKET_CAUSE] = cause | 0;
  i32[at + E.MARKET_RESOLVED] = market.payouts === null ? 0 : 1;
  f64[(at + E.MARKET_CLOSE_TIME) >> 1] = market.closeTime;
  i32[at + E.MARKET_OPEN_ORDERS] = market.openOrders;
  i32[at + E.MARKET_HOLDERS] = market.holders.count;
  f64[(at + E.MARKET_DISPUTE_UNTIL) >> 1] = market.disputeUntil;
  i32[at + E.MARKET_TYPE_WORD] = market.terms.type;
  i32[at + E.MARKET_TICK_SIZE] = market.tickSize;
  i32[at + E.MARKET_BOOK] = market.bookOn ? 1 : 0;
  i32[at + E.MARKET_AUCTION] = market.collecting ? 1 : 0;
  i32[at + E.MARKET_COLLAR] = market.collar;
  i32[at + E.MARKET_ORDER_LOTS] = market.orderLots;
  i32[at + E.MARKET_POSITION_LOTS] = market.positionLots;
  for (let i = 0; i < n; i++) {
    const w = at + E.MARKET_PER_OUTCOME + i * E.MARKET_OUTCOME_WORDS;
    i32[w] = market.payouts?.[i] ?? 0;
    i32[w + 1] = market.closingPrices?.[i] ?? -1;
    i32[w + 2] = market.closingSources?.[i] ?? 0;
  }
  writeText(state.events, writeText(state.events, at + texts, slug), text);
  digest(state, market.status, market.openOrders);
}

export function emitSettlement(state: State, market: Market): void {
  const at = begin(state, E.EVENT.SETTLEMENT, E.SETTLEMENT_WORDS, 0, market.index);
  state.events.i32[at + E.SETTLEMENT_CURSOR] = market.settled;
  state.events.i32[at + E.SETTLEMENT_HOLDERS] = market.settlementSteps;
  state.events.f64[(at + E.SETTLEMENT_PAID) >> 1] = market.paid;
  digest(state, market.settled, market.paid);
}

/** The last event of a command that was carried out. */
export function done(state: State, command: number, account: number, market: number): number {
  const at = begin(state, E.EVENT.DONE, E.DONE_WORDS, account, market);
  const { i32, f64 } = state.events;
  i32[at + E.DONE_COMMAND] = command | 0;
  i32[at + E.DONE_FIELD] = 0;
  f64[(at + E.DONE_ORDER) >> 1] = 0;
  i32[at + E.DONE_FLAGS] = state.item < 0 ? 0 : E.ITEM;
  i32[at + E.DONE_COUNT] = state.item < 0 ? 0 : state.item;
  i32[at + E.DONE_LIMIT] = 0;
  i32[at + E.DONE_LIMIT + 1] = 0;
  f64[(at + E.DONE_LIMIT_VALUE) >> 1] = 0;
  digest(state, command | 0, state.seq | 0);
  return at;
}

/** The only event of a command that was refused: the code, the field at fault, and where it helps what would be right. */
export function refuse(
  state: State,
  command: number,
  account: number,
  market: number,
  code: ErrorCode,
  field: Field,
  value = 0,
): void {
  const at = done(state, command, account, market);
  state.events.i32[at + R.CODE] = codeNumber(code);
  state.events.i32[at + E.DONE_FIELD] = fieldNumber(field);
  state.events.f64[(at + E.DONE_LIMIT_VALUE) >> 1] = value;
  digest(state, codeNumber(code), value);
}

export function refuseLimit(
  state: State,
  command: number,
  account: number,
  market: number,
  limit: (typeof LIMIT_NAMES)[number],
  field: Field,
  value?: number,
): void {
  const at = done(state, command, account, market);
  state.events.i32[at + R.CODE] = codeNumber('LIMIT_EXCEEDED');
  state.events.i32[at + E.DONE_FIELD] = fieldNumber(field);
  state.events.i32[at + E.DONE_LIMIT] = LIMIT_NAMES.indexOf(limit);
  state.events.f64[(at + E.DONE_LIMIT_VALUE) >> 1] = value ?? LIMITS[limit as LimitName];
}

export function emitAnswer(state: State, account: number, market: number, json: string): void {
  const at = beginZeroed(state, E.EVENT.ANSWER, E.ANSWER_TEXT + textWords(json), account, market);
  writeText(state.events, at + E.ANSWER_TEXT, json);
}
