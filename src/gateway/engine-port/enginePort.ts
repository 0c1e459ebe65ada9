import type { StageTimes } from '../../engines/loop/batchTimes.ts';
import type { RecordBuffer } from '../../engines/records/buffer.ts';
import type { Field } from '../../engines/records/events.ts';
import type { ErrorCode } from '../../protocol/errors.ts';

/** Who sent a command and waits for its answer. */
export interface Pending {
  /**
   * All events of the command are `events[from … doneAt]`, contiguous, the last its DONE (those of a batch’s items, flagged
   * ITEM, come before); valid during the call only.
   */
  done(events: RecordBuffer, from: number, doneAt: number): void;
  /** Takes the answer that comes after the sender was told STATUS_UNKNOWN; without it nobody does. */
  readonly late?: Pending;
}

/** The answer to one command or query, copied: it may be kept. */
export type Reply = {
  /** undefined: accepted and committed */
  code: ErrorCode | undefined;
  /** the request field at fault, '' none */
  field: Field;
  limit: { name: string; value: number } | undefined;
  orderId: number;
  /** DUPLICATE, KEPT_PRIORITY */
  flags: number;
  /** how many a cancelAll, sweep, settle or resume took */
  count: number;
  seq: number;
  time: number;
  events: RecordBuffer;
  from: number;
  doneAt: number;
  /** A query’s ANSWER, parsed. */
  json?: unknown;
};

/** The engine as the gateway’s thread sees it. */
export interface EnginePort {
  /** Build one command here, then call {@link send} or {@link request}, which clear it. */
  readonly buffer: RecordBuffer;
  /**
   * Sends the record at `at`. False: the ring is full, nothing was sent (OVERLOADED). Some room is kept for what takes
   * orders away; `removing`: it does, although its kind does not say so. Answers come strictly in the order of sending.
   */
  send(at: number, pending: Pending, removing?: boolean): boolean;
  /** As {@link send}, for those who await: a full ring resolves with OVERLOADED. */
  request(at: number, removing?: boolean): Promise<Reply>;
  /**
   * Every committed command’s events, also those of jobs and of the expiry that the engine’s loop begins itself, before its
   * `done`. Queries do not come here.
   */
  onGroup: (events: RecordBuffer, from: number, doneAt: number) => void;
  /** Within `done`: when the command was applied and committed; undefined for queries, and where nobody measures. */
  stages(): StageTimes | undefined;
  readonly outstanding: number;
  readonly seq: number;
  readonly time: number;
}
