import { assertBinary, type BinaryForecast } from './forecast.ts';
import { baseRateOf, uncertaintyOf } from './murphy.ts';

/** Forecasts from `pLow` to `pHigh`, both included, which isotonic regression recalibrates to one `value`. */
export interface IsotonicBlock {
  readonly pLow: number;
  readonly pHigh: number;
  readonly n: number;
  readonly value: number;
}

/** `brierBinary = mcb − dsc + unc`: miscalibration, discrimination, uncertainty, free of any choice of bins. */
export interface CorpDecomposition {
  readonly mcb: number;
  readonly dsc: number;
  readonly unc: number;
  /** Number of blocks of the fit. */
  readonly blocks: number;
  /** The fit in ascending order, values strictly rising. Above `CURVE_BLOCKS_MAX` blocks, neighbours are pooled. */
  readonly curve: readonly IsotonicBlock[];
}

/** Longest curve put into a report, more than a diagram has pixels. The scores always come from the whole fit. */
export const CURVE_BLOCKS_MAX = 1000;

/**
 * Pool adjacent violators: the non-decreasing function of p nearest to the payouts, in squares and in every other
 * proper score. Equal forecasts are one point from the start. O(n log n) for the sort, then linear.
 */
export function isotonicBlocks(forecasts: readonly BinaryForecast[]): IsotonicBlock[] {
  assertBinary(forecasts);
  const blocks: { pLow: number; pHigh: number; n: number; sum: number }[] = [];
  for (const { p, y } of [...forecasts].sort((a, b) => a.p - b.p)) {
    const last = blocks.at(-1);
    if (last?.pHigh === p) {
      last.n += 1;
      last.sum += y;
    } else {
      // Only now is the previous point complete, ties included.
      poolTail(blocks);
      blocks.push({ pLow: p, pHigh: p, n: 1, sum: y });
    }
  }
  poolTail(blocks);
  return blocks.map(({ pLow, pHigh, n, sum }) => ({ pLow, pHigh, n, value: sum / n }));
}

function poolTail(blocks: { pLow: number; pHigh: number; n: number; sum: number }[]): void {
  while (blocks.length > 1) {
    const last = blocks.at(-1)!;
    const before = blocks.at(-2)!;
    if (before.sum / before.n < last.sum / last.n) return;
    before.pHigh = last.pHigh;
    before.n += last.n;
    before.sum += last.sum;
    blocks.pop();
  }
}

/** CORP reliability: Dimitriadis, Gneiting and Jordan, PNAS 118 (2021). */
export function corpDecomposition(forecasts: readonly BinaryForecast[]): CorpDecomposition {
  const blocks = isotonicBlocks(forecasts);
  const n = forecasts.length;
  const baseRate = baseRateOf(forecasts);
  let gained = 0;
  let at = 0;
  for (const { p, y } of [...forecasts].sort((a, b) => a.p - b.p)) {
    while (p > blocks[at]!.pHigh) at += 1;
    gained += (p - y) ** 2 - (blocks[at]!.value - y) ** 2;
  }
  return {
    mcb: gained / n,
    // A block's value is the mean of its payouts, so score(base rate) − score(fit) is this sum of squares.
    dsc: blocks.reduce((sum, block) => sum + block.n * (block.value - baseRate) ** 2, 0) / n,
    unc: uncertaintyOf(forecasts, baseRate),
    blocks: blocks.length,
    curve: thinned(blocks),
  };
}

function thinned(blocks: readonly IsotonicBlock[]): IsotonicBlock[] {
  const stride = Math.ceil(blocks.length / CURVE_BLOCKS_MAX);
  return Array.from({ length: Math.ceil(blocks.length / stride) }, (_, i) => {
    const group = blocks.slice(i * stride, (i + 1) * stride);
    const n = group.reduce((sum, block) => sum + block.n, 0);
    const value = group.reduce((sum, block) => sum + block.n * block.value, 0) / n;
    return { pLow: group[0]!.pLow, pHigh: group.at(-1)!.pHigh, n, value: group.length === 1 ? group[0]!.value : value };
  });
}
