import { HEARTBEAT_MS } from '../../protocol/heartbeat.ts';

/** Bytes of recent events kept for resuming; the oldest are overwritten. Memory is taken as it fills. */
export const EVENT_LOG_BYTES = 64 * 1024 * 1024;

/**
 * Commands of one market or account that a resume replays from memory; after a longer gap a public channel begins with a snapshot,
 * and a private one reads the journal.
 */
export const RESUME_COMMANDS_MAX = 4_096;

/** What a private channel missed goes out in portions of so many characters; one command may go beyond. */
export const GAP_PORTION_CHARACTERS = 256 * 1024;

/** The journal may be ahead of the events that have come from the engine; these are looked for again after so long. */
export const SEAM_MS = 5;

/** Trades in a snapshot of `trades`, and how many commands are looked through for them. */
export const RECENT_TRADES = 50;
export const RECENT_COMMANDS_MAX = 500;

/** What the ring had no room for is asked again after so long. */
export const ASK_AGAIN_MS = 250;

/**
 * Orders in a book that is followed order by order; with more it ends for those who follow it. The engine lists half as many
 * (`LIMITS.bookQueryOrders`): of more a book is not begun.
 */
export const BOOK_ORDERS_MAX = 40_000;
/** What was asked for, a book’s orders or candles, is kept for so long after the last one who wanted it has left. */
export const LINGER_MS = 5_000;

/** How often one who asks for it is told at most how much stands before their orders, of how many orders in how many markets. */
export const QUEUE_CONFLATE_MS = 100;
export const QUEUE_ORDERS_MAX = 1_000;
export const QUEUE_MARKETS_MAX = 200;

/** Candles of each outcome in a snapshot of `candles`; how often the channel tells what has changed. */
export const CANDLES_RECENT = 100;
export const CANDLES_CONFLATE_MS = 1_000;
/** Candles of so many channels are read at once, when the read model has caught up, or after so long. */
export const CANDLE_READS_MAX = 2;
export const CANDLE_WAIT_MS = 1_000;

/** A channel that has said nothing for so many sweeps beats. */
export const HEARTBEAT_SWEEP_MS = 1_000;
export const HEARTBEAT_SWEEPS = HEARTBEAT_MS / HEARTBEAT_SWEEP_MS;

/** A `depth` above this is the whole book: what leaves and enters the window would cost more than it saves. */
export const DEPTH_MAX = 1_000;
/** A deeper window than this is sent at most once in {@link DEEP_CONFLATE_MS}. */
export const DEPTH_AT_ONCE_MAX = 100;
export const DEEP_CONFLATE_MS = 100;
/** `conflateMs` is rounded up to a multiple, so that listeners share their messages. */
export const CONFLATE_STEP_MS = 50;
