/**
 * The oracle: e^x in fixed point with as many bits as asked for, in BigInt alone. It shares nothing with the code
 * under test, neither Math nor decimal.js nor the formulas, only the definition of the cost.
 */
const GUARD_BITS = 192n;

/** 2^bits · e^{numerator/denominator} for a numerator ≤ 0, off by less than 2. */
export function expFixed(numerator: bigint, denominator: bigint, bits: bigint): bigint {
  if (numerator > 0n) throw new RangeError('positive exponent');
  const work = bits + GUARD_BITS;
  const x = (-numerator << work) / denominator;
  const whole = x >> work;
  if (whole > work) return 0n; // e^−work < 2^−work
  // Halve the argument below 2^−small, sum the series, square as often.
  const small = 16n + bits / 100n;
  let halvings = small;
  while (whole >> (halvings - small) > 0n) halvings++;
  const reduced = x >> halvings;
  let term = 1n << work;
  let sum = term;
  for (let k = 1n; term !== 0n; k++) {
    term = -(term * reduced) / (k << work);
    sum += term;
  }
  for (; halvings > 0n; halvings--) sum = (sum * sum) >> work;
  return sum >> GUARD_BITS;
}

/**
 * The sign of C(after) − C(q) − micros by comparing S′·e^{−N/B} with S; 0 if they agree to within `bits` less a few,
 * which is a tie if `bits` suits the skew (a market at e^−G wants about 1.5·G bits for every factor of e^−G).
 */
export function compareCost(
  q: Float64Array,
  after: Float64Array,
  b: number,
  unitMicros: number,
  micros: number,
  bits: bigint,
): -1 | 0 | 1 {
  const unit = BigInt(unitMicros);
  const denominator = BigInt(b) * unit;
  const exponents = Array.from(q, (quantity) => BigInt(quantity) * unit + BigInt(micros));
  const exponentsAfter = Array.from(after, (quantity) => BigInt(quantity) * unit);
  const largest = [...exponents, ...exponentsAfter].reduce((a, c) => (c > a ? c : a));
  let difference = 0n;
  for (const exponent of exponentsAfter) difference += expFixed(exponent - largest, denominator, bits);
  for (const exponent of exponents) difference -= expFixed(exponent - largest, denominator, bits);
  const noise = 1n << 16n;
  if (difference > noise) return 1;
  return difference < -noise ? -1 : 0;
}

/** The rounded-up cost is `micros` if and only if the cost is ≤ it and > one micro less. */
export function isCostCeil(
  q: Float64Array,
  after: Float64Array,
  b: number,
  unitMicros: number,
  micros: number,
  bits: bigint,
): boolean {
  return (
    compareCost(q, after, b, unitMicros, micros, bits) <= 0 &&
    compareCost(q, after, b, unitMicros, micros - 1, bits) > 0
  );
}
