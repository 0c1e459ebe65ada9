import * as z from 'zod';
import { fill, orderView, position, quoteGroupState, quoteState, wireError } from './answers.ts';
import {
  candleInterval,
  marketId,
  marketStatus,
  money,
  outcomeName,
  price,
  quoteGroupName,
  selfTradePrevention,
  seq,
  side,
  size,
  time,
  venue,
} from './wire.ts';

/**
 * Stream messages. `prev` is the `seq` of the message before on the same channel and market (of the snapshot, after one; a
 * snapshot’s is its own). `more: true` marks a message that others with the same `seq` follow.
 */
const position_ = { seq, prev: seq, more: z.literal(true).optional() };
const level = z.tuple([price, size]);

export const bookSide = {
  outcome: outcomeName,
  bids: z.array(level),
  asks: z.array(level),
};
/** The maker’s ladder: prices now, and b in shares. */
export const ammView = z.object({ prices: z.record(outcomeName, price), b: size });

export const heartbeat = z.object({
  ch: z.string(),
  market: marketId.optional(),
  /** On `candles`. */
  interval: candleInterval.optional(),
  type: z.literal('heartbeat'),
  seq,
  time,
});
/** The end of what a resume brought: the next message’s `prev` is this `seq`. */
export const caughtUp = z.object({
  ch: z.string(),
  market: marketId.optional(),
  /** On `candles`. */
  interval: candleInterval.optional(),
  type: z.literal('caught-up'),
  seq,
  /** On `book`: of the book as it is now. */
  crc: z.int().min(0).optional(),
});

export const bookSnapshot = z.object({
  ch: z.literal('book'),
  type: z.literal('snapshot'),
  market: marketId,
  ...position_,
  bids: z.array(level),
  asks: z.array(level),
  /** In a market of more than two outcomes: one book for each. */
  books: z.array(z.object(bookSide)).optional(),
  crc: z.int().min(0),
  amm: ammView.optional(),
});
export const bookDelta = z.object({
  ...bookSnapshot.shape,
  type: z.literal('delta'),
  /** Absent in what a resume replays: `caught-up` has it. */
  crc: z.int().min(0).optional(),
});
/** A public trade, in the terms of the book: `side` is the aggressor’s. */
const tradeFields = { tradeId: z.string(), outcome: outcomeName, price, size, side, venue, time };
export const trade = z.object({ ch: z.literal('trades'), market: marketId, ...position_, ...tradeFields });
/** The latest trades, oldest first. */
export const tradesSnapshot = z.object({
  ch: z.literal('trades'),
  type: z.literal('snapshot'),
  market: marketId,
  ...position_,
  trades: z.array(z.object({ seq, ...tradeFields })),
});
/** Of channels whose every message is the whole state: the first one says that it is a snapshot. */
const snapshotMark = { type: z.literal('snapshot').optional() };
export const ticker = z.object({
  ch: z.literal('ticker'),
  ...snapshotMark,
  market: marketId,
  ...position_,
  outcomes: z.array(
    z.object({
      outcome: outcomeName,
      bid: price.optional(),
      ask: price.optional(),
      last: price.optional(),
      mid: price.optional(),
      ammPrice: price.optional(),
    }),
  ),
  volume: money,
  time,
});
export const closingPrice = z.object({
  outcome: outcomeName,
  price: price.nullable(),
  source: z.enum(['mid', 'last', 'amm', 'none']),
});
/** What may change while a market trades; absent where it does not apply or is not limited. */
export const marketSettings = {
  /** Of a hybrid market: whether orders can rest. */
  book: z.boolean().optional(),
  /** Halted, and orders are collected for the reopening. */
  auction: z.literal(true).optional(),
  /** How far a buy may be above, or a sell below, the last price. */
  collar: price.optional(),
  maxOrderSize: size.optional(),
  /** The largest position that an account’s orders may lead to. */
  positionLimit: size.optional(),
};
export const market = z.object({
  ch: z.literal('market'),
  ...snapshotMark,
  market: marketId,
  ...position_,
  status: marketStatus,
  closeTime: time,
  criteriaHash: z.string(),
  resolution: z.record(outcomeName, z.string()).optional(),
  /** While an outcome is proposed: until when it can be disputed. */
  disputeUntil: time.optional(),
  closingPrices: z.array(closingPrice).optional(),
  reason: z.string().optional(),
  ...marketSettings,
});
/** `market` in `orders` and `fills`: the subscription is about that one alone. */
export const orders = z.object({
  ch: z.literal('orders'),
  market: marketId.optional(),
  ...position_,
  order: orderView,
});
/** An order met one of the same account, and did not trade with it. In the terms of the book. */
export const selfTrade = z.object({
  ch: z.literal('orders'),
  type: z.literal('self-trade'),
  market: marketId.optional(),
  ...position_,
  selfTrade: z.object({
    market: marketId,
    outcome: outcomeName,
    /** Of the resting order, and what would have traded. */
    price,
    size,
    stp: selfTradePrevention,
    orderId: z.string(),
    restingOrderId: z.string(),
  }),
});
/** The open orders, oldest first. */
export const ordersSnapshot = z.object({
  ch: z.literal('orders'),
  type: z.literal('snapshot'),
  market: marketId.optional(),
  ...position_,
  orders: z.array(orderView),
});
export const fills = z.object({
  ch: z.literal('fills'),
  ...position_,
  orderId: z.string(),
  clientOrderId: z.string().optional(),
  /** Of a quote. */
  group: quoteGroupName.optional(),
  market: marketId,
  outcome: outcomeName,
  against: z.literal(true).optional(),
  side,
  time,
  ...fill.shape,
});
/** Where the fills begin: those before are on GET /fills. */
export const fillsSnapshot = z.object({
  ch: z.literal('fills'),
  type: z.literal('snapshot'),
  market: marketId.optional(),
  ...position_,
  fills: z.array(z.never()),
});
/** In a snapshot all positions, then those that changed; a position that is gone has size `"0.00"`. */
export const account = z.object({
  ch: z.literal('account'),
  ...snapshotMark,
  ...position_,
  balance: money,
  available: money,
  held: money,
  positions: z.array(position),
});
/** An order of the book, in the terms of the book: id, side, price, what rests. The id says nothing about its owner. */
const restingOrder = z.tuple([z.string(), z.enum(['bid', 'ask']), price, size]);
/** Every resting order of the book, at each price in the order in which they fill; bids first, best price first. */
export const bookL3Snapshot = z.object({
  ch: z.literal('book.l3'),
  type: z.literal('snapshot'),
  market: marketId,
  ...position_,
  books: z.array(z.object({ outcome: outcomeName, orders: z.array(restingOrder) })),
});
/**
 * Orders as they stand now, to be applied one after the other. Size "0": it is gone. Unknown before: it stands at the back
 * of its price. Known, at the same price and not larger: it keeps its place; otherwise it goes to the back.
 */
