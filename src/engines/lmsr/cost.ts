import { assertMarket, assertOutcome, assertUnits, fail } from './domain.ts';
import { ExponentialSum } from './exponentialSum.ts';
import { EXPONENT_MAX, LOG_SUM_ERROR, ODDS_MAX, ODDS_MIN, TRADE_ERROR } from './float64Error.ts';
import { GROWTH, KNOWN, LEAST, MOST, ODDS } from './known.ts';
import { leastInteger } from './leastInteger.ts';
import { largestQuantity, logSum, oddsAgainst } from './odds.ts';

const known = new Float64Array(KNOWN);

/**
 * Micros that `units` more of one outcome cost, C(q + units·e_i) − C(q), rounded up. `units` < 0 sells: the cost is
 * minus the proceeds, and rounding it up rounds the proceeds down, so one function favours the house both ways.
 * No allocation unless float64 cannot decide.
 */
export function costCeil(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  outcome: number,
  units: number,
): number {
  assertMarket(q, at, n, b, unitMicros);
  assertOutcome(n, outcome);
  assertUnits(Math.abs(units), unitMicros);
  if (units === 0) return 0;
  if (!Number.isSafeInteger(q[at + outcome]! + units)) fail(`quantity ${q[at + outcome]} and ${units} more`);
  const odds = oddsAgainst(q, at, n, b, outcome, 0);
  const x = Math.abs(units) / b;
  if (!(odds >= ODDS_MIN && odds <= ODDS_MAX && x <= EXPONENT_MAX)) {
    return settleBetweenStates(q, at, n, b, unitMicros, shifted(q, at, n, outcome, units));
  }
  known[ODDS] = odds;
  known[GROWTH] = Math.expm1(units > 0 === odds >= 1 ? x : -x);
  return decidesCost(known, b, unitMicros, units)
    ? known[LEAST]!
    : settleCost(known, q, at, n, b, unitMicros, outcome, units);
}

/**
 * {@link costCeil} of a trade within float64's range, from the odds against the outcome and GROWTH = expm1(±|units|/b),
 * + if an outcome of p ≤ ½ is bought or one of p > ½ sold: it is in [LEAST, MOST]. True if these are the same.
 */
export function decidesCost(known: Float64Array, b: number, unitMicros: number, units: number): boolean {
  // On the unlikelier side, π ≤ ½; see the table in float64Error.ts.
  const odds = known[ODDS]!;
  const unlikely = odds >= 1;
  const pi = unlikely ? 1 / (1 + odds) : odds / (1 + odds);
  const small = b * unitMicros * Math.log1p(pi * known[GROWTH]!);
  const margin = Math.abs(small) * TRADE_ERROR;
  const whole = unlikely ? 0 : unitMicros * units;
  const least = whole + Math.ceil(small - margin);
  const most = whole + Math.ceil(small + margin);
  known[LEAST] = least;
  known[MOST] = most;
  return least === most;
}

/** {@link costCeil} where {@link decidesCost} did not. */
export function settleCost(
  known: Float64Array,
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  outcome: number,
  units: number,
): number {
  return settle(q, at, n, b, unitMicros, shifted(q, at, n, outcome, units), known[LEAST]!, known[MOST]!);
}

/** Micros that the trade `deltas` (a signed number of units of every outcome, at once) costs, rounded up. */
export function bundleCostCeil(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  deltas: Float64Array,
): number {
  assertMarket(q, at, n, b, unitMicros);
  if (deltas.length !== n) fail(`${deltas.length} deltas for ${n} outcomes`);
  const after = q.slice(at, at + n);
  for (let j = 0; j < n; j++) {
    assertUnits(Math.abs(deltas[j]!), unitMicros);
    after[j] = after[j]! + deltas[j]!;
  }
  return settleBetweenStates(q, at, n, b, unitMicros, after);
}

/** C(after) − C(q) by log-sum-exp: an absolute error, but no range that it cannot stand. */
function settleBetweenStates(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  after: Float64Array,
): number {
  const largest = largestQuantity(q, at, n);
  const largestAfter = largestQuantity(after, 0, n);
  const whole = (largestAfter - largest) * unitMicros;
  if (!Number.isSafeInteger(whole)) fail(`a trade worth ${whole} micros`);
  const rest = b * unitMicros * (logSum(after, 0, n, b, largestAfter) - logSum(q, at, n, b, largest));
  const margin = b * unitMicros * LOG_SUM_ERROR;
  return settle(q, at, n, b, unitMicros, after, whole + Math.ceil(rest - margin), whole + Math.ceil(rest + margin));
}

/** The smallest integer in [least, most] that the cost of q → after does not exceed; the cost is known to be ≤ most. */
function settle(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  after: Float64Array,
  least: number,
  most: number,
): number {
  return leastInteger(least, most, (micros) => costsAtMost(q, at, n, b, unitMicros, after, micros));
}

/** Exactly: C(after) − C(q) ≤ micros, i.e. Σ e^{after_j/b} ≤ Σ e^{q_j/b}·e^{micros/B}. */
export function costsAtMost(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  after: Float64Array,
  micros: number,
): boolean {
  const unit = BigInt(unitMicros);
  const sum = new ExponentialSum();
  for (let j = 0; j < n; j++) {
    sum.add(1n, BigInt(after[j]!) * unit);
    sum.add(-1n, BigInt(q[at + j]!) * unit, BigInt(micros));
  }
  return sum.sign(BigInt(b) * unit) <= 0;
}

function shifted(q: Float64Array, at: number, n: number, outcome: number, units: number): Float64Array {
  const after = q.slice(at, at + n);
  after[outcome] = after[outcome]! + units;
  return after;
}
