import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binIndex } from '../../src/jobs/calibration/bins.ts';
import type { BinaryForecast, Forecast } from '../../src/jobs/calibration/forecast.ts';
import { isotonicBlocks } from '../../src/jobs/calibration/isotonic.ts';
import { scoreReport } from '../../src/jobs/calibration/scoreReport.ts';
import { wilson95 } from '../../src/jobs/calibration/wilson.ts';

const SEED = 20160701;
const options = { seed: SEED, numRuns: 300 };

const unit = fc.double({ min: 0, max: 1, noNaN: true });
/** Prices on whole cents collide often, which is where ties and bin edges are. */
const price = fc.oneof(
  unit,
  fc.integer({ min: 0, max: 100 }).map((cents) => cents / 100),
);
const payout = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1) }, { weight: 1, arbitrary: unit });
const binary: fc.Arbitrary<BinaryForecast> = fc.record({ p: price, y: payout });
const multi: fc.Arbitrary<Forecast> = fc
  .array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 6 })
  .chain((weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const f = weights.map((weight) => weight / total);
    return fc.record({ f: fc.constant(f), outcome: fc.nat(f.length - 1), ordered: fc.boolean() });
  });
const forecasts = fc.array(fc.oneof(binary, multi), { minLength: 1, maxLength: 80 });

describe('scores', () => {
  it('decompose: the parts of Murphy and of CORP sum to the Brier score', () => {
    fc.assert(
      fc.property(forecasts, fc.integer({ min: 1, max: 25 }), (list, binCount) => {
        const { brierBinary, murphy, corp } = scoreReport(list, binCount);
        const within = murphy.withinBinVariance - murphy.withinBinCovariance;
        expect(murphy.reliability - murphy.resolution + murphy.uncertainty + within).toBeCloseTo(brierBinary, 13);
        expect(corp.mcb - corp.dsc + corp.unc).toBeCloseTo(brierBinary, 13);
        expect(corp.mcb).toBeGreaterThanOrEqual(-1e-15);
        expect(corp.dsc).toBeGreaterThanOrEqual(0);
      }),
      options,
    );
  });

  it('stay in their ranges and survive JSON', () => {
    fc.assert(
      fc.property(forecasts, (list) => {
        const report = scoreReport(list);
        expect(report.brierBinary).toBeLessThanOrEqual(1);
        expect(report.brierMulti).toBeLessThanOrEqual(2);
        expect(report.ece).toBeLessThanOrEqual(report.mce + 1e-15);
        expect(report.logScore.mean).toBeGreaterThanOrEqual(0);
        expect(report.bins.reduce((sum, { n }) => sum + n, 0)).toBe(report.pairs);
        expect(report.corp.curve.reduce((sum, { n }) => sum + n, 0)).toBe(report.pairs);
        expect(JSON.parse(JSON.stringify(report))).toEqual(withoutNegativeZero(report));
      }),
      options,
    );
  });

  it('are twice as large on the 0–2 scale when all forecasts are binary', () => {
    fc.assert(
      fc.property(fc.array(binary, { minLength: 1, maxLength: 50 }), (list) => {
        const { brierBinary, brierMulti } = scoreReport(list);
        expect(brierMulti).toBeCloseTo(2 * brierBinary, 12);
      }),
      options,
    );
  });

  it('are all zero for perfect forecasts', () => {
    const perfect = fc.oneof(
      fc.constantFrom(0, 1).map((y): Forecast => ({ p: y, y })),
      fc
        .nat(3)
        .map((outcome): Forecast => ({ f: [0, 1, 2, 3].map((i) => (i === outcome ? 1 : 0)), outcome, ordered: true })),
    );
    fc.assert(
      fc.property(fc.array(perfect, { minLength: 1, maxLength: 50 }), (list) => {
        const report = scoreReport(list);
        expect(report.brierBinary).toBe(0);
        expect(report.brierMulti).toBe(0);
        expect(report.murphy.reliability).toBe(0);
        expect(report.ece).toBe(0);
        expect(report.mce).toBe(0);
        expect(report.logScore).toMatchObject({ mean: 0, clipped: 0 });
        expect(report.corp.mcb).toBe(0);
        expect(report.ranked?.rps ?? 0).toBe(0);
        expect(report.skill ?? 1).toBe(1);
      }),
      options,
    );
  });

  it('do not depend on the order of the forecasts', () => {
    fc.assert(
      fc.property(forecasts, (list) => {
        const there = scoreReport(list);
        const back = scoreReport([...list].reverse());
        expect(back.brierBinary).toBeCloseTo(there.brierBinary, 12);
        expect(back.corp.mcb).toBeCloseTo(there.corp.mcb, 12);
        expect(back.bins.map(({ bin, n }) => [bin, n])).toEqual(there.bins.map(({ bin, n }) => [bin, n]));
      }),
      options,
    );
  });
});

