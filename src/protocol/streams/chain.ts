import * as z from 'zod';
import { candleInterval, marketId, seq, time } from '../wire.ts';

/**
 * What links the messages of a channel: `prev` is the `seq` of the message before (of the snapshot, after one; a snapshot’s is
 * its own). `more: true` marks a message that others with the same `seq` follow.
 */
export const link = { seq, prev: seq, more: z.literal(true).optional() };

/** Of channels whose every message is the whole state: the first one says that it is a snapshot. */
export const snapshotMark = { type: z.literal('snapshot').optional() };

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
