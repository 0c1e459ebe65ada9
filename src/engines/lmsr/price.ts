import { assertMarket, assertOutcome, assertPrice, fail } from './domain.ts';
import { ExponentialSum } from './exponentialSum.ts';
import { ODDS_ERROR, SHARE_ERROR } from './float64Error.ts';
import { largestQuantity, oddsAgainst } from './odds.ts';

const MILLION = 1_000_000;

/**
 * Exactly: is the marginal price of `outcome`, after `shift` more units of it, below (−1), at (0) or above (1) the level
 * numerator/denominator? It is *at* a rational level only if all quantities are equal and the level is 1/n.
 *
 * p < k/m ⟺ W·k > m − k, and float64 decides whenever the two sides differ by more than the error of W. Outside W's
 * range that is always so: the level is between 10⁻⁶ and 10⁶ in odds.
 */
export function comparePriceAfter(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  outcome: number,
  shift: number,
  numerator: number,
  denominator: number,
): -1 | 0 | 1 {
  const against = oddsAgainst(q, at, n, b, outcome, shift) * numerator;
  const level = denominator - numerator;
  if (against > level * (1 + ODDS_ERROR)) return -1;
  if (against < level * (1 - ODDS_ERROR)) return 1;
  const sum = new ExponentialSum();
  for (let j = 0; j < n; j++) {
    if (j === outcome) sum.add(BigInt(level), BigInt(q[at + j]! + shift));
    else sum.add(BigInt(-numerator), BigInt(q[at + j]!));
  }
  return sum.sign(BigInt(b));
}

/** Exactly: is the marginal price below (−1), at (0) or above (1) the level, in millionths (1 … 999,999)? */
export function comparePrice(
  q: Float64Array,
  n: number,
  b: number,
  outcome: number,
  priceMillionths: number,
  at = 0,
): -1 | 0 | 1 {
  assertMarket(q, at, n, b, 1);
  assertOutcome(n, outcome);
  assertPrice(priceMillionths, MILLION);
  return comparePriceAfter(q, at, n, b, outcome, 0, priceMillionths, MILLION);
}

/** The marginal price in millionths, 0 … 1,000,000, rounded to the nearest, halves up (1/128 is the only such price). */
export function priceMillionths(q: Float64Array, n: number, b: number, outcome: number, at = 0): number {
  assertMarket(q, at, n, b, 1);
  assertOutcome(n, outcome);
  const price = MILLION / (1 + oddsAgainst(q, at, n, b, outcome, 0));
  const margin = price * ODDS_ERROR;
  const least = Math.floor(price - margin + 0.5);
  const most = Math.floor(price + margin + 0.5);
  return least === most ? least : nearestMillionth(q, at, n, b, outcome, most);
}

/**
 * {@link priceMillionths} of all outcomes into `prices[to … to + n)`, which is returned; n − 1 exponentials for n prices.
 * Each is the nearest millionth to its own price: they add up to a million only to within n/2.
 */
export function pricesMillionths(
  q: Float64Array,
  n: number,
  b: number,
  prices: Float64Array = new Float64Array(n),
  at = 0,
  to = 0,
): Float64Array {
  assertMarket(q, at, n, b, 1);
  if (!(to >= 0 && to + n <= prices.length)) fail(`no ${n} prices at ${to} of ${prices.length}`);
  const largest = largestQuantity(q, at, n);
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const lead = q[at + j]! - largest;
    const share = lead === 0 ? 1 : Math.exp(lead / b);
    prices[to + j] = share;
    sum += share;
  }
  for (let j = 0; j < n; j++) {
    const price = (MILLION * prices[to + j]!) / sum;
    const margin = price * SHARE_ERROR;
    const least = Math.floor(price - margin + 0.5);
    const most = Math.floor(price + margin + 0.5);
    prices[to + j] = least === most ? least : nearestMillionth(q, at, n, b, j, most);
  }
  return prices;
}

/** `most` or one less: the margin is far below a millionth, so there is one half between the two candidates. */
function nearestMillionth(q: Float64Array, at: number, n: number, b: number, outcome: number, most: number): number {
  return comparePriceAfter(q, at, n, b, outcome, 0, 2 * most - 1, 2 * MILLION) >= 0 ? most : most - 1;
}
