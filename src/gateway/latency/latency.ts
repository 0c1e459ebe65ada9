import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { preciseNow } from '../../engines/loop/batchTimes.ts';

/** Between which moments: received → sequenced → committed → sent, and from the first to the last. */
export const STAGES = ['sequenced', 'committed', 'sent', 'total'] as const;
export type Stage = (typeof STAGES)[number];
/** Microseconds; all 0 while `count` is. */
export type Percentiles = { count: number; p50: number; p90: number; p99: number; p999: number; max: number };

/** What is told are the last 50 to 60 seconds. */
const SLICE_MS = 10_000;
const SLICES = 6;
export const WINDOW_MS = SLICE_MS * SLICES;
/** Two significant figures, up to a minute: 20 kB a histogram. */
const FIGURES = 2;
const MICROS_MAX = 60_000_000;
/** About so many requests a second are measured, whatever the rate: all of few, one of n of many. */
const SAMPLES_PER_SECOND = 1_000;
const RATE_WINDOW_MS = 250;

type Slice = Record<Stage, RecordableHistogram>;
const histogram = () => createHistogram({ figures: FIGURES, highest: MICROS_MAX });
const slice = (): Slice => ({ sequenced: histogram(), committed: histogram(), sent: histogram(), total: histogram() });

/** Where the time of recent requests went: histograms of a sliding window. */
export class Latency {
  private readonly slices = Array.from({ length: SLICES }, slice);
  private current = 0;
  private sliceEnds = 0;
  private every = 1;
  private untilNext = 1;
  private seen = 0;
  private rateSince = 0;

  /** Whether the request that has come now (ms, any origin) is to be measured. Called for each. */
  sample(now: number): boolean {
    this.seen++;
    if (--this.untilNext > 0) return false;
    const passed = now - this.rateSince;
    if (passed >= RATE_WINDOW_MS) {
      this.every = Math.max(1, Math.ceil((this.seen * 1_000) / passed / SAMPLES_PER_SECOND));
      this.seen = 0;
      this.rateSince = now;
    } else if (this.seen > SAMPLES_PER_SECOND) {
      // A burst after a quiet time is not measured whole.
      this.every = Math.max(this.every, Math.ceil(this.seen / SAMPLES_PER_SECOND));
    }
    this.untilNext = this.every;
    return true;
  }

  /** The moments of one request, as {@link preciseNow} tells them. */
  record(received: number, sequenced: number, committed: number, sent: number): void {
    this.turn(sent);
    const { sequenced: first, committed: second, sent: third, total } = this.slices[this.current] as Slice;
    first.record(micros(sequenced - received));
    second.record(micros(committed - sequenced));
    third.record(micros(sent - committed));
    total.record(micros(sent - received));
  }

  percentiles(now = preciseNow()): Record<Stage, Percentiles> {
    this.turn(now);
    const of = (stage: Stage): Percentiles => {
      const all = histogram();
      for (const one of this.slices) all.add(one[stage]);
      const { count } = all;
      if (count === 0) return { count, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };
      const at = (percent: number) => all.percentile(percent);
      return { count, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: all.max };
    };
    return { sequenced: of('sequenced'), committed: of('committed'), sent: of('sent'), total: of('total') };
  }

  /** Forgets what is too old. */
  private turn(now: number): void {
    for (let turned = 0; now >= this.sliceEnds && turned < SLICES; turned++) {
      this.current = (this.current + 1) % SLICES;
      const oldest = this.slices[this.current] as Slice;
      for (const stage of STAGES) oldest[stage].reset();
      this.sliceEnds += SLICE_MS;
    }
    if (now >= this.sliceEnds) this.sliceEnds = now + SLICE_MS;
  }
}

/** A histogram counts whole microseconds from 1. */
const micros = (ms: number): number => Math.min(MICROS_MAX, Math.max(1, Math.round(ms * 1_000)));
