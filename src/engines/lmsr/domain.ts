/**
 * What the mathematics accepts. Everything here is an assertion: the caller has validated what clients sent, so a
 * violation is our own mistake and stops the shard before it can write a wrong number.
 *
 * Quantities are integers of one *unit*, a whole fraction of a share; `unitMicros` is what one unit pays when its
 * outcome happens. The exchange trades lots (10,000 micros). The unit is a parameter so that published vectors,
 * which are given in millionths of a share, can be checked to their last digit by the code that runs in production.
 */
export const OUTCOMES_MIN = 2;
export const OUTCOMES_MAX = 256;

export class LmsrDomainError extends RangeError {
  override name = 'LmsrDomainError';
}

export function fail(what: string): never {
  throw new LmsrDomainError(`LMSR: ${what}`);
}

/** n in 2 … 256, `q[at … at + n)` exists, the liquidity b ≥ 1 unit, and b in micros is a safe integer. */
export function assertMarket(q: Float64Array, at: number, n: number, b: number, unitMicros: number): void {
  if (!(n >= OUTCOMES_MIN && n <= OUTCOMES_MAX && Number.isInteger(n))) fail(`${n} outcomes`);
  if (!(at >= 0 && at + n <= q.length)) fail(`no ${n} positions at ${at} of ${q.length}`);
  if (!(b >= 1 && Number.isSafeInteger(b) && Number.isSafeInteger(b * unitMicros))) fail(`liquidity ${b}`);
}

export function assertOutcome(n: number, outcome: number): void {
  if (!(outcome >= 0 && outcome < n && Number.isInteger(outcome))) fail(`outcome ${outcome} of ${n}`);
}

/** A size to trade: ≥ 0, and its payout is a safe integer of micros. */
export function assertUnits(units: number, unitMicros: number): void {
  if (!(units >= 0 && Number.isSafeInteger(units) && Number.isSafeInteger(units * unitMicros))) fail(`size ${units}`);
}

/** A probability numerator/denominator strictly between 0 and 1, with integers small enough for exact products. */
export function assertPrice(numerator: number, denominator: number): void {
  if (!(numerator > 0 && numerator < denominator && Number.isInteger(numerator) && denominator <= 2_000_000)) {
    fail(`price ${numerator}/${denominator}`);
  }
}
