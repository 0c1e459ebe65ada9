/**
 * Nanoseconds per call of the LMSR, and what it costs when float64 does not decide: `npx tsx bench/lmsr.ts`.
 * The medians of several rounds; the same code varies by ± 15 % from one process to the next.
 */
import { decisions } from '../src/engines/lmsr/exponentialSum.ts';
import {
  buyCostCeil,
  comparePrice,
  lotsForSpend,
  lotsToBuyUpTo,
  pricesMillionths,
  sellProceedsFloor,
} from '../src/engines/lmsr/lmsr.ts';

const ROUNDS = 9;
const CALLS = 200_000;
const MARKETS = 256;

/** Reproducible quantities: xorshift32. */
function randomIn(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return low + ((state >>> 0) % (high - low + 1));
  };
}

function measure(name: string, n: number, calls: number, call: (k: number) => number): void {
  let sink = 0;
  for (let k = 0; k < calls / 4; k++) sink += call(k);
  const before = decisions.byDecimal;
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let k = 0; k < calls; k++) sink += call(k);
    rounds.push(((performance.now() - start) * 1e6) / calls);
  }
  rounds.sort((a, c) => a - c);
  const fellBack = (decisions.byDecimal - before) / (ROUNDS * calls);
  const median = rounds[ROUNDS >> 1]!.toFixed(0).padStart(9);
  console.log(`${name.padEnd(34)} n=${String(n).padStart(3)} ${median} ns   by decimal ${fellBack.toExponential(1)}`);
  if (Number.isNaN(sink)) throw new Error('not a number');
}

for (const n of [2, 10, 256]) {
  const random = randomIn(20_030_117);
  const b = 100_000; // $1,000 of liquidity
  const slab = Float64Array.from({ length: MARKETS * n }, () => random(-2 * b, 2 * b));
  const sizes = Float64Array.from({ length: 4_099 }, () => random(1, 20_000));
  const prices = new Float64Array(n);
  const at = (k: number) => (k % MARKETS) * n;
  const size = (k: number) => sizes[k % 4_099]!;
  const calls = n === 256 ? CALLS / 20 : CALLS;
  measure('buyCostCeil, up to $200', n, calls, (k) => buyCostCeil(slab, n, b, k % n, size(k), at(k)));
  measure('sellProceedsFloor', n, calls, (k) => sellProceedsFloor(slab, n, b, k % n, size(k), at(k)));
  measure('lotsForSpend', n, calls, (k) => lotsForSpend(slab, n, b, k % n, size(k) * 5_000, at(k)));
  measure('lotsToBuyUpTo', n, calls, (k) => lotsToBuyUpTo(slab, n, b, k % n, 500_000 + (k % 400_000), at(k)));
  measure('comparePrice', n, calls, (k) => comparePrice(slab, n, b, k % n, 1 + ((k * 7) % 999_998), at(k)));
  measure('pricesMillionths (all outcomes)', n, calls / 10, (k) => pricesMillionths(slab, n, b, prices, at(k))[0]!);
}

// One question to decimal.js: an outcome e^−55 makes the cost miss an integer by 10⁻¹² micros.
for (const n of [3, 10]) {
  const near = Float64Array.from({ length: n }, (_, j) => (j === 0 ? 0 : j === 1 ? 50 : -55_000 - j));
  measure('buyCostCeil, decided by decimal.js', n, 40, () => buyCostCeil(near, n, 1_000, 0, 100));
}
// A tie, decided by algebra: 100 lots from (0, 50) to (100, 50).
const tie = Float64Array.of(0, 50);
measure('buyCostCeil, a tie', 2, 20_000, () => buyCostCeil(tie, 2, 1_000, 0, 100));
