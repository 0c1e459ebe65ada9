import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { median } from '../percentiles.ts';

/** Bytes of JavaScript objects, dead ones included. */
export const heapBytes = (): number => getHeapStatistics().used_heap_size;

/** Bytes of JavaScript objects that are alive. Needs --expose-gc. */
export function liveHeapBytes(): number {
  collect();
  return heapBytes();
}

export function collect(): void {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  // Array buffers are freed by the collection after the one that found them dead.
  globalThis.gc();
  globalThis.gc();
}

export type Collections = { scavenges: number; others: number; longestMs: number };

/** The collections while `work` runs, and what it returns. */
export async function countCollections<T>(work: () => T): Promise<{ result: T; collections: Collections }> {
  const entries: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const start = performance.now();
  const result = work();
  const end = performance.now();
  await setTimeout(20); // entries are handed over by later turns of the event loop
  observer.disconnect();
  const during = entries.filter((entry) => entry.startTime >= start && entry.startTime <= end);
  const scavenges = during.filter((entry) => kindOf(entry) === constants.NODE_PERFORMANCE_GC_MINOR).length;
  const longestMs = Math.max(0, ...during.map((entry) => entry.duration));
  return { result, collections: { scavenges, others: during.length - scavenges, longestMs } };
}

const kindOf = (entry: PerformanceEntry): number =>
  (entry as PerformanceEntry & { detail: { kind: number } }).detail.kind;

/** Bytes on the heap that steps of a program allocate: the median, because the compiler allocates there, too, now and then. */
export class AllocationMeter {
  private readonly own: number;
  private readonly grown: number[] = [];

  constructor() {
    this.own = median(Array.from({ length: 101 }, () => -heapBytes() + heapBytes()));
  }

  measure(step: () => void): void {
    const before = heapBytes();
    step();
    this.grown.push(heapBytes() - before - this.own);
  }

  get bytesPerStep(): number {
    return Math.max(0, median(this.grown));
  }
}
