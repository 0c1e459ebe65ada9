import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';

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

/** Bytes that `act` allocates, at least: a step during which a collection freed more is left out. */
export class AllocationMeter {
  private readonly own: number;
  private bytes = 0;
  private steps = 0;

  constructor() {
    const samples = Array.from({ length: 101 }, () => -heapBytes() + heapBytes()).sort((a, b) => a - b);
    this.own = samples[50] as number;
  }

  measure(act: () => void): void {
    const before = heapBytes();
    act();
    const grown = heapBytes() - before - this.own;
    if (grown < 0) return;
    this.bytes += grown;
    this.steps++;
  }

  get bytesPerStep(): number {
    return this.steps === 0 ? Number.NaN : this.bytes / this.steps;
  }
}
