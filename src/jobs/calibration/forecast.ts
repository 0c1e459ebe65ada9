/** `p` is the probability given to an outcome, `y` what it paid: 1 or 0, or a fraction of a share in a scalar resolution. */
export interface BinaryForecast {
  readonly p: number;
  readonly y: number;
}

/**
 * Probabilities `f` of all outcomes of one market, summing to 1, and either the index of the `outcome` that
 * happened or the `payouts` of a partial resolution, summing to 1. `ordered` says that the outcomes have a
 * natural order (ranges of a number, say) and may be scored by distance.
 */
export type MultiForecast = { readonly f: readonly number[]; readonly ordered?: boolean } & (
  | { readonly outcome: number }
  | { readonly payouts: readonly number[] }
);

export type Forecast = BinaryForecast | MultiForecast;

/** Any forecast as two vectors of the same length n ≥ 2, each summing to 1. */
export interface OutcomeVectors {
  readonly f: readonly number[];
  readonly payouts: readonly number[];
}

/** How far a vector of probabilities or payouts may sum from 1: far above rounding, far below one tick. */
const SUM_TOLERANCE = 1e-9;

/** Throws RangeError unless the value is a number in [0, 1]. */
export function assertUnit(value: number, what: string): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${what} must be in [0, 1], is ${value}`);
}

function assertSimplex(values: readonly number[], what: string): void {
  let sum = 0;
  for (const value of values) {
    assertUnit(value, what);
    sum += value;
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) throw new RangeError(`${what} must sum to 1, sum to ${sum}`);
}

/** Throws RangeError on an empty list (a mean over nothing has no value) or on a `p` or `y` outside [0, 1]. */
export function assertBinary(forecasts: readonly BinaryForecast[]): void {
  if (forecasts.length === 0) throw new RangeError('no forecasts to score');
  for (const { p, y } of forecasts) {
    assertUnit(p, 'p');
    assertUnit(y, 'y');
  }
}

/** Throws RangeError on vectors that are not two distributions over the same n ≥ 2 outcomes. */
export function toVectors(forecast: Forecast): OutcomeVectors {
  if ('p' in forecast) {
    assertBinary([forecast]);
    return { f: [forecast.p, 1 - forecast.p], payouts: [forecast.y, 1 - forecast.y] };
  }
  const { f } = forecast;
  const payouts = 'payouts' in forecast ? forecast.payouts : f.map((_, i) => (i === forecast.outcome ? 1 : 0));
  if (f.length < 2 || payouts.length !== f.length) {
    throw new RangeError(`${f.length} probabilities do not match ${payouts.length} payouts`);
  }
  assertSimplex(f, 'probabilities');
  assertSimplex(payouts, 'payouts');
  return { f, payouts };
}

/**
 * The (p, y) pairs a forecast adds to a reliability diagram: with two outcomes the first one's (YES) only, since
 * the second says the same thing again; with n > 2 one pair for each outcome against the rest, each of weight 1.
 */
export function toPairs({ f, payouts }: OutcomeVectors): BinaryForecast[] {
  const counted = f.length === 2 ? f.slice(0, 1) : f;
  return counted.map((p, i) => ({ p, y: payouts[i]! }));
}