export const bookL3Delta = z.object({
  ch: z.literal('book.l3'),
  type: z.literal('delta'),
  market: marketId,
  ...position_,
  books: z.array(z.object({ outcome: outcomeName, orders: z.array(restingOrder) })),
});
/** The book has more orders than are told one by one: the subscription is over. */
export const bookL3Ended = z.object({
  ch: z.literal('book.l3'),
  type: z.literal('ended'),
  market: marketId,
  seq,
  error: wireError,
});
const candle = {
  outcome: outcomeName,
  start: time,
  open: price,
  high: price,
  low: price,
  close: price,
  size,
  volume: money,
  trades: z.int(),
};
/** The latest candles of every outcome, oldest first. */
export const candlesSnapshot = z.object({
  ch: z.literal('candles'),
  type: z.literal('snapshot'),
  market: marketId,
  interval: candleInterval,
  ...position_,
  candles: z.array(z.object(candle)),
});
/** The candle of now, whole; one with a new `start` begins the next. */
export const candles = z.object({
  ch: z.literal('candles'),
  market: marketId,
  interval: candleInterval,
  ...position_,
  candle: z.object(candle),
});
/** Of `orders` with `queue`: shares that fill before each of these orders. No link of the chain; at most ten a second. */
export const queue = z.object({
  ch: z.literal('orders'),
  type: z.literal('queue'),
  market: marketId.optional(),
  seq,
  queue: z.array(z.object({ orderId: z.string(), ahead: size })),
});
/** A quote after a change. */
export const quotes = z.object({
  ch: z.literal('quotes'),
  market: marketId.optional(),
  ...position_,
  quote: quoteState,
});
/** A group’s protection was set, was hit (`tripped`: its quotes are withdrawn with the same `seq`) or was reset. */
export const protectionChange = z.object({
  ch: z.literal('quotes'),
  type: z.literal('protection'),
  market: marketId.optional(),
  ...position_,
  cause: z.enum(['created', 'configured', 'tripped', 'reset']),
  group: quoteGroupState,
});
export const quotesSnapshot = z.object({
  ch: z.literal('quotes'),
  type: z.literal('snapshot'),
  market: marketId.optional(),
  ...position_,
  quotes: z.array(quoteState),
  groups: z.array(quoteGroupState),
});
/** To every connection, unasked: the server is about to end; nothing new is taken, everything taken is answered. */
export const server = z.object({
  ch: z.literal('server'),
  type: z.literal('draining'),
  seq,
  time,
  /** When the last connection is closed, at the latest. */
  closesAt: time,
});
export const streams = {
  bookL3Snapshot,
  bookL3Delta,
  bookL3Ended,
  candlesSnapshot,
  candles,
  queue,
  quotes,
  quotesSnapshot,
  protectionChange,
  server,
  book: bookDelta,
  bookSnapshot,
  trades: trade,
  tradesSnapshot,
  ticker,
  market,
  orders,
  ordersSnapshot,
  selfTrade,
  fills,
  fillsSnapshot,
  account,
  heartbeat,
  caughtUp,
};
