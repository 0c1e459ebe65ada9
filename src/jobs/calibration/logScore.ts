import { type Forecast, type OutcomeVectors, toVectors } from './forecast.ts';

/** One tick, the lowest price there is: no market can say anything less likely. Costs at most 9.21 nats. */
export const LOG_SCORE_CLIP = 0.0001;

export interface LogScore {
  /** Mean of −Σ_i y_i ln f_i in nats, 0 is perfect. A fractional payout leaves its own entropy even then. */
  readonly mean: number;
  /** Probabilities of outcomes that paid are raised to this before the logarithm, which 0 would make infinite. */
  readonly clip: number;
  /** Number of forecasts whose score the clip changed. */
  readonly clipped: number;
}

/**
 * Logarithmic score. Clipped from below only, so that certainty in what then happened scores exactly 0.
 */
export function logScore(forecasts: readonly Forecast[], clip = LOG_SCORE_CLIP): LogScore {
  if (forecasts.length === 0) throw new RangeError('no forecasts to score');
  let sum = 0;
  let clipped = 0;
  for (const forecast of forecasts) {
    const vectors = toVectors(forecast);
    sum += surprise(vectors, clip);
    if (vectors.f.some((p, i) => p < clip && vectors.payouts[i]! > 0)) clipped += 1;
  }
  return { mean: sum / forecasts.length, clip, clipped };
}

function surprise({ f, payouts }: OutcomeVectors, clip: number): number {
  return f.reduce((sum, p, i) => (payouts[i]! > 0 ? sum - payouts[i]! * Math.log(Math.max(p, clip)) : sum), 0);
}
