import { assertBinary, type BinaryForecast, type Forecast, type OutcomeVectors, toVectors } from './forecast.ts';

/** Brier score on the 0–1 scale: mean of (p − y)². 0 is perfect, always saying 0.5 gives 0.25. */
export function brierBinary(forecasts: readonly BinaryForecast[]): number {
  assertBinary(forecasts);
  return forecasts.reduce((sum, { p, y }) => sum + (p - y) ** 2, 0) / forecasts.length;
}

/**
 * Brier score on the 0–2 scale, as Brier (1950) published it: mean of Σ_i (f_i − y_i)² over all outcomes.
 * A binary forecast is the vector (p, 1 − p), so on binary forecasts alone this is twice `brierBinary`.
 */
export function brierMulti(forecasts: readonly Forecast[]): number {
  if (forecasts.length === 0) throw new RangeError('no forecasts to score');
  return forecasts.reduce((sum, forecast) => sum + squaredDistance(toVectors(forecast)), 0) / forecasts.length;
}

/** Σ_i (f_i − y_i)² of one forecast: its Brier score on the 0–2 scale. */
export function squaredDistance({ f, payouts }: OutcomeVectors): number {
  return f.reduce((sum, p, i) => sum + (p - payouts[i]!) ** 2, 0);
}
