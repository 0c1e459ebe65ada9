import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fundingCeil, pricesMillionths, topUpFundingCeil, topUpQuantities } from '../../src/engines/lmsr/lmsr.ts';
import { SEED, trades } from './trades.ts';

describe('a top-up', () => {
  it('moves prices by no more than the rounding to lots, and keeps their order', () => {
    fc.assert(
      fc.property(
        trades.filter(({ b, kind }) => b < 1e9 && kind !== 'skewed'),
        fc.integer({ min: 1, max: 1_000_000 }),
        ({ q, b }, more) => {
          const n = q.length;
          const bNew = b + more;
          const after = topUpQuantities(q, n, b, bNew);
          const before = pricesMillionths(q, n, b);
          const moved = pricesMillionths(after, n, bNew);
          for (let i = 0; i < n; i++) {
            const most = before[i]! * Math.expm1(1 / bNew) + 1;
            expect(Math.abs(moved[i]! - before[i]!)).toBeLessThanOrEqual(most);
            for (let j = 0; j < n; j++) if (q[i]! <= q[j]!) expect(after[i]!).toBeLessThanOrEqual(after[j]!);
          }
        },
      ),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('costs what the larger market would have cost more, give or take the rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(1e6), fc.integer({ min: 1, max: 1e6 }), (n, less, more) => {
        const b = less + 1;
        const fresh = new Float64Array(n);
        const difference = fundingCeil(fresh, n, b + more) - fundingCeil(fresh, n, b);
        const cost = topUpFundingCeil(fresh, n, b, b + more);
        expect(cost - difference === 0 || cost - difference === 1).toBe(true);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('is decided even where 50 digits are not enough', () => {
    const b = 100;
    // r = gap + b·ln(1 + e^−300): twice the gap, and a trace more.
    expect(topUpFundingCeil(Float64Array.of(300 * b, 0), 2, b, 2 * b)).toBe(300 * b * 10_000 + 1);
    expect(topUpFundingCeil(Float64Array.of(3_000 * b, 0), 2, b, 2 * b)).toBe(3_000 * b * 10_000 + 1);
  });
});
