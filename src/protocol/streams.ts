import * as z from 'zod';
import { fill, orderView, position } from './answers.ts';
import { marketId, marketStatus, money, outcomeName, price, seq, side, size, time, venue } from './wire.ts';

/**
 * Stream messages. `prev` is the `seq` of the message before on the same channel and market (of the snapshot, after one).
 * `more: true` marks a message that others with the same `seq` follow.
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
  type: z.literal('heartbeat'),
  seq,
  time,
});
export const caughtUp = z.object({ ch: z.string(), market: marketId.optional(), type: z.literal('caught-up'), seq });

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
});
export const trade = z.object({
  ch: z.literal('trades'),
  market: marketId,
  ...position_,
  tradeId: z.string(),
  outcome: outcomeName,
  price,
  size,
  side,
  venue,
  time,
});
export const ticker = z.object({
  ch: z.literal('ticker'),
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
export const market = z.object({
  ch: z.literal('market'),
  market: marketId,
  ...position_,
  status: marketStatus,
  closeTime: time,
  criteriaHash: z.string(),
  resolution: z.record(outcomeName, z.string()).optional(),
  closingPrices: z.array(closingPrice).optional(),
  reason: z.string().optional(),
});
export const orders = z.object({ ch: z.literal('orders'), ...position_, order: orderView });
export const fills = z.object({
  ch: z.literal('fills'),
  ...position_,
  orderId: z.string(),
  clientOrderId: z.string().optional(),
  market: marketId,
  outcome: outcomeName,
  side,
  time,
  ...fill.shape,
});
export const account = z.object({
  ch: z.literal('account'),
  ...position_,
  balance: money,
  available: money,
  held: money,
  positions: z.array(position),
});
export const streams = {
  book: bookDelta,
  bookSnapshot,
  trades: trade,
  ticker,
  market,
  orders,
  fills,
  account,
  heartbeat,
  caughtUp,
};
