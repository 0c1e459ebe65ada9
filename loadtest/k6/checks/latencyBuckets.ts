/** Buckets of latencies, sixteen to a doubling: what is read from them is at most 4.4 % too high. */
const PER_DOUBLING = 16;
/** The lowest bucket: 10 µs and less. */
const LOWEST_MS = 0.01;

export const bucketOf = (ms: number): number =>
  ms <= LOWEST_MS ? 0 : Math.ceil(Math.log2(ms / LOWEST_MS) * PER_DOUBLING);

/** The highest latency of a bucket, in milliseconds. */
export const bucketMs = (bucket: number): number => LOWEST_MS * 2 ** (bucket / PER_DOUBLING);

/** How many latencies fell into each bucket. */
export type Buckets = Map<number, number>;

/** The latency that a part of 1 of all were no higher than; 0 where there are none. */
export function percentile(buckets: Buckets, part: number): number {
  let left = Math.ceil([...buckets.values()].reduce((sum, count) => sum + count, 0) * part);
  for (const [bucket, count] of [...buckets].sort(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return bucketMs(bucket);
  }
  return 0;
}
