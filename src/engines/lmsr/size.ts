import { costCeil } from './cost.ts';
import { assertMarket, assertOutcome, assertPrice, fail } from './domain.ts';
import {
  LEVEL_ERROR,
  LEVEL_ERROR_PER_LOG,
  ODDS_MAX,
  ODDS_MIN,
  SPEND_EXPONENT_MAX,
  TRADE_ERROR,
} from './float64Error.ts';
import { KNOWN, LIMIT, ODDS } from './known.ts';
import { largestQuantity, oddsAgainst } from './odds.ts';
import { comparePriceAfter } from './price.ts';

/** More than ln 256: what the outcomes beside the largest can add to C(q)/b. */
const LOG_OUTCOMES_MAX = 6;
/** More than ln (2 · 10⁶): the logit of the most extreme price level. */
const LOGIT_MAX = 15;

const known = new Float64Array(KNOWN);

/**
 * The largest size of one outcome whose {@link costCeil} is at most `micros`, b·log1p(expm1(X/b)/p) rounded down.
 * At most {@link sizeMax}, should the money buy more than that.
 */
export function unitsForSpend(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  outcome: number,
  micros: number,
): number {
  assertMarket(q, at, n, b, unitMicros);
  assertOutcome(n, outcome);
  if (!(micros >= 0 && Number.isSafeInteger(micros))) fail(`a spend of ${micros}`);
  known[ODDS] = oddsAgainst(q, at, n, b, outcome, 0);
  return unitsForSpendFrom(known, q, at, n, b, unitMicros, outcome, micros);
}

/** {@link unitsForSpend} when the odds against the outcome are known. */
export function unitsForSpendFrom(
  known: Float64Array,
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  outcome: number,
  micros: number,
): number {
  const odds = known[ODDS]!;
  const x = micros / (b * unitMicros);
  limitSize(known, q, at, n, unitMicros);
  const limit = known[LIMIT]!;
  let low: number;
  let high: number;
  if (odds >= ODDS_MIN && odds <= ODDS_MAX && x <= SPEND_EXPONENT_MAX) {
    const size = b * Math.log1p(Math.expm1(x) * (1 + odds));
    low = Math.min(limit, Math.floor(size * (1 - TRADE_ERROR)));
    high = Math.min(limit, Math.floor(size * (1 + TRADE_ERROR)));
  } else {
    // A unit costs at most what it pays; and Δ ≤ X − b·ln p = X + C(q) − q_i.
    const lead = largestQuantity(q, at, n) - q[at + outcome]!;
    low = Math.floor(micros / unitMicros);
    high = Math.min(limit, low + 1 + lead + b * LOG_OUTCOMES_MAX);
    low = Math.min(low, high);
  }
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (costCeil(q, at, n, b, unitMicros, outcome, middle) <= micros) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The largest size ≥ 0 that can be bought (`direction` 1) with the price after it ≤ the level, or sold (−1) with the
 * price after it ≥ the level: ±b·ln(ρW) rounded down, ρ = T/(1 − T). 0 if the price is beyond the level already.
 * At most {@link sizeMax}.
 */
export function unitsToLevel(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  outcome: number,
  direction: 1 | -1,
  numerator: number,
  denominator: number,
): number {
  assertMarket(q, at, n, b, unitMicros);
  assertOutcome(n, outcome);
  assertPrice(numerator, denominator);
  known[ODDS] = oddsAgainst(q, at, n, b, outcome, 0);
  return unitsToLevelFrom(known, q, at, n, b, unitMicros, outcome, direction, numerator, denominator);
}

/** {@link unitsToLevel} when the odds against the outcome are known. */
export function unitsToLevelFrom(
  known: Float64Array,
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  outcome: number,
  direction: 1 | -1,
  numerator: number,
  denominator: number,
): number {
  const odds = known[ODDS]!;
  let low: number;
  let high: number;
  if (odds >= ODDS_MIN && odds <= ODDS_MAX) {
    const log = direction * Math.log(odds * (numerator / (denominator - numerator)));
    const margin = b * (LEVEL_ERROR + LEVEL_ERROR_PER_LOG * Math.abs(log));
    low = Math.floor(b * log - margin);
    high = Math.floor(b * log + margin);
  } else {
    const lead = direction * (largestQuantity(q, at, n, outcome) - q[at + outcome]!);
    low = lead - b * LOGIT_MAX - b * LOG_OUTCOMES_MAX;
    high = lead + b * LOGIT_MAX + b * LOG_OUTCOMES_MAX;
  }
  if (high <= 0) return 0;
  limitSize(known, q, at, n, unitMicros);
  const limit = known[LIMIT]!;
  low = Math.min(limit, Math.max(0, low));
  high = Math.min(limit, high);
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    const after = comparePriceAfter(q, at, n, b, outcome, direction * middle, numerator, denominator);
    if (after * direction <= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The largest size whose payout, and whose quantities afterwards, stay safe integers; no order comes near it. */
export function sizeMax(q: Float64Array, at: number, n: number, unitMicros: number): number {
  limitSize(known, q, at, n, unitMicros);
  return known[LIMIT]!;
}

/** Sets LIMIT to {@link sizeMax}. */
export function limitSize(known: Float64Array, q: Float64Array, at: number, n: number, unitMicros: number): void {
  let largest = q[at]!;
  let smallest = largest;
  for (let j = at + 1; j < at + n; j++) {
    const quantity = q[j]!;
    if (quantity > largest) largest = quantity;
    else if (quantity < smallest) smallest = quantity;
  }
  const room = Number.MAX_SAFE_INTEGER - (largest - smallest) - Math.max(Math.abs(largest), Math.abs(smallest));
  known[LIMIT] = Math.max(0, Math.min(Math.floor(Number.MAX_SAFE_INTEGER / unitMicros), room));
}
