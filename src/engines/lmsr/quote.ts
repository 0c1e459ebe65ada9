import { costCeil, decidesCost, settleCost } from './cost.ts';
import { assertMarket, assertOutcome, assertPrice, assertUnits, fail } from './domain.ts';
import { AFTER_ERROR, EXPONENT_MAX, FACTOR_MIN, ODDS_ERROR, ODDS_MAX, ODDS_MIN } from './float64Error.ts';
import { GROWTH, KNOWN, LEAST, LIMIT, ODDS } from './known.ts';
import { oddsAgainst } from './odds.ts';
import { comparePriceAfter } from './price.ts';
import { limitSize, unitsForSpendFrom, unitsToLevelFrom } from './size.ts';

const known = new Float64Array(KNOWN);

/**
 * What the maker would trade of `units`, to be bought (`direction` 1) or sold (−1): as many as leave the price within the
 * level and cost at most `budget` (Infinity: no matter; it caps purchases only). `out[0]` becomes the units
 * and `out[1]` the money for them: a cost rounded up or proceeds rounded down. False, and zeros, if it would not trade.
 *
 * This is unitsToLevel, unitsForSpend and costCeil with one look at the market. A trade that stays within its level and
 * its budget, as most do, takes n − 1 exponentials, an expm1 and a log1p.
 */
export function quoteUnits(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  outcome: number,
  direction: 1 | -1,
  units: number,
  numerator: number,
  denominator: number,
  budget: number,
  out: Float64Array,
): boolean {
  assertMarket(q, at, n, b, unitMicros);
  assertOutcome(n, outcome);
  assertUnits(units, unitMicros);
  assertPrice(numerator, denominator);
  if (!(budget >= 0 && (Number.isSafeInteger(budget) || budget === Number.POSITIVE_INFINITY))) fail(`budget ${budget}`);
  out[0] = 0;
  out[1] = 0;
  const odds = oddsAgainst(q, at, n, b, outcome, 0);
  known[ODDS] = odds;
  const level = denominator - numerator;
  const now = odds * numerator;
  // A price beyond the level has odds on the other side of the level's. The usual case of a maker that does not trade.
  if (direction > 0 ? now < level * (1 - ODDS_ERROR) : now > level * (1 + ODDS_ERROR)) return false;

  limitSize(known, q, at, n, unitMicros);
  let size = Math.min(units, known[LIMIT]!);
  // A unit costs no more than it pays, so a budget of the payout is no budget.
  if (direction > 0 && budget < size * unitMicros) {
    size = Math.min(size, unitsForSpendFrom(known, q, at, n, b, unitMicros, outcome, budget));
  }
  if (size === 0) return false;
  const inRange = odds >= ODDS_MIN && odds <= ODDS_MAX;
  const rising = direction > 0 === odds >= 1;
  let x = size / b;
  let growth = Math.expm1(rising ? x : -x);
  let compared = 0;
  if (inRange && x <= EXPONENT_MAX && growth >= FACTOR_MIN - 1) {
    const factor = 1 + growth;
    const after = (odds >= 1 ? odds / factor : odds * factor) * numerator;
    const margin = level * (AFTER_ERROR / Math.min(1, factor));
    compared = after < level - margin ? 1 : after > level + margin ? -1 : 0;
  }
  if (compared === 0) compared = comparePriceAfter(q, at, n, b, outcome, direction * size, numerator, denominator);
  if (compared * direction > 0) {
    const most = unitsToLevelFrom(known, q, at, n, b, unitMicros, outcome, direction, numerator, denominator);
    size = Math.min(size, most);
    if (size === 0) return false;
    x = size / b;
    growth = Math.expm1(rising ? x : -x);
  }
  const signed = direction * size;
  known[GROWTH] = growth;
  if (!inRange || x > EXPONENT_MAX) known[LEAST] = costCeil(q, at, n, b, unitMicros, outcome, signed);
  else if (!decidesCost(known, b, unitMicros, signed)) {
    known[LEAST] = settleCost(known, q, at, n, b, unitMicros, outcome, signed);
  }
  const money = known[LEAST]!;
  out[0] = size;
  out[1] = direction > 0 ? money : 0 - money; // never −0
  return true;
}
