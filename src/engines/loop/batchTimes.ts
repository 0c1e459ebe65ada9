/** Batches that are remembered: more than the reader is ever behind, unless it stands still for a second. A power of two. */
const ROWS = 4_096;
const COUNT_BYTES = 64;
const FIRST_SEQ = 0;
const LAST_SEQ = 1;
const SEQUENCED_AT = 2;
const COMMITTED_AT = 3;
const ROW = 4;

/** When a command was applied, and when its commit was confirmed: ms since 1970 with a fraction. */
export type StageTimes = { sequencedAt: number; committedAt: number };

/** ms since 1970 with a fraction, the same in all threads of a process, and never going back in one. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();

/**
 * The times of the last batches, in memory that the loop shares with its reader. They are told beside the events, never in
 * them: events are the same on every replica. One thread writes and one reads; a batch is written before its events are let out.
 */
export class BatchTimes {
  private readonly count: Int32Array;
  private readonly rows: Float64Array;
  /** The reader’s: batches before this one have been passed. */
  private next = 0;

  constructor(memory: SharedArrayBuffer) {
    this.count = new Int32Array(memory, 0, 1);
    this.rows = new Float64Array(memory, COUNT_BYTES);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(COUNT_BYTES + ROWS * ROW * 8);
  }

  write(firstSeq: number, lastSeq: number, sequencedAt: number, committedAt: number): void {
    const { rows } = this;
    const count = Atomics.load(this.count, 0);
    const at = (count & (ROWS - 1)) * ROW;
    rows[at + FIRST_SEQ] = firstSeq;
    rows[at + LAST_SEQ] = lastSeq;
    rows[at + SEQUENCED_AT] = sequencedAt;
    rows[at + COMMITTED_AT] = committedAt;
    Atomics.store(this.count, 0, (count + 1) | 0);
  }

  /** The times of the batch that had `seq`; undefined: forgotten. Sequences are asked for in ascending order. */
  of(seq: number): StageTimes | undefined {
    const { rows } = this;
    const count = Atomics.load(this.count, 0);
    // What the writer may be writing over now is not read.
    if (((count - this.next) | 0) >= ROWS) this.next = (count - ROWS + 1) | 0;
    for (; this.next !== count; this.next = (this.next + 1) | 0) {
      const at = (this.next & (ROWS - 1)) * ROW;
      if ((rows[at + LAST_SEQ] as number) < seq) continue;
      if ((rows[at + FIRST_SEQ] as number) > seq) return undefined;
      const times = {
        sequencedAt: rows[at + SEQUENCED_AT] as number,
        committedAt: rows[at + COMMITTED_AT] as number,
      };
      return ((Atomics.load(this.count, 0) - this.next) | 0) < ROWS ? times : undefined;
    }
    return undefined;
  }
}
