import * as z from 'zod';
import { caughtUp, heartbeat } from './streams/chain.ts';
import {
  account,
  fills,
  fillsSnapshot,
  orders,
  ordersSnapshot,
  protectionChange,
  queue,
  quotes,
  quotesSnapshot,
  selfTrade,
} from './streams/privateChannels.ts';
import {
  bookDelta,
  bookL3Delta,
  bookL3Ended,
  bookL3Snapshot,
  bookSnapshot,
  candles,
  candlesSnapshot,
  market,
  ticker,
  trade,
  tradesSnapshot,
} from './streams/publicChannels.ts';
import { seq, time } from './wire.ts';

/** To every connection, unasked: the server is about to end; nothing new is taken, everything taken is answered. */
export const server = z.object({
  ch: z.literal('server'),
  type: z.literal('draining'),
  seq,
  time,
  /** When the last connection is closed, at the latest. */
  closesAt: time,
});
/** Every message of every channel, and what is told outside of them. */
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
