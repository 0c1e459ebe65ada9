import type { ErrorCode } from '../protocol/errors.ts';
import { LIMIT_NAMES, LIMITS, type LimitName } from './limits.ts';
import type { Market } from './market.ts';
import {
  CLIENT_REF,
  CREATED_AT,
  CREATED_SEQ,
  FEES,
  FILLED,
  FILLED_MICROS,
  HOLDER,
  MARKET,
  MONEY_ROW,
  PRICE,
  ROW,
  SIZE,
  STATE,
  TERMS,
} from './order-book/orders.ts';
import * as R from './records/buffer.ts';
import { textWords, writeText } from './records/commands.ts';
import * as E from './records/events.ts';
import type { State } from './state.ts';

/** One function for each event: reads the state and writes the record. */
function begin(state: State, kind: number, words: number, account: number, market: number): number {
  const events = state.events;
  const at = events.begin(kind, words);
  events.f64[(at + R.SEQ) >> 1] = state.seq;
  events.f64[(at + R.TIME) >> 1] = state.time;
  events.i32[at + R.ACCOUNT] = account;
  events.i32[at + R.MARKET] = market;
  events.i32[at + R.TICKET] = state.ticket;
  return at;
}

/** Writes the words of the ORDER record of `slot` after `begin`. */
export function emitOrder(state: State, slot: number): void {
  const rows = state.orders.rows;
  const money = state.orders.money;
  const row = slot * ROW;
  const market = state.markets[rows[row + MARKET] as number] as Market;
  const account = market.holders.accounts[rows[row + HOLDER] as number] as number;
  const at = begin(state, E.EVENT.ORDER, E.ORDER_WORDS, account, market.index);
  const { i32, f64 } = state.events;
  const m = slot * MONEY_ROW;
  f64[(at + E.ORDER_ID) >> 1] = state.orders.id(slot);
  i32[at + E.ORDER_TERMS] = rows[row + TERMS] as number;
  i32[at + E.ORDER_PRICE] = rows[row + PRICE] as number;
  i32[at + E.ORDER_SIZE] = rows[row + SIZE] as number;
  i32[at + E.ORDER_FILLED] = rows[row + FILLED] as number;
  i32[at + E.ORDER_STATUS] = (rows[row + STATE] as number) & 15;
  i32[at + E.ORDER_REASON] = (rows[row + STATE] as number) >> 4;
  f64[(at + E.ORDER_FILLED_MICROS) >> 1] = money[m + FILLED_MICROS] as number;
  f64[(at + E.ORDER_FEES) >> 1] = money[m + FEES] as number;
  f64[(at + E.ORDER_CREATED_AT) >> 1] = money[m + CREATED_AT] as number;
  f64[(at + E.ORDER_CREATED_SEQ) >> 1] = money[m + CREATED_SEQ] as number;
  const ref = rows[row + CLIENT_REF] as number;
  if (ref !== 0) i32[at + E.ORDER_CLIENT_ID_LENGTH] = state.clientIds.copyId(ref - 1, i32, at + E.ORDER_CLIENT_ID);
}

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
  flags: number,
): void {
  const at = begin(state, E.EVENT.TRADE, E.TRADE_WORDS, taker, market.index);
  const { i32, f64 } = state.events;
  f64[(at + E.TRADE_ID) >> 1] = ++state.tradeCount;
  i32[at + E.TRADE_OUTCOME] = outcome;
  i32[at + E.TRADE_SIDE] = side;
  i32[at + E.TRADE_LOTS] = lots;
  i32[at + E.TRADE_PRICE] = price;
  f64[(at + E.TRADE_MICROS) >> 1] = micros;
  i32[at + E.TRADE_MAKER] = maker;
  i32[at + E.TRADE_VENUE] = maker === E.AMM ? E.AMM_VENUE : E.BOOK;
  f64[(at + E.TRADE_TAKER_ORDER) >> 1] = takerOrder;
  f64[(at + E.TRADE_MAKER_ORDER) >> 1] = makerOrder;
  i32[at + E.TRADE_FLAGS] = flags;
}

export function emitLevel(state: State, market: Market, outcome: number, side: number, price: number): void {
  const at = begin(state, E.EVENT.LEVEL, E.LEVEL_WORDS, 0, market.index);
  const { i32, f64 } = state.events;
  i32[at + E.LEVEL_OUTCOME] = outcome;
  i32[at + E.LEVEL_SIDE] = side;
  i32[at + E.LEVEL_PRICE] = price;
  f64[(at + E.LEVEL_LOTS) >> 1] = market.books[outcome]?.lotsAt(price) ?? 0;
}

export function emitBalance(state: State, account: number, market: number, delta: number, cause: number): void {
  const at = begin(state, E.EVENT.BALANCE, E.BALANCE_WORDS, account, market);
  const { i32, f64 } = state.events;
  f64[(at + E.BALANCE_BALANCE) >> 1] = state.accounts.balance[account] as number;
  f64[(at + E.BALANCE_HELD) >> 1] = state.accounts.held[account] as number;
  f64[(at + E.BALANCE_DELTA) >> 1] = delta;
  i32[at + E.BALANCE_CAUSE] = cause;
}

