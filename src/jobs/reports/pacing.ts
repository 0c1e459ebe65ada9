import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';

/** Of the thread’s time, this part at most goes into what is paced: it is shared with the sockets. */
const SHARE = 0.1;
/** Work that waits for its turn; more is refused. */
export const WAITING_MAX = 100;

/** Too much is being measured already. */
export class Busy extends Error {
  override name = 'Busy';
  /** Postgres’s code for too many connections: clients are told to come back, as by a database that is busy. */
  readonly code = '53300';
}

/** Takes the time that its pieces need; between them the thread is left to others. */
export type Slices = { run<T>(piece: () => T): Promise<T> };

/**
 * Lets one piece of work after the other use the thread, each followed by a pause in proportion to what it took: however
 * many ask for reports, orders are not kept waiting.
 */
export class Pacing {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** Rejects with Busy where too many wait, otherwise as `work` does. */
  async run<T>(work: (slices: Slices) => Promise<T>): Promise<T> {
    if (this.waiting >= WAITING_MAX) throw new Busy('too many reports are being measured');
    this.waiting++;
    const turnOf = this.last;
    let spentMs = 0;
    const slices: Slices = {
      async run(piece) {
        await turn();
        const started = performance.now();
        try {
          return piece();
        } finally {
          spentMs += performance.now() - started;
        }
      },
    };
    const result = turnOf.then(() => work(slices));
    this.last = result.then(
      () => rest(spentMs),
      () => rest(spentMs),
    );
    try {
      return await result;
    } finally {
      this.waiting--;
    }
  }
}

const rest = (spentMs: number): Promise<void> => delay((spentMs * (1 - SHARE)) / SHARE, undefined, { ref: false });
