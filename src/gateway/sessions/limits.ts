/** A longer frame closes the connection with FRAME_TOO_LARGE. */
export const FRAME_BYTES_MAX = 16 * 1024;

/**
 * The library cuts a connection at a longer one, and lets nobody say why: far above our own limit, so that it is we who close,
 * with a code. It is also what a frame that is still arriving may make one connection hold.
 */
export const PAYLOAD_BYTES_MAX = 1024 * 1024;

/**
 * What one request of socket.io’s `polling` carries, in packets; a longer one is not split. It may be all packets of a byte, which are
 * read in one turn.
 */
export const POLL_BYTES_MAX = 4 * FRAME_BYTES_MAX;

/** How many more than `requestsInFlight` may be without an answer where they are cancels. */
export const CANCELS_IN_FLIGHT_MORE = 1_024;

/** Frames that wait for the answer of an `auth` before them; one more is answered RATE_LIMITED. */
export const FRAMES_HELD_MAX = 1_024;

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
