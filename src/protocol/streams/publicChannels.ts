import * as z from 'zod';
import { wireError } from '../answers.ts';
import {
  candleInterval,
  marketId,
  marketStatus,
  money,
  outcomeName,
  price,
  seq,
  side,
  size,
  time,
  venue,
} from '../wire.ts';
import { link, snapshotMark } from './chain.ts';

const level = z.tuple([price, size]);

export const bookSide = {
  outcome: outcomeName,
  bids: z.array(level),
  asks: z.array(level),
};
/** The maker’s ladder: prices now, and b in shares. */
export const ammView = z.object({ prices: z.record(outcomeName, price), b: size });

export const bookSnapshot = z.object({
  ch: z.literal('book'),
  type: z.literal('snapshot'),
  market: marketId,
  ...link,
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
export const trade = z.object({ ch: z.literal('trades'), market: marketId, ...link, ...tradeFields });
/** The latest trades, oldest first. */
export const tradesSnapshot = z.object({
  ch: z.literal('trades'),
  type: z.literal('snapshot'),
  market: marketId,
  ...link,
  trades: z.array(z.object({ seq, ...tradeFields })),
});
export const ticker = z.object({
  ch: z.literal('ticker'),
  ...snapshotMark,
  market: marketId,
  ...link,
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
  ...link,
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
/** An order of the book, in the terms of the book: id, side, price, what rests. The id says nothing about its owner. */
const restingOrder = z.tuple([z.string(), z.enum(['bid', 'ask']), price, size]);
/** Every resting order of the book, at each price in the order in which they fill; bids first, best price first. */
export const bookL3Snapshot = z.object({
  ch: z.literal('book.l3'),
  type: z.literal('snapshot'),
  market: marketId,
  ...link,
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
  ...link,
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
  ...link,
  candles: z.array(z.object(candle)),
});
/** The candle of now, whole; one with a new `start` begins the next. */
export const candles = z.object({
  ch: z.literal('candles'),
  market: marketId,
  interval: candleInterval,
  ...link,
  candle: z.object(candle),
});
