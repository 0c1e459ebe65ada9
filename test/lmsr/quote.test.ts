import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costCeil } from '../../src/engines/lmsr/cost.ts';
import { LmsrDomainError } from '../../src/engines/lmsr/domain.ts';
import { buyCostCeil, lotsToBuyUpTo, priceMillionths, quote, sellProceedsFloor } from '../../src/engines/lmsr/lmsr.ts';
import { quoteUnits } from '../../src/engines/lmsr/quote.ts';
import { unitsForSpend, unitsToLevel } from '../../src/engines/lmsr/size.ts';
import { SEED, type Trade, trades } from './trades.ts';

const million = 1_000_000;
const clamp = (level: number) => Math.min(million - 1, Math.max(1, level));

/** What quoteUnits says of itself: the three searches, one after another. */
function expected(trade: Trade, direction: 1 | -1, units: number, level: number, budget: number): [number, number] {
  const { q, b, unitMicros, outcome } = trade;
  const n = q.length;
  let size = Math.min(units, unitsToLevel(q, 0, n, b, unitMicros, outcome, direction, level, million));
  if (direction > 0 && budget !== Number.POSITIVE_INFINITY) {
    size = Math.min(size, unitsForSpend(q, 0, n, b, unitMicros, outcome, budget));
  }
  return [size, size === 0 ? 0 : Math.abs(costCeil(q, 0, n, b, unitMicros, outcome, direction * size))];
}

const lotsOf = (...terms: Parameters<typeof quote>): number => {
  expect(quote(...terms)).toBe(true);
  return terms[8][0]!;
};

describe('a quote', () => {
  it('is the largest size within level and budget, and its money', () => {
    const seen = { whole: 0, byLevel: 0, byBudget: 0, nothing: 0 };
    fc.assert(
      fc.property(
        trades,
        fc.integer({ min: 1, max: million - 1 }),
        fc.constantFrom('anywhere', 'price', 'after', 'band'),
        fc.constantFrom(-1, 0, 1),
        fc.constantFrom('none', 'exact', 'short', 'part'),
        (trade, anywhere, where, off, money) => {
          const { q, b, unitMicros, outcome, lots } = trade;
          const n = q.length;
          const direction = lots > 0 ? 1 : -1;
          const units = Math.abs(lots);
          const after = q.slice();
          after[outcome]! += lots;
          const level = {
            anywhere,
            price: clamp(priceMillionths(q, n, b, outcome) + off),
            after: clamp(priceMillionths(after, n, b, outcome) + off),
            band: direction > 0 ? 999_000 : 1_000,
          }[where];
          const cost = Math.max(0, costCeil(q, 0, n, b, unitMicros, outcome, units));
          const budget = {
            none: Number.POSITIVE_INFINITY,
            exact: cost,
            short: Math.max(0, cost - 1),
            part: Math.floor(cost / 3),
          }[money];
          const slab = new Float64Array(n + 5).fill(Number.NaN);
          slab.set(q, 3);
          const out = Float64Array.of(7, 7, 7);
          const trades = quoteUnits(slab, 3, n, b, unitMicros, outcome, direction, units, level, million, budget, out);
          expect([...out]).toEqual([...expected(trade, direction, units, level, budget), 7]);
          const size = out[0]!;
          expect(trades).toBe(size > 0);
          if (size === units) seen.whole++;
          else if (size === 0) seen.nothing++;
          else if (direction > 0 && costCeil(q, 0, n, b, unitMicros, outcome, size + 1) > budget) seen.byBudget++;
          else seen.byLevel++;
        },
      ),
      { seed: SEED, numRuns: 12_000 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(500);
  });

  it('ends at the level to the lot, at the very level too', () => {
    const out = new Float64Array(2);
    const q = Float64Array.of(20, 70);
    expect(lotsOf(q, 2, 1_000_000, 0, 1, 50, 500_000, Number.POSITIVE_INFINITY, out)).toBe(50);
    expect(lotsOf(q, 2, 1_000_000, 0, 1, 51, 500_000, Number.POSITIVE_INFINITY, out)).toBe(50);
    expect(out[1]).toBe(buyCostCeil(q, 2, 1_000_000, 0, 50));
    expect(lotsOf(q, 2, 1_000_000, 1, -1, 51, 500_000, Number.POSITIVE_INFINITY, out)).toBe(50);
    expect(out[1]).toBe(sellProceedsFloor(q, 2, 1_000_000, 1, 50));
    // From (7, 7) at ½ nothing can be bought or sold at ½.
    const even = Float64Array.of(7, 7);
    expect(quote(even, 2, 1_000, 0, 1, 1, 500_000, Number.POSITIVE_INFINITY, out)).toBe(false);
    expect(quote(even, 2, 1_000, 0, -1, 1, 500_000, Number.POSITIVE_INFINITY, out)).toBe(false);
    expect([...out]).toEqual([0, 0]);
  });

  it('of a market at e^−9000 is found without float64', () => {
    const q = Float64Array.of(0, 900_000);
    const out = new Float64Array(2);
    const lots = lotsToBuyUpTo(q, 2, 100, 0, 1_000);
    expect(lotsOf(q, 2, 100, 0, 1, 1e9, 1_000, Number.POSITIVE_INFINITY, out)).toBe(lots);
    expect(out[1]).toBe(buyCostCeil(q, 2, 100, 0, lots));
    expect(lotsOf(q, 2, 100, 1, -1, 1e9, 999_999, 0, out)).toBeGreaterThan(890_000);
    expect(quote(q, 2, 100, 1, 1, 1, 999_999, Number.POSITIVE_INFINITY, out)).toBe(false);
  });

  it.each([
    ['a price of 0', () => quote(new Float64Array(2), 2, 100, 0, 1, 1, 0, 5, new Float64Array(2))],
    ['half a micro', () => quote(new Float64Array(2), 2, 100, 0, 1, 1, 1, 0.5, new Float64Array(2))],
    ['half a lot', () => quote(new Float64Array(2), 2, 100, 0, 1, 0.5, 1, 5, new Float64Array(2))],
    ['an outcome that is none', () => quote(new Float64Array(2), 2, 100, 2, 1, 1, 1, 5, new Float64Array(2))],
  ])('refuses %s', (_, call) => expect(call).toThrow(LmsrDomainError));
});
