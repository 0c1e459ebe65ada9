import { describe, expect, it } from 'vitest';
import { CALIBRATION_GROUPS_MAX, calibrationReport } from '../../src/jobs/calibration/calibrationReport.ts';
import type { CalibrationSample } from '../../src/jobs/calibration/sample.ts';

const HOUR = 3_600_000;
const CLOSE = 1_700_000_000_000;

function sample(market: string, over: Partial<CalibrationSample> = {}): CalibrationSample {
  return {
    market,
    category: 'sport',
    closeTime: CLOSE,
    resolvedAt: CLOSE + HOUR,
    horizonMs: 0,
    prices: [0.8, 0.2],
    payouts: [1, 0],
    ...over,
  };
}

describe('calibration report', () => {
  it('groups overall, by category and by market, at each horizon apart', () => {
    const report = calibrationReport(
      [
        sample('b', { category: 'weather', prices: [0.3, 0.7] }),
        sample('a'),
        sample('a', { horizonMs: 24 * HOUR, prices: [0.6, 0.4] }),
      ],
      { by: ['market', 'overall', 'category'] },
    );
    expect(report).toMatchObject({ version: 1, scored: 3, groupsOmitted: 0 });
    expect(report.groups.map(({ by, key, horizonMs, scores }) => [by, key, horizonMs / HOUR, scores.n])).toEqual([
      ['overall', null, 0, 2],
      ['overall', null, 24, 1],
      ['category', 'sport', 0, 1],
      ['category', 'sport', 24, 1],
      ['category', 'weather', 0, 1],
      ['market', 'a', 0, 1],
      ['market', 'a', 24, 1],
      ['market', 'b', 0, 1],
    ]);
    expect(report.groups[0]!.scores.brierBinary).toBeCloseTo((0.04 + 0.49) / 2, 12);
    expect(report.groups[1]!.scores.brierBinary).toBeCloseTo(0.16, 12);
  });

  it('scores YES alone in a binary market, and every outcome where there are more', () => {
    const multi = sample('m', { prices: [0.3, 0.5, 0.4], payouts: [0, 1, 0], ordered: true });
    const [group] = calibrationReport([sample('a', { prices: [0.8, 0.23] }), multi]).groups;
    const [f0, f1, f2] = [0.3 / 1.2, 0.5 / 1.2, 0.4 / 1.2];
    const squares = f0 ** 2 + (1 - f1) ** 2 + f2 ** 2;
    expect(group).toMatchObject({ scaled: 1, scores: { n: 2, pairs: 4 } });
    expect(group!.scores.brierBinary).toBeCloseTo((0.04 + squares) / 4, 12);
    expect(group!.scores.brierMulti).toBeCloseTo((0.08 + squares) / 2, 12);
    expect(group!.scores.logScore.mean).toBeCloseTo(-(Math.log(0.8) + Math.log(f1)) / 2, 12);
    expect(group!.scores.ranked!.rps).toBeCloseTo((f0 ** 2 + f2 ** 2) / 2, 12);
  });

  it('excludes what is no forecast, and counts it', () => {
    const report = calibrationReport([
      sample('void', { payouts: [0, 0] }),
      sample('new', { prices: [null, null] }),
      sample('thin', { prices: [0.5, null, 0.2], payouts: [0, 0, 1] }),
      sample('flat', { prices: [0, 0, 0], payouts: [0, 0, 1] }),
      sample('late', { resolvedAt: CLOSE - HOUR }),
    ]);
    expect(report).toEqual({
      version: 1,
      scored: 0,
      excluded: { voided: 1, unpriced: 3, afterOutcome: 1 },
      groups: [],
      groupsOmitted: 0,
    });
  });

  it('keeps a market that was resolved early at the horizons before that', () => {
    const early = { resolvedAt: CLOSE - HOUR };
    const report = calibrationReport([sample('a', early), sample('a', { ...early, horizonMs: 24 * HOUR })]);
    expect(report.groups.map(({ horizonMs }) => horizonMs)).toEqual([24 * HOUR]);
  });

  it('scores a market that is closed and resolved in one millisecond', () => {
    expect(calibrationReport([sample('a', { resolvedAt: CLOSE })]).scored).toBe(1);
    expect(calibrationReport([sample('a', { resolvedAt: CLOSE - 1 })]).excluded.afterOutcome).toBe(1);
  });

  it('takes partial resolutions as they are', () => {
    const [group] = calibrationReport([sample('half', { payouts: [0.5, 0.5] })]).groups;
    expect(group!.scores).toMatchObject({ fractional: 1, baseRate: 0.5, skill: null });
    expect(group!.scores.brierBinary).toBeCloseTo(0.09, 12);
  });

  it('averages over time where there are daily prices', () => {
    const daily = {
      days: 2,
      prices: [
        { day: 0, prices: [0.5, 0.5] },
        { day: 1, prices: [0.9, 0.1] },
      ],
    };
    const [group] = calibrationReport([sample('a', { daily }), sample('b')]).groups;
    expect(group!.timeAveraged!.n).toBe(1);
    expect(group!.timeAveraged!.brierMulti).toBeCloseTo((0.5 + 0.02) / 2, 12);
  });

  it('keeps the markets that closed last when there are too many, and the overall groups', () => {
    const samples = Array.from({ length: CALIBRATION_GROUPS_MAX + 4 }, (_, i) =>
      sample(`m${String(i).padStart(5, '0')}`, { closeTime: CLOSE + i, resolvedAt: CLOSE + HOUR }),
    );
    const { groups, groupsOmitted } = calibrationReport(samples, { by: ['overall', 'market'] });
    expect(groups).toHaveLength(CALIBRATION_GROUPS_MAX);
    expect(groupsOmitted).toBe(5);
    expect(groups[0]).toMatchObject({ by: 'overall', closeTimeFirst: CLOSE, scores: { n: samples.length } });
    expect(groups[1]!.key).toBe('m00005');
  });

  it.each([
    ['a market twice at one horizon', [sample('a'), sample('a')]],
    ['a price above 1', [sample('a', { prices: [1.2, 0] })]],
    ['payouts that do not sum to 1', [sample('a', { payouts: [1, 1] })]],
    ['a missing payout', [sample('a', { payouts: [1] })]],
  ])('refuses %s', (_, samples) => {
    expect(() => calibrationReport(samples)).toThrow(RangeError);
  });
});
