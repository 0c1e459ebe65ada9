import type { Rate } from '../limits/tokenBucket.ts';

/** A longer frame closes the connection with FRAME_TOO_LARGE. */
export const FRAME_BYTES_MAX = 16 * 1024;

/** The library drops a connection at a longer one: above our own limit, so that it is we who close, with a code. */
export const PAYLOAD_BYTES_MAX = 4 * FRAME_BYTES_MAX;

/** Requests of one connection without an answer; one more is answered RATE_LIMITED. */
export const REQUESTS_IN_FLIGHT_MAX = 16_384;

/** Frames that wait for the answer of an `auth` before them; one more is answered RATE_LIMITED. */
export const FRAMES_HELD_MAX = 1_024;

/** Frames of one connection; past it RATE_LIMITED with `retryAfterMs`. Cancels have a budget of their own. */
export const FRAME_RATE: Rate = { perSecond: 2_000, burst: 8_000 };
export const CANCEL_RATE: Rate = { perSecond: 2_000, burst: 8_000 };

/**
 * Faulty requests of one connection: those answered INVALID_REQUEST, UNAUTHENTICATED, FORBIDDEN or RATE_LIMITED; one more closes
 * it with TOO_MANY_ERRORS. What the engine refuses is no fault.
 */
export const ERROR_RATE: Rate = { perSecond: 50, burst: 2_000 };

/** Channels that one connection holds; one more is LIMIT_EXCEEDED. */
export const SUBSCRIPTIONS_MAX = 200;

/** Connections from one address (of IPv6: one /64); one more is closed with TOO_MANY_CONNECTIONS. */
export const SOCKETS_PER_ADDRESS_MAX = 512;

/** Buffered bytes above which public messages are dropped; below the second figure they start again, with a snapshot. */
export const PUBLIC_BUFFER_MAX = 1024 * 1024;
export const PUBLIC_BUFFER_LOW = 128 * 1024;
/** Buffered bytes above which the connection is closed with TOO_SLOW: answers and private messages are never dropped. */
export const BUFFER_MAX = 8 * 1024 * 1024;
/** The library drops a connection above this: never reached, or the reader was gone already. */
export const BACKPRESSURE_MAX = 2 * BUFFER_MAX;

/** A connection that has said nothing for so long is asked by a ping, and closed with IDLE when it does not answer. */
export const PING_AFTER_MS = 30_000;
export const IDLE_AFTER_MS = 75_000;
/** The library’s own time-out, for connections that do not even end as they should. Seconds. */
export const IDLE_SECONDS = 120;

/** How often expiry, silence and closing are looked at: a token that ends closes its socket within a second. */
export const SWEEP_MS = 250;

/** How long `order` waits for history to reach what the engine has said. */
export const HISTORY_WAIT_MS = 2_000;

/** When to try again what a full ring refused. */
export const RETRY_AFTER_MS = 250;
