import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisions } from '../../src/engines/lmsr/exponentialSum.ts';
import { comparePrice, priceMillionths, pricesMillionths } from '../../src/engines/lmsr/lmsr.ts';
import { SEED, trades } from './trades.ts';

const Exact = Decimal.clone({ defaults: true, precision: 60 });

/** The definition, in 60 digits. */
function price(q: Float64Array, b: number, outcome: number) {
  const powers = Array.from(q, (quantity) => new Exact(quantity - q[outcome]!).div(b).exp());
  return new Exact(1).div(powers.reduce((sum, power) => sum.plus(power)));
}

describe('the marginal price', () => {
  it('is the nearest millionth to the definition, alone and with the others', () => {
    fc.assert(
      fc.property(trades, ({ q, b, outcome }) => {
        const n = q.length;
        const nearest = price(q, b, outcome).times(1e6).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
        expect(priceMillionths(q, n, b, outcome)).toBe(nearest);
        expect(pricesMillionths(q, n, b)[outcome]).toBe(nearest);
        const slab = new Float64Array(n + 9).fill(Number.NaN);
        slab.set(q, 4);
        expect(priceMillionths(slab, n, b, outcome, 4)).toBe(nearest);
        expect(pricesMillionths(slab, n, b, undefined, 4)[outcome]).toBe(nearest);
        const buffer = new Float64Array(n + 7).fill(Number.NaN);
        pricesMillionths(slab, n, b, buffer, 4, 5);
        expect([...buffer.subarray(5, 5 + n)]).toEqual([...pricesMillionths(q, n, b)]);
        expect(buffer.filter(Number.isNaN).length).toBe(7);
      }),
      { seed: SEED, numRuns: 600 },
    );
  });

  it('is so next to half a millionth, where float64 leaves some to decimal.js', () => {
    const before = decisions.byDecimal;
    const CASES = 2_000;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_998 }),
        fc.integer({ min: 1_000_000_000, max: 900_000_000_000 }),
        fc.integer({ min: -2, max: 2 }),
        (millionth, b, off) => {
          const half = (millionth + 0.5) / 1e6;
          const q = Float64Array.of(Math.round(b * Math.log(half / (1 - half))) + off, 0);
          const nearest = price(q, b, 0).times(1e6).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
          expect([millionth, millionth + 1]).toContain(nearest);
          expect(priceMillionths(q, 2, b, 0)).toBe(nearest);
          expect(pricesMillionths(q, 2, b)[0]).toBe(nearest);
        },
      ),
      { seed: SEED, numRuns: CASES },
    );
    const fellBack = decisions.byDecimal - before;
    console.log(`float64 left ${fellBack} of ${3 * CASES} prices next to half a millionth to decimal.js`);
    expect(fellBack).toBeGreaterThan(CASES / 20);
  });

  it('compares with a level as the definition does', () => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 1, max: 999_999 }), ({ q, b, outcome }, anywhere) => {
        const exact = price(q, b, outcome);
        const near = Math.min(999_999, Math.max(1, exact.times(1e6).round().toNumber()));
        for (const level of [anywhere, near]) {
          expect(comparePrice(q, q.length, b, outcome, level)).toBe(exact.comparedTo(new Exact(level).div(1e6)));
        }
      }),
      { seed: SEED, numRuns: 600 },
    );
  });

  it('is at a level only in the uniform state, and told from it by e^−2000', () => {
    const b = 1_000;
    expect(comparePrice(Float64Array.of(7, 7), 2, b, 0, 500_000)).toBe(0);
    expect(comparePrice(Float64Array.of(7, 8), 2, b, 0, 500_000)).toBe(-1);
    expect(comparePrice(Float64Array.of(7, 7, 7 - 2_000 * b), 3, b, 0, 500_000)).toBe(-1);
    expect(comparePrice(Float64Array.of(7, 7, 7, 7, 7), 5, b, 4, 200_000)).toBe(0);
    expect(comparePrice(Float64Array.of(7e9, 0, 0), 3, b, 0, 999_999)).toBe(1);
    expect(comparePrice(Float64Array.of(7e9, 0, 0), 3, b, 1, 1)).toBe(-1);
  });

  it('rounds the one price that is a half up: 1/128', () => {
    expect(priceMillionths(new Float64Array(128), 128, 100, 5)).toBe(7_813);
    const prices = pricesMillionths(new Float64Array(128), 128, 100);
    expect(new Set(prices)).toEqual(new Set([7_813]));
    const below = new Float64Array(128);
    below[5] = -1;
    expect(priceMillionths(below, 128, 1e11, 5)).toBe(7_812);
  });

  it('rises with purchases of the outcome and falls with those of others', () => {
    fc.assert(
      fc.property(trades, fc.nat(), ({ q, b, outcome, lots }, choice) => {
        const n = q.length;
        const other = (outcome + 1 + (choice % (n - 1))) % n;
        const before = priceMillionths(q, n, b, outcome);
        const after = q.slice();
        after[outcome]! += Math.abs(lots);
        expect(priceMillionths(after, n, b, outcome)).toBeGreaterThanOrEqual(before);
        after[outcome]! -= Math.abs(lots);
        after[other]! += Math.abs(lots);
        expect(priceMillionths(after, n, b, outcome)).toBeLessThanOrEqual(before);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });
});
