import type { FollowerProgress } from '../read-model/reads.ts';

/** Bytes of shared memory that carry a follower's progress: its applied sequence. */
export const PROGRESS_BYTES = 8;
/** Callers that wait at once; one more is told at once that the follower is not there yet. */
export const WAITERS_MAX = 10_000;
/** How often the memory is looked at while somebody waits. */
const LOOK_MS = 2;

/** The follower's end: says how far the read model is. */
export class ProgressWriter {
  private readonly cell: BigInt64Array;

  constructor(memory: SharedArrayBuffer) {
    this.cell = new BigInt64Array(memory, 0, 1);
  }

  report(seq: number): void {
    Atomics.store(this.cell, 0, BigInt(seq));
  }
}

type Waiter = { seq: number; until: number; resolve: (reached: boolean) => void };

/**
 * The main thread's end. Waiting costs one timer for all, and only while somebody waits: `Atomics.waitAsync` is erratic
 * under load, and a message for every batch would wake a thread that mostly has nobody waiting.
 */
export class SharedProgress implements FollowerProgress {
  private readonly cell: BigInt64Array;
  private readonly wake: (seq: number) => void;
  private readonly waiters = new Set<Waiter>();
  private timer: NodeJS.Timeout | null = null;
  /** The highest sequence that `wake` was called for. */
  private wanted = 0;

  /** `wake` is called when somebody begins to wait for more than anybody before: the follower may be asleep. */
  constructor(memory: SharedArrayBuffer, wake: (seq: number) => void = () => {}) {
    this.cell = new BigInt64Array(memory, 0, 1);
    this.wake = wake;
  }

  get appliedSeq(): number {
    return Number(Atomics.load(this.cell, 0));
  }

  waitFor(seq: number, timeoutMs: number): Promise<boolean> {
    if (this.appliedSeq >= seq) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.waiters.size >= WAITERS_MAX) return Promise.resolve(false);
    if (seq > this.wanted) {
      this.wanted = seq;
      this.wake(seq);
    }
    return new Promise((resolve) => {
      this.waiters.add({ seq, until: performance.now() + timeoutMs, resolve });
      this.timer ??= setInterval(() => this.look(), LOOK_MS);
    });
  }

  /** Tells everybody who waits that the follower is not there, and stops waiting. */
  close(): void {
    for (const waiter of this.waiters) waiter.resolve(false);
    this.waiters.clear();
    this.look();
  }

  private look(): void {
    const applied = this.appliedSeq;
    const now = performance.now();
    for (const waiter of this.waiters) {
      if (applied < waiter.seq && now < waiter.until) continue;
      this.waiters.delete(waiter);
      waiter.resolve(applied >= waiter.seq);
    }
    if (this.waiters.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}
