import type { EngineImage, MarketImage } from '../../../src/engines/image.ts';
import * as R from '../../../src/engines/records/buffer.ts';
import { writeClientId } from '../../../src/engines/records/commands.ts';
import * as E from '../../../src/engines/records/events.ts';
import type { FillValues, OrderValues } from '../../../src/gateway/orders/rows.ts';

/** Builders of event records, for what no engine is needed to see. */
export function marketImage(fields: Partial<MarketImage> & { slug: string; market: number }): MarketImage {
  const outcomes = fields.outcomes ?? ['YES', 'NO'];
  return {
    definition: { title: fields.slug, criteria: 'c', criteriaHash: 'h', outcomes },
    type: 'book',
    status: 0,
    outcomes,
    tickSize: 1,
    bookOn: fields.type !== 'lmsr' && fields.type !== 'hybrid',
    auction: false,
    collar: 0,
    orderLots: 0,
    positionLots: 0,
    closeTime: 4_000_000_000_000,
    disputeUntil: 0,
    payouts: null,
    closingPrices: null,
    b: 0,
    q: outcomes.map(() => 0),
    ammMillionths: outcomes.map(() => 0),
    books: [],
    last: outcomes.map(() => -1),
    volumeMicros: 0,
    reason: '',
    openOrders: 0,
    holders: 0,
    settledHolders: 0,
    settlementSteps: 0,
    settlementDone: false,
    paid: 0,
    ...fields,
  };
}

export const imageOf = (...markets: MarketImage[]): EngineImage => ({
  seq: 0,
  time: 0,
  markets,
  connections: { defaults: [], armed: 0 },
  quoteGroups: [],
});

export function begin(
  events: R.RecordBuffer,
  kind: number,
  words: number,
  seq: number,
  account = 0,
  market = 0,
): number {
  const at = events.begin(kind, words);
  events.f64[(at + R.SEQ) >> 1] = seq;
  events.f64[(at + R.TIME) >> 1] = 1_700_000_000_000 + seq;
  events.i32[at + R.ACCOUNT] = account;
  events.i32[at + R.MARKET] = market;
  return at;
}

/** An order that rests, but for what is said of it. */
export const orderValues = (more: Partial<OrderValues> = {}): OrderValues => ({
  ...{ orderId: 1, market: 0, outcome: 0, side: 0, type: 0, tif: 0, postOnly: false, mirrored: false, price: 5_000 },
  ...{ size: 100, filled: 0, status: 0, reason: 0, filledMicros: 0, fees: 0, createdAt: 5, seq: 1 },
  ...{ reduceOnly: false, stp: 0, expiresAt: 0, clientOrderId: null },
  ...more,
});

/** As the engine does, without room for a client id where there is none. */
export function writeOrder(events: R.RecordBuffer, order: OrderValues, account = 1): number {
  const words = order.clientOrderId === null ? E.ORDER_CLIENT_ID : E.ORDER_WORDS;
  const at = begin(events, E.EVENT.ORDER, words, order.seq, account, order.market);
  const { i32, f64 } = events;
  f64[(at + E.ORDER_ID) >> 1] = order.orderId;
  i32[at + E.ORDER_TERMS] =
    order.side |
    (order.type << 1) |
    (order.tif << 2) |
    (order.postOnly ? E.POST_ONLY : 0) |
    (order.reduceOnly ? E.REDUCE_ONLY : 0) |
    (order.mirrored ? E.MIRRORED : 0) |
    (order.outcome << 8) |
    (order.stp << 16);
  f64[(at + E.ORDER_EXPIRES_AT) >> 1] = order.expiresAt;
  i32[at + E.ORDER_PRICE] = order.price;
  i32[at + E.ORDER_SIZE] = order.size;
  i32[at + E.ORDER_FILLED] = order.filled;
  i32[at + E.ORDER_STATUS] = order.status;
  i32[at + E.ORDER_REASON] = order.reason;
  f64[(at + E.ORDER_FILLED_MICROS) >> 1] = order.filledMicros;
  f64[(at + E.ORDER_FEES) >> 1] = order.fees;
  f64[(at + E.ORDER_CREATED_AT) >> 1] = order.createdAt;
  f64[(at + E.ORDER_CREATED_SEQ) >> 1] = order.seq;
  if (order.clientOrderId !== null) {
    writeClientId(events, at + E.ORDER_CLIENT_ID_LENGTH, at + E.ORDER_CLIENT_ID, order.clientOrderId);
  }
  return at;
}

export type TradeValues = Omit<FillValues, 'mirrored' | 'maker'> & {
  outcome: number;
  side: number;
  takerOrder: number;
  makerOrder: number;
  taker?: number;
  makerAccount?: number;
  flags?: number;
};

export function writeTrade(events: R.RecordBuffer, trade: TradeValues, seq: number, market = 0): number {
  const at = begin(events, E.EVENT.TRADE, E.TRADE_WORDS, seq, trade.taker ?? 1, market);
  const { i32, f64 } = events;
  f64[(at + E.TRADE_ID) >> 1] = trade.tradeId;
  i32[at + E.TRADE_OUTCOME] = trade.outcome;
  i32[at + E.TRADE_SIDE] = trade.side;
  i32[at + E.TRADE_LOTS] = trade.lots;
  i32[at + E.TRADE_PRICE] = trade.price;
  f64[(at + E.TRADE_MICROS) >> 1] = trade.micros;
  i32[at + E.TRADE_MAKER] = trade.makerAccount ?? (trade.venue === 1 ? E.AMM : 2);
  i32[at + E.TRADE_VENUE] = trade.venue;
  f64[(at + E.TRADE_TAKER_ORDER) >> 1] = trade.takerOrder;
  f64[(at + E.TRADE_MAKER_ORDER) >> 1] = trade.makerOrder;
  f64[(at + E.TRADE_TAKER_FEE) >> 1] = trade.fee;
  i32[at + E.TRADE_FLAGS] = trade.flags ?? 0;
  return at;
}

export function writeLevel(
  events: R.RecordBuffer,
  level: { outcome: number; side: number; price: number; lots: number },
  seq: number,
  market = 0,
): number {
  const at = begin(events, E.EVENT.LEVEL, E.LEVEL_WORDS, seq, 0, market);
  events.i32[at + E.LEVEL_OUTCOME] = level.outcome;
  events.i32[at + E.LEVEL_SIDE] = level.side;
  events.i32[at + E.LEVEL_PRICE] = level.price;
  events.f64[(at + E.LEVEL_LOTS) >> 1] = level.lots;
  return at;
}

export function writeDone(events: R.RecordBuffer, command: number, seq: number, account = 1, market = 0): number {
  const at = begin(events, E.EVENT.DONE, E.DONE_WORDS, seq, account, market);
  events.i32[at + E.DONE_COMMAND] = command;
  return at;
}
