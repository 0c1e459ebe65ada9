/** Resumes that wait or are being served, of all accounts; one more begins with a snapshot. */
export const RESUMES_MAX = 64;
/** As {@link RESUMES_MAX}, of one account. */
export const RESUMES_PER_ACCOUNT_MAX = 8;
/** Resumes that collect records in one replay; the others wait for the next one. */
export const RESUMES_ACTIVE_MAX = 16;

/**
 * Records handed over at a time, and what a resume collects before the replay waits for its reader. One batch of the journal or
 * one command may go beyond.
 */
export const PORTION_BYTES = 256 * 1024;

/** A reader that has not taken its portion for so long is left behind while others wait for the replay, or without them. */
export const STALLED_MS = 1_000;
export const STALLED_ALONE_MS = 30_000;

/** The engine is given up, and its thread with it, when nobody has resumed for so long. */
export const IDLE_MS = 30_000;

/** Journal payload fetched at a time, and fetched ahead of the replay. */
export const PAGE_BYTES = 2 * 1024 * 1024;
export const AHEAD_BYTES = 4 * 1024 * 1024;
