import type { CandleRow, FollowerProgress } from '../../persistence/read-model/reads.ts';
import { ASK_AGAIN_MS, CANDLE_READS_MAX, CANDLE_WAIT_MS } from './limits.ts';

/** Candles of all outcomes of a market that start at `from` or later. */
export type CandleQuery = { market: number; intervalMs: number; from: number };

/** Where candles begin: the read model, and how far it is. */
export interface CandleSource {
  /** Each outcome’s in the order of time, and the `seq` up to which every trade is counted in them, and none after it. */
  candles(query: CandleQuery): Promise<{ seq: number; rows: CandleRow[] }>;
  waitFor: FollowerProgress['waitFor'];
}

type Read = { query: CandleQuery & { seq: number }; take: (seq: number, rows: readonly CandleRow[]) => boolean };

/** Reads candles for channels that begin, a few at once: whoever subscribes to many does not take the database from others. */
export class CandleReader {
  private readonly source: CandleSource;
  private readonly waiting: Read[] = [];
  private reading = 0;
  private stopped = false;

  constructor(source: CandleSource) {
    this.source = source;
  }

  /** Reads when the read model has reached `seq`, or soon after; again while `take` does not. */
  read(query: Read['query'], take: Read['take']): void {
    this.waiting.push({ query, take });
    this.next();
  }

  private next(): void {
    while (this.reading < CANDLE_READS_MAX) {
      const read = this.waiting.shift();
      if (read === undefined) return;
      this.reading++;
      void this.carryOut(read).then((taken) => {
        this.reading--;
        if (!taken && !this.stopped) setTimeout(() => this.read(read.query, read.take), ASK_AGAIN_MS).unref();
        this.next();
      });
    }
  }

  /** False: the database is away, or what was read does not help yet. */
  private async carryOut({ query: { seq, ...query }, take }: Read): Promise<boolean> {
    try {
      await this.source.waitFor(seq, CANDLE_WAIT_MS);
      const read = await this.source.candles(query);
      return this.stopped || take(read.seq, read.rows);
    } catch {
      return false;
    }
  }

  stop(): void {
    this.stopped = true;
    this.waiting.length = 0;
  }
}
