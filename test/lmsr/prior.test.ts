import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceMillionths, priorQuantities } from '../../src/engines/lmsr/lmsr.ts';
import { SEED } from './trades.ts';

const Exact = Decimal.clone({ defaults: true, precision: 60 });

describe('a prior', () => {
  it('becomes b·ln(p/p_max), to the nearest lot', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999 }),
        fc.oneof(fc.integer({ min: 100, max: 1e7 }), fc.integer({ min: 1e9, max: 9e11 })),
        (millionth, b) => {
          const texts = [millionth, 1_000_000 - millionth].map((part) => `0.${String(part).padStart(6, '0')}`);
          const q = priorQuantities(texts, b)!;
          const most = Decimal.max(...texts);
          texts.forEach((text, i) => {
            const nearest = new Exact(text).div(most).ln().times(b).toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
            expect(q[i]).toBe(nearest.toNumber() + 0);
          });
          if (b > 1e7) expect(priceMillionths(q, 2, b, 0)).toBe(millionth);
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('of equal probabilities is the uniform state, without a negative zero', () => {
    const q = priorQuantities(['0.25', '0.25', '0.25', '0.25'], 777)!;
    expect([...q].every((quantity) => Object.is(quantity, 0))).toBe(true);
    expect([...priorQuantities(['0.5001', '0.4999'], 100)!].every((quantity) => Object.is(quantity, 0))).toBe(true);
  });

  it.each([
    ['one outcome', ['1']],
    ['a sum of less than 1', ['0.5', '0.499999']],
    ['a sum of more than 1', ['0.5', '0.500000000000000001']],
    ['a certainty', ['1', '0']],
    ['a negative', ['1.5', '-0.5']],
    ['no decimal', ['0.5', '5e-1']],
    ['too many outcomes', Array.from({ length: 1_000 }, () => '0.001')],
  ])('is refused for %s', (_, texts) => expect(priorQuantities(texts, 1_000)).toBeNull());
});
