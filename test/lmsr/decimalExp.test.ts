import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalExp, decimalOf } from '../../src/engines/lmsr/decimalExp.ts';
import { SEED } from './trades.ts';

const Exact = Decimal.clone({ defaults: true, precision: 180 });

describe('the exponential by tables', () => {
  it.each([34, 68, 136])('is that of decimal.js to all but a few of %d digits', (digits) => {
    const Real = decimalOf(digits);
    let worst = new Exact(0);
    fc.assert(
      fc.property(
        fc.integer({ min: -300_000_000, max: 1_000_000_000 }),
        fc.oneof(fc.integer({ min: 1_000_000, max: 1_000_000_000 }), fc.constantFrom(1_000_000, 256_000_000)),
        (numerator, denominator) => {
          const x = new Real(numerator).div(denominator);
          const exact = new Exact(x).exp();
          const error = new Exact(decimalExp(x, digits)).div(exact).minus(1).abs();
          if (error.gt(worst)) worst = error;
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
    expect(worst.lt(new Exact(10).pow(3 - digits))).toBe(true);
    expect(decimalExp(new Real(0), digits).eq(1)).toBe(true);
  });
});
