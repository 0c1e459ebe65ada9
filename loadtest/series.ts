import { type Buckets, percentile } from './k6/checks/latencyBuckets.ts';
import type { SecondLine } from './k6/run/plan.ts';

/** One second of all VUs together; counts are a second’s, however long k6 took to tell them. */
export interface Second {
  /** Milliseconds since 1970: its end. */
  at: number;
  sent: number;
  answers: number;
  refused: number;
  failed: number;
  messages: number;
  faults: number;
  lagMs: number;
  /** Of the acknowledgements that came in it; 0 where there were none. */
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

const SUMS = ['sent', 'answers', 'refused', 'failed', 'messages', 'faults'] as const;

/** Joins the lines of the VUs, each of which counts its own seconds, into seconds of the clock. */
export class Series {
  readonly #seconds = new Map<number, SecondLine[]>();

  add(line: SecondLine): void {
    const second = Math.floor(line.at / 1000);
    const lines = this.#seconds.get(second);
    if (lines === undefined) this.#seconds.set(second, [line]);
    else lines.push(line);
  }

  get seconds(): Second[] {
    return [...this.#seconds].sort(([a], [b]) => a - b).map(([second, lines]) => joined(second * 1000, lines));
  }

  /** The last second that all VUs may have told of; undefined before there is one. */
  get latest(): Second | undefined {
    const ends = [...this.#seconds.keys()].sort((a, b) => a - b);
    const end = ends.at(-2) ?? ends.at(-1);
    return end === undefined ? undefined : joined(end * 1000, this.#seconds.get(end) ?? []);
  }
}

function joined(at: number, lines: readonly SecondLine[]): Second {
  const sums = Object.fromEntries(
    SUMS.map((name) => [
      name,
      Math.round(lines.reduce((sum, line) => sum + (line[name] * 1000) / Math.max(1, line.ms), 0)),
    ]),
  ) as Record<(typeof SUMS)[number], number>;
  const buckets: Buckets = new Map();
  for (const { latency } of lines) {
    for (const [bucket, count] of latency) buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
  }
  return {
    at,
    ...sums,
    lagMs: Math.max(0, ...lines.map(({ lagMs }) => lagMs)),
    p50Ms: percentile(buckets, 0.5),
    p95Ms: percentile(buckets, 0.95),
    p99Ms: percentile(buckets, 0.99),
  };
}
