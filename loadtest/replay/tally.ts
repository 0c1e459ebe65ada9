import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { LOTS_PER_SHARE, parsePrice, parseSize } from '../../src/protocol/units.ts';
import type { Answer } from '../../src/sdk/index.ts';

/** Counts of what became of the orders. */
export class Tally {
  sent = 0;
  accepted = 0;
  /** Answered with the result of an earlier run. */
  duplicates = 0;
  /** Not sent, because an earlier run sent them: refused then, or answered in a market that has closed since. */
  notSentAgain = 0;
  readonly rejected = new Map<string, number>();
  /** Accepted and ended by the exchange in the same answer, by reason: `SELF_TRADE`. */
  readonly ended = new Map<string, number>();
  fills = 0;
  #lots = 0;
  #micros = 0;
  readonly latencyNs: RecordableHistogram = createHistogram();
  startedAtMs = 0;
  endedAtMs = 0;

  answered(answer: Answer<'place'>): void {
    if (!answer.ok) {
      add(this.rejected, answer.error.code);
      return;
    }
    if (answer.duplicate) this.duplicates++;
    else this.accepted++;
    const { status, reason, fills = [] } = answer.order;
    if (status === 'canceled' && !answer.duplicate) add(this.ended, reason ?? 'UNKNOWN');
    // Each trade has one taker, and fills its makers in other answers: taking the takers' counts each once.
    for (const { liquidity, price, size } of fills) {
      if (liquidity !== 'taker') continue;
      this.fills++;
      this.#lots += parseSize(size);
      this.#micros += parsePrice(price) * parseSize(size);
    }
  }

  get volume(): { shares: number; dollars: number } {
    return { shares: this.#lots / LOTS_PER_SHARE, dollars: this.#micros / 1_000_000 };
  }

  get seconds(): number {
    return (this.endedAtMs - this.startedAtMs) / 1000;
  }

  /** In milliseconds, from handing the order to the socket to its answer. */
  get latencyMs(): { p50: number; p99: number; p999: number; max: number } {
    const at = (percentile: number): number => this.latencyNs.percentile(percentile) / 1e6;
    return { p50: at(50), p99: at(99), p999: at(99.9), max: this.latencyNs.count === 0 ? 0 : this.latencyNs.max / 1e6 };
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
