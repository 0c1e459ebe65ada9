import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costCeil } from '../../src/engines/lmsr/cost.ts';
import { comparePriceAfter } from '../../src/engines/lmsr/price.ts';
import { sizeMax, unitsForSpend, unitsToLevel } from '../../src/engines/lmsr/size.ts';
import { real, SEED, trades } from './trades.ts';

const RUNS = { seed: SEED, numRuns: 1_200 };
const million = 1_000_000;
const levels = fc.oneof(
  fc.integer({ min: 1, max: million - 1 }),
  fc.constantFrom(1, 1_000, 500_000, 999_000, million - 1),
);

describe('the largest size', () => {
  it('for a spend is affordable, and one more is not', () => {
    fc.assert(
      fc.property(trades, real(0, 1), ({ q, b, unitMicros, outcome, lots }, part) => {
        const n = q.length;
        const cost = (size: number) => costCeil(q, 0, n, b, unitMicros, outcome, size);
        // What a size costs, what it nearly costs, and money that no size was thought of for.
        for (const micros of [cost(Math.abs(lots)), Math.max(0, cost(Math.abs(lots)) - 1), Math.floor(part * b * 30)]) {
          const size = unitsForSpend(q, 0, n, b, unitMicros, outcome, micros);
          expect(cost(size)).toBeLessThanOrEqual(micros);
          if (size < sizeMax(q, 0, n, unitMicros)) expect(cost(size + 1)).toBeGreaterThan(micros);
        }
      }),
      RUNS,
    );
  });

  it('up or down to a level does not pass it, and one more does', () => {
    fc.assert(
      fc.property(trades, levels, fc.constantFrom(1 as const, -1 as const), (trade, level, direction) => {
        const { q, b, unitMicros, outcome } = trade;
        const n = q.length;
        const beyond = (size: number) =>
          comparePriceAfter(q, 0, n, b, outcome, direction * size, level, million) * direction > 0;
        const size = unitsToLevel(q, 0, n, b, unitMicros, outcome, direction, level, million);
        if (size > 0) expect(beyond(size)).toBe(false);
        if (size < sizeMax(q, 0, n, unitMicros)) expect(beyond(size + 1)).toBe(true);
      }),
      RUNS,
    );
  });

  it('to the very level counts as not past it', () => {
    for (const n of [2, 4, 5, 8]) {
      const q = new Float64Array(n).fill(70);
      q[0] = 20;
      expect(unitsToLevel(q, 0, n, 1_000_000, 10_000, 0, 1, million / n, million)).toBe(50);
      q[0] = 120;
      expect(unitsToLevel(q, 0, n, 1_000_000, 10_000, 0, -1, million / n, million)).toBe(50);
    }
  });

  it('of a spend of nothing is nothing, and of all money is what stays countable', () => {
    const q = Float64Array.of(0, 300);
    expect(unitsForSpend(q, 0, 2, 100, 10_000, 0, 0)).toBe(0);
    const all = unitsForSpend(q, 0, 2, 100, 10_000, 0, Number.MAX_SAFE_INTEGER);
    expect(all).toBe(sizeMax(q, 0, 2, 10_000));
    expect(costCeil(q, 0, 2, 100, 10_000, 0, all)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
  });
});
