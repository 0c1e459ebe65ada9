import { median } from '../percentiles.ts';
import { collect } from './heap.ts';
import { type Size, SizedExchange } from './sizedExchange.ts';

export const BASE: Size = { markets: 100, resting: 100_000, accounts: 10_000 };
/** Each dimension by itself, the others as in BASE. */
export const DIMENSIONS = {
  markets: [1, 100, 10_000],
  resting: [1_000, 100_000, 1_000_000],
  accounts: [100, 10_000, 1_000_000],
} as const satisfies Record<keyof Size, readonly number[]>;

const WARM_UP = 300_000;
const SEGMENT = 50_000;
const SEGMENTS = 5;

/** Nanoseconds a command of the whole engine at that size: the median of five segments. */
export function nsPerCommand(size: Size): number {
  const exchange = new SizedExchange(size);
  exchange.run(WARM_UP);
  return median(Array.from({ length: SEGMENTS }, () => exchange.run(SEGMENT)));
}

export type Footprint = { resident: number; buffersAndHeap: number };

/** What a million accounts and then a million resting orders add to the process, in bytes each. */
export function memoryEach(count: number): { account: Footprint; order: Footprint } {
  const few = 1_000;
  const exchange = new SizedExchange({ markets: 1, resting: few, accounts: few });
  const empty = footprint();
  exchange.openAccounts(few + 1, count);
  const withAccounts = footprint();
  exchange.restForGood(count);
  const withOrders = footprint();
  return { account: each(empty, withAccounts, count), order: each(withAccounts, withOrders, count) };
}

function footprint(): Footprint {
  collect();
  const { rss, arrayBuffers, heapUsed } = process.memoryUsage();
  return { resident: rss, buffersAndHeap: arrayBuffers + heapUsed };
}

const each = (before: Footprint, after: Footprint, count: number): Footprint => ({
  resident: (after.resident - before.resident) / count,
  buffersAndHeap: (after.buffersAndHeap - before.buffersAndHeap) / count,
});