export function emitPosition(state: State, market: Market, holder: number, outcome: number): void {
  const holders = market.holders;
  const at = begin(state, E.EVENT.POSITION, E.POSITION_WORDS, holders.accounts[holder] as number, market.index);
  const { i32, f64 } = state.events;
  i32[at + E.POSITION_OUTCOME] = outcome;
  f64[(at + E.POSITION_SHARES) >> 1] = holders.shares(holder, outcome);
  f64[(at + E.POSITION_HELD) >> 1] = holders.held(holder, outcome);
  f64[(at + E.POSITION_COST) >> 1] = holders.values[holders.costAt(holder, outcome)] as number;
  f64[(at + E.POSITION_REALIZED) >> 1] = holders.values[holders.realizedAt(holder, outcome)] as number;
}

export function emitPositions(state: State, market: Market, holder: number): void {
  for (let outcome = 0; outcome < market.outcomes; outcome++) emitPosition(state, market, holder, outcome);
}

export function emitAmm(state: State, market: Market, prices: Float64Array): void {
  const n = market.outcomes;
  const at = begin(state, E.EVENT.AMM, E.ammWords(n), 0, market.index);
  const { i32, f64 } = state.events;
  i32[at + E.AMM_OUTCOMES] = n;
  f64[(at + E.AMM_B) >> 1] = market.b;
  for (let i = 0; i < n; i++) {
    f64[((at + E.AMM_PER_OUTCOME) >> 1) + i] = market.q[i] as number;
    f64[((at + E.AMM_PER_OUTCOME) >> 1) + n + i] = prices[i] as number;
  }
}

export function emitMarket(state: State, market: Market, cause: number, slug = '', text = ''): void {
  const n = market.outcomes;
  const texts = E.MARKET_PER_OUTCOME + n * E.MARKET_OUTCOME_WORDS;
  const at = begin(state, E.EVENT.MARKET, texts + textWords(slug) + textWords(text), 0, market.index);
  const { i32, f64 } = state.events;
  i32[at + E.MARKET_STATUS] = market.status;
  i32[at + E.MARKET_OUTCOMES] = n;
  i32[at + E.MARKET_CAUSE] = cause;
  i32[at + E.MARKET_RESOLVED] = market.payouts === null ? 0 : 1;
  f64[(at + E.MARKET_CLOSE_TIME) >> 1] = market.closeTime;
  i32[at + E.MARKET_OPEN_ORDERS] = market.openOrders;
  i32[at + E.MARKET_HOLDERS] = market.holders.count;
  f64[(at + E.MARKET_DISPUTE_UNTIL) >> 1] = market.disputeUntil;
  for (let i = 0; i < n; i++) {
    const w = at + E.MARKET_PER_OUTCOME + i * E.MARKET_OUTCOME_WORDS;
    i32[w] = market.payouts?.[i] ?? 0;
    i32[w + 1] = market.closingPrices?.[i] ?? -1;
    i32[w + 2] = market.closingSources?.[i] ?? 0;
  }
  writeText(state.events, writeText(state.events, at + texts, slug), text);
}

export function emitSettlement(state: State, market: Market): void {
  const at = begin(state, E.EVENT.SETTLEMENT, E.SETTLEMENT_WORDS, 0, market.index);
  state.events.i32[at + E.SETTLEMENT_CURSOR] = market.settled;
  state.events.i32[at + E.SETTLEMENT_HOLDERS] = market.settlementSteps;
  state.events.f64[(at + E.SETTLEMENT_PAID) >> 1] = market.paid;
}

/** The last event of a command that was carried out. */
export function done(state: State, command: number, account: number, market: number): number {
  const at = begin(state, E.EVENT.DONE, E.DONE_WORDS, account, market);
  state.events.i32[at + E.DONE_COMMAND] = command;
  return at;
}

/** The only event of a command that was refused: the code and the field at fault. Nothing has changed. */
export function refuse(
  state: State,
  command: number,
  account: number,
  market: number,
  code: ErrorCode,
  field: E.Field,
  value = 0,
): void {
  const at = done(state, command, account, market);
  state.events.i32[at + R.CODE] = E.codeNumber(code);
  state.events.i32[at + E.DONE_FIELD] = E.fieldNumber(field);
  state.events.f64[(at + E.DONE_LIMIT_VALUE) >> 1] = value;
}

export function refuseLimit(
  state: State,
  command: number,
  account: number,
  market: number,
  limit: LimitName,
  field: E.Field,
): void {
  const at = done(state, command, account, market);
  state.events.i32[at + R.CODE] = E.codeNumber('LIMIT_EXCEEDED');
  state.events.i32[at + E.DONE_FIELD] = E.fieldNumber(field);
  state.events.i32[at + E.DONE_LIMIT] = LIMIT_NAMES.indexOf(limit);
  state.events.f64[(at + E.DONE_LIMIT_VALUE) >> 1] = LIMITS[limit];
}

export function emitAnswer(state: State, account: number, market: number, json: string): void {
  const at = begin(state, E.EVENT.ANSWER, E.ANSWER_TEXT + textWords(json), account, market);
  writeText(state.events, at + E.ANSWER_TEXT, json);
}
