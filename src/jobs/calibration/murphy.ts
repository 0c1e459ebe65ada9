import { binIndex, RELIABILITY_BINS, reliabilityBins } from './bins.ts';
import type { BinaryForecast } from './forecast.ts';

/**
 * `brierBinary = reliability − resolution + uncertainty + withinBinVariance − withinBinCovariance`.
 * All are on the 0–1 scale; the covariance term carries its factor 2 and alone may be negative.
 */
export interface MurphyDecomposition {
  readonly binCount: number;
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
  readonly withinBinVariance: number;
  readonly withinBinCovariance: number;
}

/** Population variance of the payouts around `baseRate`: `o(1 − o)` when all are 0 or 1, less when some are fractions. */
export function uncertaintyOf(forecasts: readonly BinaryForecast[], baseRate: number): number {
  return forecasts.reduce((sum, { y }) => sum + (y - baseRate) ** 2, 0) / forecasts.length;
}

/** Mean payout. */
export function baseRateOf(forecasts: readonly BinaryForecast[]): number {
  return forecasts.reduce((sum, { y }) => sum + y, 0) / forecasts.length;
}

/**
 * Murphy (1973) over equal-width bins, with the two terms of Stephenson, Coelho and Jolliffe (2008) for what
 * happens inside a bin. Without those two the parts miss the score as soon as a bin holds different forecasts.
 */
export function murphyDecomposition(
  forecasts: readonly BinaryForecast[],
  binCount = RELIABILITY_BINS,
): MurphyDecomposition {
  const bins = reliabilityBins(forecasts, binCount);
  const n = forecasts.length;
  const baseRate = baseRateOf(forecasts);
  let reliability = 0;
  let resolution = 0;
  for (const bin of bins) {
    reliability += bin.n * (bin.meanForecast - bin.observed) ** 2;
    resolution += bin.n * (bin.observed - baseRate) ** 2;
  }
  const byIndex = new Map(bins.map((bin) => [bin.bin, bin]));
  let variance = 0;
  let covariance = 0;
  for (const { p, y } of forecasts) {
    const bin = byIndex.get(binIndex(p, binCount))!;
    variance += (p - bin.meanForecast) ** 2;
    covariance += (p - bin.meanForecast) * (y - bin.observed);
  }
  return {
    binCount,
    reliability: reliability / n,
    resolution: resolution / n,
    uncertainty: uncertaintyOf(forecasts, baseRate),
    withinBinVariance: variance / n,
    withinBinCovariance: (2 * covariance) / n,
  };
}