describe('isotonic regression', () => {
  it('is rising, in order, and covers every forecast once', () => {
    fc.assert(
      fc.property(fc.array(binary, { minLength: 1, maxLength: 60 }), (list) => {
        const blocks = isotonicBlocks(list);
        blocks.forEach((block, i) => {
          const inside = list.filter(({ p }) => p >= block.pLow && p <= block.pHigh);
          expect(inside).toHaveLength(block.n);
          if (i > 0) {
            expect(block.pLow).toBeGreaterThan(blocks[i - 1]!.pHigh);
            expect(block.value).toBeGreaterThan(blocks[i - 1]!.value);
          }
        });
      }),
      options,
    );
  });

  it('is as near to the payouts as the best of all rising step functions', () => {
    const few = fc.array(fc.record({ p: fc.integer({ min: 0, max: 9 }).map((tenths) => tenths / 10), y: payout }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(few, (list) => {
        const blocks = isotonicBlocks(list);
        const fit = list.reduce((sum, { p, y }) => {
          const block = blocks.find(({ pLow, pHigh }) => p >= pLow && p <= pHigh)!;
          return sum + (block.value - y) ** 2;
        }, 0);
        expect(fit).toBeCloseTo(bestByEnumeration(list), 12);
      }),
      options,
    );
  });
});

describe('Wilson interval', () => {
  it('lies in [0, 1] and holds the observed rate', () => {
    const counts = fc
      .integer({ min: 1, max: 1_000_000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([k, n]) => {
        const [lower, upper] = wilson95(k, n);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(lower).toBeLessThanOrEqual(k / n + 1e-15);
        expect(upper).toBeGreaterThanOrEqual(k / n - 1e-15);
      }),
      options,
    );
  });
});

describe('bins', () => {
  it('put every price of the exchange where exact arithmetic puts it', () => {
    for (let ticks = 0; ticks < 10_000; ticks++) expect(binIndex(ticks / 10_000, 10)).toBe(Math.floor(ticks / 1000));
    expect(binIndex(1, 10)).toBe(9);
  });
});

/** Least squares over all ways of cutting the distinct forecasts into consecutive blocks whose means do not fall. */
function bestByEnumeration(list: readonly BinaryForecast[]): number {
  const points = [...new Set(list.map(({ p }) => p))].sort((a, b) => a - b);
  let best = Number.POSITIVE_INFINITY;
  for (let cuts = 0; cuts < 2 ** (points.length - 1); cuts++) {
    let previous = 0;
    let loss = 0;
    let start = 0;
    for (let end = 1; end <= points.length; end++) {
      if (end < points.length && ((cuts >> (end - 1)) & 1) === 0) continue;
      const block = points.slice(start, end);
      const payouts = list.filter(({ p }) => block.includes(p)).map(({ y }) => y);
      const mean = payouts.reduce((sum, y) => sum + y, 0) / payouts.length;
      loss += mean < previous ? Number.POSITIVE_INFINITY : payouts.reduce((sum, y) => sum + (y - mean) ** 2, 0);
      previous = mean;
      start = end;
    }
    best = Math.min(best, loss);
  }
  return best;
}

/** JSON writes −0 as 0, and nothing else may differ. */
function withoutNegativeZero(value: unknown): unknown {
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNegativeZero(inner)]));
}
