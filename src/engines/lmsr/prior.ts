import { DECIMAL } from '../../protocol/units.ts';
import { assertMarket, OUTCOMES_MAX, OUTCOMES_MIN } from './domain.ts';
import { ExponentialSum } from './exponentialSum.ts';
import { leastInteger } from './leastInteger.ts';

/**
 * Initial quantities whose prices are the given probabilities, b·ln(p_i/p_max) to the nearest unit: the likeliest
 * outcome is at 0, the others below. Exact: ln of a rational other than 1 is never a half, and the sign of
 * p_max·e^{(k + ½)/b} − p_i decides what float64 leaves open. A price differs from its probability by a factor of at
 * most e^(±1/b).
 *
 * Null unless the texts are 2 … 256 decimals (up to 18 places) in (0, 1) that add up to exactly 1: the client's fault.
 */
export function priorQuantities(probabilities: readonly string[], b: number): Float64Array | null {
  const numerators = probabilityNumerators(probabilities);
  if (numerators === null) return null;
  const largest = numerators.reduce((most, numerator) => (numerator > most ? numerator : most), 0n);
  const quantities = Float64Array.from(numerators, (numerator) => quantityOf(numerator, largest, b));
  assertMarket(quantities, 0, quantities.length, b, 1);
  return quantities;
}

/** Probabilities as integers of 10⁻¹⁸. */
function probabilityNumerators(probabilities: readonly string[]): bigint[] | null {
  if (probabilities.length < OUTCOMES_MIN || probabilities.length > OUTCOMES_MAX) return null;
  const numerators: bigint[] = [];
  let total = 0n;
  for (const text of probabilities) {
    if (!DECIMAL.test(text)) return null;
    const [whole = '0', fraction = ''] = text.split('.');
    const numerator = BigInt(whole + fraction.padEnd(18, '0'));
    if (numerator <= 0n) return null;
    numerators.push(numerator);
    total += numerator;
  }
  return total === 10n ** 18n ? numerators : null;
}

/** The smallest k with b·ln(p/p_max) < k + ½. */
function quantityOf(numerator: bigint, largest: bigint, b: number): number {
  if (numerator === largest) return 0;
  // Two BigInts to float64, quotient, log, product: off by less than the thousand ulps that we grant log alone.
  const real = b * Math.log(Number(numerator) / Number(largest));
  const margin = b * (Math.abs(real / b) + 1) * 4096 * 2 ** -53;
  const low = Math.ceil(real - margin - 0.5);
  const high = Math.ceil(real + margin - 0.5);
  return leastInteger(low, high, (candidate) => {
    const sum = new ExponentialSum().add(largest, 2n * BigInt(candidate) + 1n).add(-numerator, 0n);
    return sum.sign(2n * BigInt(b)) > 0;
  });
}
