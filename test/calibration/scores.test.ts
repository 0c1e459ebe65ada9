import { describe, expect, it } from 'vitest';
import { brierBinary, brierMulti } from '../../src/jobs/calibration/brier.ts';
import { CURVE_BLOCKS_MAX, corpDecomposition } from '../../src/jobs/calibration/isotonic.ts';
import { LOG_SCORE_CLIP, logScore } from '../../src/jobs/calibration/logScore.ts';
import { scoreReport } from '../../src/jobs/calibration/scoreReport.ts';
import { timeAveragedBrier } from '../../src/jobs/calibration/timeAveraged.ts';
import { wilson95 } from '../../src/jobs/calibration/wilson.ts';
import { nflGames, worldCupMatches } from './fiveThirtyEight.ts';

describe('real forecasts', () => {
  it('NFL games without ties', () => {
    const report = scoreReport(nflGames().filter(({ y }) => y === 0 || y === 1));
    expect(report).toMatchObject({ n: 1882, pairs: 1882, fractional: 0, ranked: null });
    expect(report.brierBinary).toBeCloseTo(0.22082632811860475, 12);
    expect(report.brierMulti).toBeCloseTo(0.4416526562372095, 12);
    expect(report.logScore.mean).toBeCloseTo(0.6315162289302523, 12);
    expect(report.skill).toBeCloseTo(0.10872182939609709, 12);
    expect(report.ece).toBeCloseTo(0.032302096670174224, 12);
    expect(report.corp.mcb).toBeCloseTo(0.003845888428962718, 12);
    expect(report.corp.blocks).toBe(19);
  });

  it('NFL games with ties, which pay half: uncertainty is the variance of the payouts', () => {
    const { n, fractional, baseRate, murphy } = scoreReport(nflGames());
    expect({ n, fractional }).toEqual({ n: 1889, fractional: 7 });
    expect(murphy.uncertainty).toBeLessThan(baseRate * (1 - baseRate));
  });

  it('World Cup matches: three pairs for each', () => {
    const report = scoreReport(worldCupMatches());
    expect(report).toMatchObject({ n: 176, pairs: 528 });
    expect(report.brierMulti).toBeCloseTo(0.5375319651984524, 12);
    expect(report.brierBinary).toBeCloseTo(0.5375319651984524 / 3, 12);
    expect(report.logScore.mean).toBeCloseTo(0.8991689175282783, 12);
    expect(report.ranked!.rps).toBeCloseTo(0.2040144811329524, 12);
    expect(report.baseRate).toBeCloseTo(1 / 3, 12);
  });
});

describe('log score', () => {
  it('clips what happened although it was called impossible, and says how often', () => {
    const score = logScore([
      { p: 0, y: 1 },
      { p: 0, y: 0 },
      { f: [0, 0.5, 0.5], outcome: 0 },
      { p: LOG_SCORE_CLIP, y: 1 },
    ]);
    expect(score).toMatchObject({ clip: LOG_SCORE_CLIP, clipped: 2 });
    expect(score.mean).toBeCloseTo((3 * -Math.log(LOG_SCORE_CLIP)) / 4, 12);
  });

  it('weighs a partial resolution by its fractions', () => {
    expect(logScore([{ p: 0.5, y: 0.25 }]).mean).toBeCloseTo(Math.LN2, 12);
  });
});

describe('time average', () => {
  it('skips days before the first forecast, keeps the last of a day, ignores days after the end', () => {
    const forecasts = [
      { day: 4, f: [0.9, 0.1] },
      { day: 2, f: [0, 1] },
      { day: 2, f: [0.5, 0.5] },
      { day: 9, f: [0, 1] },
    ];
    const result = timeAveragedBrier({ days: 5, forecasts }, [1, 0])!;
    expect(result.daysScored).toBe(3);
    expect(result.brierMulti).toBeCloseTo((0.5 + 0.5 + 0.02) / 3, 12);
  });

  it('has no value without a forecast', () => {
    expect(timeAveragedBrier({ days: 5, forecasts: [] }, [1, 0])).toBeNull();
  });
});

describe('isotonic curve', () => {
  it('is thinned above its limit, the score is not', () => {
    const n = 2 * CURVE_BLOCKS_MAX + 1;
    const rising = Array.from({ length: n }, (_, i) => ({ p: i / n, y: i / (n - 1) }));
    const { blocks, curve, mcb, dsc, unc } = corpDecomposition(rising);
    expect(blocks).toBe(n);
    expect(curve.length).toBeLessThanOrEqual(CURVE_BLOCKS_MAX);
    expect(curve.reduce((sum, block) => sum + block.n, 0)).toBe(n);
    expect(mcb - dsc + unc).toBeCloseTo(brierBinary(rising), 12);
  });
});

describe('nonsense is refused', () => {
  it.each([
    ['no forecasts', () => scoreReport([])],
    ['no forecasts for the mean', () => brierMulti([])],
    ['a probability above 1', () => brierBinary([{ p: 1.1, y: 1 }])],
    ['a probability that is not a number', () => brierBinary([{ p: Number.NaN, y: 1 }])],
    ['probabilities that do not sum to 1', () => brierMulti([{ f: [0.5, 0.4], outcome: 0 }])],
    ['an outcome that does not exist', () => brierMulti([{ f: [0.5, 0.5], outcome: 2 }])],
    ['payouts for other outcomes', () => brierMulti([{ f: [0.5, 0.5], payouts: [0, 0, 1] }])],
    ['a day before the market', () => timeAveragedBrier({ days: 2, forecasts: [{ day: -1, f: [1, 0] }] }, [1, 0])],
    ['more successes than trials', () => wilson95(3, 2)],
  ])('%s', (_, score) => {
    expect(score).toThrow(RangeError);
  });
});
