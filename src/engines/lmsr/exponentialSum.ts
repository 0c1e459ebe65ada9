import { Decimal } from 'decimal.js';

/**
 * The exact sign of a sum Σ c_k·e^{m_k/d} of integers c_k, m_k, d: the one question behind every rounding of the LMSR.
 *
 * | decision                                | sign of                                                          |
 * |-----------------------------------------|------------------------------------------------------------------|
 * | does q → q′ cost at most N micros?      | Σ e^{q′_j/b} − Σ e^{q_j/b + N/B},   B = b in micros              |
 * | is the price of i above k/m?            | m·e^{q_i/b} − k·Σ e^{q_j/b}                                      |
 * | is the worst loss at most N micros?     | Σ e^{(q_j − min q)/b} − e^{N/B}                                  |
 *
 * **Zero is decided by algebra.** By the Lindemann–Weierstrass theorem exponentials of distinct rationals are linearly
 * independent over the rationals: after equal exponents have been merged, the sum is zero if and only if every
 * coefficient is. That happens in practice: with q = (50, 0), buying 100 of the second outcome ends at (50, 100), the
 * mirror image, and costs exactly half a set per unit. No number of digits would ever decide such a tie.
 *
 * **The rest is decided by digits.** A sum that is not zero is evaluated with 34 digits, then 68, 136, … until it exceeds its own error bound, which the theorem says must happen. The largest exponent is factored out, so a market
 * at e^−5000 needs no more digits than one at ½.
 */
export class ExponentialSum {
  /** By exponent + factor. */
  readonly #terms = new Map<bigint, Term>();

  /**
   * Adds coefficient·e^{(exponent + factor)/denominator}, the denominator being the one later given to {@link sign}.
   * Terms with the same exponent, or the same factor, share an exponential.
   */
  add(coefficient: bigint, exponent: bigint, factor = 0n): this {
    const term = this.#terms.get(exponent + factor);
    if (term === undefined) this.#terms.set(exponent + factor, { coefficient, exponent, factor });
    else term.coefficient += coefficient;
    return this;
  }

  sign(denominator: bigint): -1 | 0 | 1 {
    const terms = [...this.#terms.values()].filter(({ coefficient }) => coefficient !== 0n);
    if (terms.length === 0) return 0;
    if (terms.every(({ coefficient }) => coefficient > 0n)) return 1;
    if (terms.every(({ coefficient }) => coefficient < 0n)) return -1;
    const largest = terms.reduce((most, term) => (total(term) > total(most) ? term : most));
    decisions.byDecimal++;
    for (let digits = DIGITS; ; digits *= 2) {
      const sign = signWithin(terms, largest, denominator, digits);
      if (sign !== 0) return sign;
      decisions.repeated++;
    }
  }
}

type Term = { coefficient: bigint; exponent: bigint; factor: bigint };

const total = ({ exponent, factor }: Term): bigint => exponent + factor;

/** How often float64 did not decide, for metrics and tests; no result depends on it. */
export const decisions = { byDecimal: 0, repeated: 0 };

const DIGITS = 34;

/**
 * decimal.js rounds `div` and `times` to the given digits and `exp` to a few units of the last one; an exponent of up to
 * 2.31·digits + 100 + 2 · 1000 passes its division error on with that factor. Ten digits of slack cover that, the product
 * of two exponentials and the additions.
 */
const SLACK_DIGITS = 10;

/** A factor e^±1000 and beyond is not split off. */
const SPLIT_MAX = 1_000n;

function signWithin(terms: Term[], largest: Term, denominator: bigint, digits: number): -1 | 0 | 1 {
  const Real = decimalOf(digits);
  const divisor = new Real(denominator.toString());
  const powers = new Map<bigint, Decimal>();
  /** e^{numerator/denominator}, once. */
  const power = (numerator: bigint): Decimal => {
    let known = powers.get(numerator);
    if (known === undefined) {
      known = new Real(numerator.toString()).div(divisor).exp();
      powers.set(numerator, known);
    }
    return known;
  };
  // e^−(2.31·digits + 100) < 10^−(digits + 43): with our coefficients, below 10²⁰, what is left out cannot be seen.
  const negligible = (BigInt(Math.ceil(-2.31 * digits - 100)) - 1n) * denominator;
  let sum = new Real(0);
  let magnitude = new Real(0);
  for (const term of terms) {
    const distance = total(term) - total(largest);
    if (distance < negligible) continue;
    const apart = term.factor - largest.factor;
    const splits = apart !== 0n && apart > -SPLIT_MAX * denominator && apart < SPLIT_MAX * denominator;
    const value = (splits ? power(distance - apart).times(power(apart)) : power(distance)).times(
      term.coefficient.toString(),
    );
    sum = sum.plus(value);
    magnitude = magnitude.plus(value.abs());
  }
  const error = magnitude.times(new Real(10).pow(SLACK_DIGITS - digits));
  if (sum.abs().lte(error)) return 0;
  return sum.isNegative() ? -1 : 1;
}

const contexts = new Map<number, typeof Decimal>();

/** A decimal.js constructor of its own: a precision set elsewhere in the process cannot reach it. */
export function decimalOf(digits: number): typeof Decimal {
  let context = contexts.get(digits);
  if (context === undefined) {
    context = Decimal.clone({ defaults: true, precision: digits });
    contexts.set(digits, context);
  }
  return context;
}
