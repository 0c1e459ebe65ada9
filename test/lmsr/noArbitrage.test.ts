import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buyCostCeil,
  buyNoCostCeil,
  fundingCeil,
  LOT_MICROS,
  priorQuantities,
  sellNoProceedsFloor,
  sellProceedsFloor,
  topUpFundingCeil,
  topUpQuantities,
} from '../../src/engines/lmsr/lmsr.ts';
import { real, SEED, trades } from './trades.ts';

const lotTrades = trades.filter(({ unitMicros, kind }) => unitMicros === LOT_MICROS && kind !== 'beyond 10⁻²⁰⁰');

describe('nobody gains from the rounding', () => {
  it('by splitting a purchase or a sale', () => {
    fc.assert(
      fc.property(lotTrades, real(0, 1), ({ q, b, outcome, lots }, part) => {
        const n = q.length;
        const whole = Math.abs(lots);
        const first = Math.floor(whole * part);
        const between = q.slice();
        between[outcome]! += first;
        const split = buyCostCeil(q, n, b, outcome, first) + buyCostCeil(between, n, b, outcome, whole - first);
        expect(split).toBeGreaterThanOrEqual(buyCostCeil(q, n, b, outcome, whole));
        between[outcome]! -= 2 * first;
        const parts =
          sellProceedsFloor(q, n, b, outcome, first) + sellProceedsFloor(between, n, b, outcome, whole - first);
        expect(parts).toBeLessThanOrEqual(sellProceedsFloor(q, n, b, outcome, whole));
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it('by buying and selling back, YES or NO, or by buying a complete set', () => {
    fc.assert(
      fc.property(lotTrades, ({ q, b, outcome, lots }) => {
        const n = q.length;
        const size = Math.abs(lots);
        const after = q.slice();
        after[outcome]! += size;
        const paid = buyCostCeil(q, n, b, outcome, size);
        expect(paid).toBeGreaterThanOrEqual(sellProceedsFloor(after, n, b, outcome, size));
        // All others of the same state, up to a shift: the complete set costs at least what it pays.
        expect(paid + buyNoCostCeil(after, n, b, outcome, size)).toBeGreaterThanOrEqual(size * LOT_MICROS);
        const afterNo = q.map((quantity, j) => (j === outcome ? quantity : quantity + size));
        expect(buyNoCostCeil(q, n, b, outcome, size)).toBeGreaterThanOrEqual(
          sellNoProceedsFloor(afterNo, n, b, outcome, size),
        );
        if (n === 2) expect(buyNoCostCeil(q, 2, b, outcome, size)).toBe(buyCostCeil(q, 2, b, 1 - outcome, size));
        if (n === 2) {
          expect(sellNoProceedsFloor(q, 2, b, outcome, size)).toBe(sellProceedsFloor(q, 2, b, 1 - outcome, size));
        }
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});

const histories = fc.integer({ min: 2, max: 5 }).chain((n) =>
  fc.record({
    b: fc.integer({ min: 100, max: 1_000_000 }),
    weights: fc.array(fc.integer({ min: 1, max: 500 }), { minLength: n, maxLength: n }),
    steps: fc.array(
      fc.record({
        action: fc.constantFrom('buy', 'buy', 'sell', 'buyNo', 'sellNo', 'topUp'),
        outcome: fc.nat(n - 1),
        size: real(0, 3),
      }),
      { minLength: 1, maxLength: 25 },
    ),
  }),
);

/** Probabilities of the given weights in tenths of a percent, the last one taking the rest. */
function asPrior(weights: number[]): string[] {
  const total = weights.reduce((a, c) => a + c);
  const parts = weights.map((weight) => Math.max(1, Math.floor((weight / total) * 900)));
  parts[parts.length - 1]! += 1_000 - parts.reduce((a, c) => a + c);
  return parts.map((part) => `0.${String(part).padStart(3, '0')}`);
}

describe('the maker', () => {
  it('never owes more than its funding and its revenue, whatever is traded and topped up', () => {
    let tightest = Number.POSITIVE_INFINITY;
    fc.assert(
      fc.property(histories, ({ b: initial, weights, steps }) => {
        const n = weights.length;
        let b = initial;
        let q = priorQuantities(asPrior(weights), b)!;
        const sold = new Float64Array(n);
        let funds = fundingCeil(q, n, b);
        for (const { action, outcome, size } of steps) {
          const lots = Math.floor(size * b);
          const each = (change: number, includes: (j: number) => boolean) => {
            for (let j = 0; j < n; j++) {
              if (!includes(j)) continue;
              q[j]! += change;
              sold[j]! += change;
            }
          };
          if (action === 'buy') {
            funds += buyCostCeil(q, n, b, outcome, lots);
            each(lots, (j) => j === outcome);
          } else if (action === 'sell') {
            funds -= sellProceedsFloor(q, n, b, outcome, lots);
            each(-lots, (j) => j === outcome);
          } else if (action === 'buyNo') {
            funds += buyNoCostCeil(q, n, b, outcome, lots);
            each(lots, (j) => j !== outcome);
          } else if (action === 'sellNo') {
            funds -= sellNoProceedsFloor(q, n, b, outcome, lots);
            each(-lots, (j) => j !== outcome);
          } else {
            const bNew = b + 1 + lots;
            funds += topUpFundingCeil(q, n, b, bNew);
            q = topUpQuantities(q, n, b, bNew);
            b = bNew;
          }
          const left = funds - LOT_MICROS * Math.max(...sold);
          expect(left).toBeGreaterThanOrEqual(0);
          // And from here on it can lose at most what it has: r_i ≤ w_i for every outcome.
          const worst = fundingCeil(q, n, b) + LOT_MICROS * Math.min(...q);
          for (let j = 0; j < n; j++) {
            expect(funds - LOT_MICROS * sold[j]!).toBeGreaterThanOrEqual(worst - LOT_MICROS * q[j]!);
          }
        }
        // Then somebody who knows the outcome buys it to certainty.
        for (let j = 0; j < n; j++) {
          const left = funds + buyCostCeil(q, n, b, j, 40 * b) - LOT_MICROS * (sold[j]! + 40 * b);
          expect(left).toBeGreaterThanOrEqual(0);
          tightest = Math.min(tightest, left);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
    // The bound is not just slack: somebody left the maker with cents.
    expect(tightest).toBeLessThan(LOT_MICROS);
  });

  it('loses its whole funding, to the micro, when an outcome with the lowest prior is bought to certainty', () => {
    const b = 10_000;
    const q = priorQuantities(['0.7', '0.2', '0.1'], b)!;
    const lots = 100 * b;
    const funding = fundingCeil(q, 3, b);
    expect(lots * LOT_MICROS - buyCostCeil(q, 3, b, 2, lots)).toBe(funding - 1);
    expect(fundingCeil(Float64Array.of(5, 5), 2, 10_000)).toBe(69_314_719);
  });
});
