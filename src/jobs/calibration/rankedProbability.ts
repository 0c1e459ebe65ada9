import { type Forecast, toVectors } from './forecast.ts';

/**
 * Ranked probability score for outcomes in their natural order, on the 0–1 scale (Epstein 1969, Murphy 1971):
 * the mean over the n − 1 places where the order can be cut of (P(below the cut) − paid below the cut)².
 * A near miss costs less than a far one. Twice this is the ordinal Brier score of forecasting tournaments (0–2).
 */
export function rankedProbabilityScore(forecasts: readonly Forecast[]): number {
  if (forecasts.length === 0) throw new RangeError('no forecasts to score');
  return forecasts.reduce((sum, forecast) => sum + scoreOne(forecast), 0) / forecasts.length;
}

function scoreOne(forecast: Forecast): number {
  const { f, payouts } = toVectors(forecast);
  let below = 0;
  let sum = 0;
  for (let cut = 0; cut < f.length - 1; cut++) {
    below += f[cut]! - payouts[cut]!;
    sum += below ** 2;
  }
  return sum / (f.length - 1);
}
