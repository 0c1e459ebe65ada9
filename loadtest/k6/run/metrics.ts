import { Counter, Rate, Trend } from 'k6/metrics';

/** What must never happen: each has a threshold of exactly 0. */
export const FAULTS = [
  /** A stream message that does not follow the one before: `seq`, `prev`, `more`, heartbeats, resumes. */
  'gaps',
  'crc_errors',
  'crossed_books',
  /** `book.l3` contradicts itself, or does not add up to `book`. */
  'order_book_errors',
  /** A candle that is none, or becomes less. */
  'candle_errors',
  /** A place in a queue of an order that is not open, or that others have got before. */
  'queue_errors',
  /** Requests without an answer at the end. */
  'unanswered',
  /** Answers that nobody waits for: a second one, or one to nothing. */
  'duplicate_answers',
  'out_of_order_answers',
  /** What the private channels told differs from what the exchange answers. */
  'mirror_mismatches',
  /** Balance is not available + held. */
  'money_errors',
  /** An order that the exchange knows without having answered it, and told it by no channel; a login that should fail. */
  'wrong_answers',
  'unexpected_closes',
] as const;
export type Fault = (typeof FAULTS)[number];

export const faultCounters = Object.fromEntries(FAULTS.map((name) => [name, new Counter(name)])) as Record<
  Fault,
  Counter
>;

/** From sending a request to its answer, in milliseconds. */
export const ackLatency = new Trend('ack_latency', true);
/** From opening a socket again to the end of what was missed. */
export const resumeLatency = new Trend('resume_latency', true);
/** From opening a socket to its login. */
export const loginLatency = new Trend('login_latency', true);
/** Of a login by password over HTTP: hashing it costs the exchange some 50 ms of a core, by intent. */
export const passwordLatency = new Trend('password_latency', true);
/** From the exchange’s time of a trade to its message: of an exchange on this machine. */
export const deliveryLatency = new Trend('delivery_latency', true);
/** How late k6’s own timers were: what it adds to what it measures. */
export const generatorLag = new Trend('generator_lag', true);

export const requestsSent = new Counter('requests_sent');
export const answersReceived = new Counter('answers');
export const quoteUpdates = new Counter('quote_updates');
export const streamMessages = new Counter('stream_messages');
/** Refusals that belong to trading: no money, own order in the way, already filled. */
export const refusals = new Counter('refusals');
/** Part of the requests that failed: busy, unavailable, not understood. */
export const requestErrors = new Rate('request_errors');
/** Snapshots that came in place of messages, to a reader that was too slow or too long away. */
export const snapshotsAgain = new Counter('snapshots_again');
export const resumes = new Counter('resumes');
/** A VU that came to its end: one that threw does not. */
export const vusFinished = new Counter('vus_finished');
