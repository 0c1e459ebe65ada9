import { assertBinary, type BinaryForecast } from './forecast.ts';
import { wilson95 } from './wilson.ts';

export const RELIABILITY_BINS = 10;

/** A bin that holds at least one forecast; empty bins are left out. */
export interface ReliabilityBin {
  /** Position among all bins, empty ones included: this bin covers [lower, upper), the last one [lower, 1]. */
  readonly bin: number;
  readonly lower: number;
  readonly upper: number;
  readonly n: number;
  readonly meanForecast: number;
  /** Mean payout: the observed frequency. */
  readonly observed: number;
  readonly wilson95: readonly [lower: number, upper: number];
}

/** `floor(p · bins)`, not a comparison with computed edges: 0.3 then opens its bin although 3 · 0.1 > 0.3 in binary. */
export function binIndex(p: number, binCount: number): number {
  return Math.min(binCount - 1, Math.floor(p * binCount));
}

/** Equal-width bins in ascending order, at most `binCount` of them. */
export function reliabilityBins(forecasts: readonly BinaryForecast[], binCount = RELIABILITY_BINS): ReliabilityBin[] {
  assertBinary(forecasts);
  const sums = Array.from({ length: binCount }, () => ({ n: 0, p: 0, y: 0 }));
  for (const { p, y } of forecasts) {
    const sum = sums[binIndex(p, binCount)]!;
    sum.n += 1;
    sum.p += p;
    sum.y += y;
  }
  return sums.flatMap(({ n, p, y }, bin) =>
    n === 0
      ? []
      : {
          bin,
          lower: bin / binCount,
          upper: (bin + 1) / binCount,
          n,
          meanForecast: p / n,
          observed: y / n,
          wilson95: wilson95(y, n),
        },
  );
}

/** Expected and maximum calibration error: the mean gap |forecast − observed| weighted by n, and the widest gap. */
export function calibrationErrors(bins: readonly ReliabilityBin[]): { ece: number; mce: number } {
  let total = 0;
  let weighted = 0;
  let widest = 0;
  for (const { n, meanForecast, observed } of bins) {
    const gap = Math.abs(meanForecast - observed);
    total += n;
    weighted += n * gap;
    widest = Math.max(widest, gap);
  }
  return { ece: weighted / total, mce: widest };
}
