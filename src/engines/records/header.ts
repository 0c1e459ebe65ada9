/**
 * Records: what crosses threads and what is journaled. One little-endian layout for commands and events:
 *
 * ```
 *  word 0      1      2 3     4 5      6         7        8        9       10 …
 *     length | kind | seq  | time  | account | market | ticket | code | body, by kind
 *     words    i32    f64    f64     i32       i32      i32      i32
 * ```
 * A word is 4 bytes, a length is even, so that every f64 is aligned: the f64 index of word w is w / 2.
 */
export const LENGTH = 0;
export const KIND = 1;
export const SEQ = 2;
export const TIME = 4;
export const ACCOUNT = 6;
export const MARKET = 7;
/** Chosen by the sender of a command and repeated in its answer. */
export const TICKET = 8;
/** In answers: 0, or 1 + the index of the error code. */
export const CODE = 9;
export const BODY = 10;
