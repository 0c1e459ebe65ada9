import { calibrationErrors, RELIABILITY_BINS, type ReliabilityBin, reliabilityBins } from './bins.ts';
import { brierBinary, squaredDistance } from './brier.ts';
import { type Forecast, toPairs, toVectors } from './forecast.ts';
import { type CorpDecomposition, corpDecomposition } from './isotonic.ts';
import { type LogScore, logScore } from './logScore.ts';
import { baseRateOf, type MurphyDecomposition, murphyDecomposition } from './murphy.ts';
import { rankedProbabilityScore } from './rankedProbability.ts';

/** How good a set of forecasts was. Plain JSON: no NaN, no infinity, `null` where a number has no meaning. */
export interface ScoreReport {
  /** Forecasts scored, each once whatever its number of outcomes. */
  readonly n: number;
  /** (p, y) pairs behind all pair scores: one for a binary forecast, one per outcome for n > 2 outcomes. */
  readonly pairs: number;
  /** Forecasts with a partial resolution, scored with their fractions as they are. */
  readonly fractional: number;
  /** 0–1, mean over pairs. The decompositions below are of this number. */
  readonly brierBinary: number;
  /** 0–2, mean over forecasts. Twice `brierBinary` if all are binary. */
  readonly brierMulti: number;
  /** Mean payout of the pairs. */
  readonly baseRate: number;
  /** `1 − brierBinary / uncertainty`: 1 perfect, 0 no better than always saying the base rate. `null` if nothing varied. */
  readonly skill: number | null;
  readonly murphy: MurphyDecomposition;
  readonly ece: number;
  readonly mce: number;
  /** Over forecasts, in nats. */
  readonly logScore: LogScore;
  /** Over the forecasts whose outcomes are ordered; `ordinalBrier` is the same on the 0–2 scale. */
  readonly ranked: { readonly n: number; readonly rps: number; readonly ordinalBrier: number } | null;
  readonly bins: readonly ReliabilityBin[];
  readonly corp: CorpDecomposition;
}

/**
 * Scores binary and multi-outcome forecasts together. Forecasts with two outcomes give one pair (the first outcome,
 * YES); those with more give one pair for each outcome against the rest, and count once in `brierMulti` and
 * `logScore`. Partial resolutions stay in: squares, bins and the isotonic fit hold for any payout in [0, 1].
 * Throws RangeError on an empty list.
 */
export function scoreReport(forecasts: readonly Forecast[], binCount = RELIABILITY_BINS): ScoreReport {
  const vectors = forecasts.map(toVectors);
  const pairs = vectors.flatMap(toPairs);
  const murphy = murphyDecomposition(pairs, binCount);
  const bins = reliabilityBins(pairs, binCount);
  const brier = brierBinary(pairs);
  const ordered = forecasts.filter((forecast) => 'f' in forecast && forecast.ordered === true);
  const rps = ordered.length === 0 ? null : rankedProbabilityScore(ordered);
  return {
    n: forecasts.length,
    pairs: pairs.length,
    fractional: vectors.filter(({ payouts }) => payouts.some((y) => y > 0 && y < 1)).length,
    brierBinary: brier,
    brierMulti: vectors.reduce((sum, vector) => sum + squaredDistance(vector), 0) / vectors.length,
    baseRate: baseRateOf(pairs),
    skill: murphy.uncertainty === 0 ? null : 1 - brier / murphy.uncertainty,
    murphy,
    ...calibrationErrors(bins),
    logScore: logScore(forecasts),
    ranked: rps === null ? null : { n: ordered.length, rps, ordinalBrier: 2 * rps },
    bins,
    corp: corpDecomposition(pairs),
  };
}
