import { type Latency, percentiles } from '../percentiles.ts';
import { BATCH, type Contender, run } from './contender.ts';
import type { Digest } from './digest.ts';
import { AllocationMeter, type Collections, countCollections, liveHeapBytes } from './heap.ts';

export type Measured = {
  perSecond: number;
  latencyNs: Latency;
  digest: Digest;
  /** Not of programs without a collector. Bytes a command: what the heap grew by, and what was made on it. */
  heap?: { retained: number; allocated: number } & Collections;
};

/** Commands of each part, one after the other: for speed, for latencies, for allocations. */
export type Parts = { count: number; latencies: number; allocations: number };
/** Commands between two looks at the heap. */
const HEAP_STEP = 64;
const OVERHEAD_SAMPLES = 10_001;

/** Fills the books; measures speed and judges what was done; then goes on, for latencies and for allocations. */
export async function measure(contender: Contender, prefill: number, parts: Parts): Promise<Measured> {
  run(contender, 0, prefill);
  const heapBefore = liveHeapBytes();
  const latenciesFrom = prefill + parts.count;
  const { result: seconds, collections } = await countCollections(() => run(contender, prefill, latenciesFrom));
  const retained = (liveHeapBytes() - heapBefore) / parts.count;
  const digest = contender.digest();
  const allocationsFrom = latenciesFrom + parts.latencies;
  const latencyNs = latencies(contender, latenciesFrom, allocationsFrom);
  const allocated = allocations(contender, allocationsFrom, parts.allocations);
  return { perSecond: parts.count / seconds, latencyNs, digest, heap: { retained, allocated, ...collections } };
}

/** Each command on its own clock, less what two looks at the clock take (their median). */
function latencies(contender: Contender, from: number, to: number): Latency {
  const overheads = new Float64Array(OVERHEAD_SAMPLES);
  for (let i = 0; i < OVERHEAD_SAMPLES; i++) {
    const start = performance.now();
    overheads[i] = performance.now() - start;
  }
  const overhead = percentiles(overheads).p50;
  const samples = new Float64Array(to - from);
  for (let at = from; at < to; at += BATCH) {
    const end = Math.min(at + BATCH, to);
    contender.ready(at, end);
    for (let i = at; i < end; i++) {
      const start = performance.now();
      contender.apply(i);
      samples[i - from] = Math.max(0, performance.now() - start - overhead) * 1e6;
    }
    contender.read();
  }
  return percentiles(samples);
}

function allocations(contender: Contender, from: number, count: number): number {
  const meter = new AllocationMeter();
  for (let at = from; at + HEAP_STEP <= from + count; at += HEAP_STEP) {
    contender.ready(at, at + HEAP_STEP);
    meter.measure(() => {
      for (let i = at; i < at + HEAP_STEP; i++) contender.apply(i);
      contender.read();
    });
  }
  return meter.bytesPerStep / HEAP_STEP;
}
