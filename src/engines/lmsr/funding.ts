import { decimalOf } from './decimalExp.ts';
import { assertMarket, fail } from './domain.ts';
import { ExponentialSum } from './exponentialSum.ts';
import { LOG_SUM_ERROR } from './float64Error.ts';
import { leastInteger } from './leastInteger.ts';
import { largestQuantity, logSum, smallestQuantity } from './odds.ts';

/**
 * The most that the maker can lose from state q, in micros, rounded up: what escrow must hold when the market opens.
 *
 * If the market moves from q to q′ and outcome i happens, the maker has received C(q′) − C(q) and pays q′_i − q_i, so it
 * loses (q′_i − C(q′)) + C(q) − q_i. As C(q′) ≥ max q′ ≥ q′_i, with equality only in the limit p_i → 1, the supremum
 * over all futures and outcomes is
 *
 *     max_i (C(q) − q_i) = C(q) − min q = b·max_i(−ln p_i)        (b·ln n if all are equal)
 *
 * Trades are rounded in the maker's favour, so it never needs more than this. The real number is never an integer:
 * Σ e^{(q_j − min q)/b} = e^{N/B} would need n equal coefficients to be one.
 */
export function worstLossCeil(q: Float64Array, at: number, n: number, b: number, unitMicros: number): number {
  assertMarket(q, at, n, b, unitMicros);
  const largest = largestQuantity(q, at, n);
  const smallest = smallestQuantity(q, at, n);
  const whole = (largest - smallest) * unitMicros;
  const rest = b * unitMicros * logSum(q, at, n, b, largest);
  const margin = b * unitMicros * LOG_SUM_ERROR;
  const low = whole + Math.ceil(rest - margin);
  const high = whole + Math.ceil(rest + margin);
  if (!Number.isSafeInteger(high)) fail(`a worst loss of ${high} micros`);
  return leastInteger(low, high, (micros) => losesAtMost(q, at, n, b, unitMicros, smallest, micros));
}

function losesAtMost(
  q: Float64Array,
  at: number,
  n: number,
  b: number,
  unitMicros: number,
  smallest: number,
  micros: number,
): boolean {
  const unit = BigInt(unitMicros);
  const sum = new ExponentialSum().add(-1n, BigInt(micros));
  for (let j = 0; j < n; j++) sum.add(1n, BigInt(q[at + j]! - smallest) * unit);
  return sum.sign(BigInt(b) * unit) <= 0;
}

/**
 * The quantities that keep the prices of (q, b) at the larger liquidity `bNew`: the distances to the largest quantity,
 * times bNew/b, to the nearest unit (halves away from the largest). The largest quantity stays where it is, for prices
 * depend on differences only. So a price moves by the rounding alone: the ratio of any two prices by a factor of at most
 * e^(±1/bNew), and the order of prices does not change.
 *
 * The result counts no shares: if the market's account of shares sold is s (with q = s + prior), it is unchanged and the
 * new prior is q′ − s. b is never cut: prices that kept their place would leave a loss larger than the funds, and prices
 * that moved would be a gift to whoever trades first.
 */
export function topUpQuantities(q: Float64Array, n: number, b: number, bNew: number, at = 0): Float64Array {
  assertMarket(q, at, n, b, 1);
  if (!(bNew > b && Number.isSafeInteger(bNew))) fail(`liquidity ${b} cannot become ${bNew}`);
  const largest = largestQuantity(q, at, n);
  const result = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    // BigInt, because distance × bNew may exceed 2⁵³.
    const doubled = 2n * BigInt(largest - q[at + j]!) * BigInt(bNew);
    const distance = (doubled + BigInt(b)) / (2n * BigInt(b));
    result[j] = largest - Number(distance);
    if (!Number.isSafeInteger(result[j])) fail(`quantity ${result[j]} after a top-up`);
  }
  return result;
}

/**
 * Micros to add to escrow for the top-up from (q, b) to ({@link topUpQuantities}, bNew), rounded up.
 *
 * Let w_i be what the maker will own if outcome i happens and nobody trades any more. From (q, b) on it can lose
 * r_i = C(q) − q_i of that (see {@link worstLossCeil}), and funding has kept w_i ≥ r_i. The top-up changes r_i to
 * r′_i = C′(q′) − q′_i, and is the smallest deposit that keeps w_i ≥ r′_i for all i, whatever prior or rounding gains w
 * contains: max_i(r′_i − r_i). Before the rounding of q′ that is (bNew − b)·max_i(−ln p_i); computing it from the rounded
 * q′ makes the rounding safe. (After a mixed history a maker may own more than r in some outcomes; this stays in escrow.)
 *
 * Operators do this rarely, so it is decimal only. It is never an integer N. Otherwise (Σ e^{−g′_j/b′})^{b′} would be
 * e^c·(Σ e^{−g_j/b})^b with distances g from the largest quantity; multiplied out, both sides must have the same
 * coefficients (Lindemann–Weierstrass). The first is m^{b′} = m^b for m outcomes at the top, hence m = 1; the second is
 * b′·k′ = b·k for the k runners-up, but equal distances stay equal when scaled, so k′ ≥ k, and b′ > b. Should 800 digits
 * not tell it from an integer (prices below e^−1800), it is rounded up, which at worst funds one micro too much.
 */
export function topUpCeil(q: Float64Array, at: number, n: number, b: number, unitMicros: number, bNew: number): number {
  assertMarket(q, at, n, b, unitMicros);
  const after = topUpQuantities(q, n, b, bNew, at);
  assertMarket(after, 0, n, bNew, unitMicros);
  let furthest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < n; j++) furthest = Math.max(furthest, q[at + j]! - after[j]!);
  for (let digits = 50; ; digits *= 2) {
    const Real = decimalOf(digits);
    const before = logSumDecimal(q.subarray(at, at + n), b, digits).times(b);
    const more = logSumDecimal(after, bNew, digits).times(bNew).minus(before).plus(furthest).times(unitMicros);
    // ln n ≤ 6 times B, off by at most 10^(10 − digits) of itself: decimal.js rounds each step to `digits`.
    const error = new Real(12)
      .times(bNew)
      .plus(Math.abs(furthest))
      .times(unitMicros)
      .times(new Real(10).pow(10 - digits));
    const least = more.minus(error).ceil();
    const most = more.plus(error).ceil();
    if (!least.eq(most) && digits < TOP_UP_DIGITS_MAX) continue;
    if (!Number.isSafeInteger(most.toNumber())) fail(`a top-up of ${most} micros`);
    return most.toNumber();
  }
}

const TOP_UP_DIGITS_MAX = 800;

function logSumDecimal(q: Float64Array, b: number, digits: number) {
  const Real = decimalOf(digits);
  const largest = largestQuantity(q, 0, q.length);
  let sum = new Real(0);
  for (const quantity of q) sum = sum.plus(new Real(quantity - largest).div(b).exp());
  return sum.ln();
}
