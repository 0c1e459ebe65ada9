import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reliabilityBins } from '../../src/jobs/calibration/bins.ts';
import { brierBinary, brierMulti } from '../../src/jobs/calibration/brier.ts';
import type { BinaryForecast } from '../../src/jobs/calibration/forecast.ts';
import { logScore } from '../../src/jobs/calibration/logScore.ts';
import { rankedProbabilityScore } from '../../src/jobs/calibration/rankedProbability.ts';
import { scoreReport } from '../../src/jobs/calibration/scoreReport.ts';
import { timeAveragedBrier } from '../../src/jobs/calibration/timeAveraged.ts';
import { wilson95 } from '../../src/jobs/calibration/wilson.ts';
import { nflGames, parseCsv, worldCupMatches } from './fiveThirtyEight.ts';

interface Pairs {
  p: number[];
  y: number[];
}
interface Summary {
  n: number;
  base_rate: number;
  brier: number;
  brier_2class: number;
  log_loss_nat: number;
  skill_vs_base: number;
  uncertainty: number;
  murphy10: { reliability: number; resolution: number; within_bin_var: number; within_bin_cov: number };
  ece10: number;
  mce10: number;
  corp: { MCB: number; DSC: number; UNC: number; n_blocks: number };
  bins: { bin: number; n: number; mean_pred: number; obs: number; wilson95: [number, number] }[];
}
interface Vectors {
  sklearn_doc_brier: Pairs & { brier: number };
  sklearn_doc_logloss: Pairs & { log_loss: number };
  sklearn_doc_calibration_curve: Pairs & { n_bins: number; prob_true: number[]; prob_pred: number[] };
  brier_1950_table: Pairs & { two_class_score: number };
  multiclass: { f: number[]; outcome_index: number; brier_0_to_2: number; ordinal_brier: number };
  wilson: { k: number; n: number; ci95: [number, number] }[];
  time_averaged: {
    days: number;
    forecasts: [number, number][];
    outcome: number;
    mean_daily_brier_2class: number;
  };
  niamey_EMOS: Summary;
  '538_nfl_games_team1': Summary;
  '538_worldcup_men_3way': { n: number; brier_0_to_2: number; log_loss: number; rps: number };
  predictit_close_7d: Summary;
  predictit_close_30d: Summary;
  predictit_close_90d: Summary;
  intrade08_eve_close: Summary;
  intrade12_eve_close: Summary;
}

const TOLERANCE = 1e-12;
const vectorsUrl = new URL('../../../shared/math/scoring_vectors.json', import.meta.url);
const niameyUrl = new URL('../../../shared/data/calibration/precip_Niamey_2016.csv', import.meta.url);

function near(actual: number, expected: number, what = ''): void {
  expect(Math.abs(actual - expected), `${what} ${actual} is not ${expected}`).toBeLessThanOrEqual(TOLERANCE);
}

function paired({ p, y }: Pairs): BinaryForecast[] {
  return p.map((probability, i) => ({ p: probability, y: y[i]! }));
}

function expectSummary(forecasts: readonly BinaryForecast[], expected: Summary): void {
  const report = scoreReport(forecasts);
  expect(report.n).toBe(expected.n);
  near(report.baseRate, expected.base_rate, 'base rate');
  near(report.brierBinary, expected.brier, 'brierBinary');
  near(report.brierMulti, expected.brier_2class, 'brierMulti');
  near(report.logScore.mean, expected.log_loss_nat, 'log score');
  expect(report.logScore.clipped).toBe(0);
  near(report.skill!, expected.skill_vs_base, 'skill');
  near(report.murphy.uncertainty, expected.uncertainty, 'uncertainty');
  near(report.murphy.reliability, expected.murphy10.reliability, 'reliability');
  near(report.murphy.resolution, expected.murphy10.resolution, 'resolution');
  near(report.murphy.withinBinVariance, expected.murphy10.within_bin_var, 'within-bin variance');
  near(report.murphy.withinBinCovariance, expected.murphy10.within_bin_cov, 'within-bin covariance');
  near(report.ece, expected.ece10, 'ECE');
  near(report.mce, expected.mce10, 'MCE');
  near(report.corp.mcb, expected.corp.MCB, 'MCB');
  near(report.corp.dsc, expected.corp.DSC, 'DSC');
  near(report.corp.unc, expected.corp.UNC, 'UNC');
  expect(report.corp.blocks).toBe(expected.corp.n_blocks);
  expect(report.bins.map(({ bin, n }) => [bin, n])).toEqual(expected.bins.map(({ bin, n }) => [bin, n]));
  report.bins.forEach((bin, i) => {
    near(bin.meanForecast, expected.bins[i]!.mean_pred, `bin ${bin.bin} mean`);
    near(bin.observed, expected.bins[i]!.obs, `bin ${bin.bin} observed`);
    near(bin.wilson95[0], expected.bins[i]!.wilson95[0], `bin ${bin.bin} lower`);
    near(bin.wilson95[1], expected.bins[i]!.wilson95[1], `bin ${bin.bin} upper`);
  });
}

describe.skipIf(!existsSync(vectorsUrl))('published and recomputed scoring vectors', () => {
  const vectors: Vectors = existsSync(vectorsUrl) ? JSON.parse(readFileSync(vectorsUrl, 'utf8')) : {};

  it('scores the Brier example of the scikit-learn documentation', () => {
    near(brierBinary(paired(vectors.sklearn_doc_brier)), vectors.sklearn_doc_brier.brier);
  });

  it('scores the log loss example of the scikit-learn documentation', () => {
    near(logScore(paired(vectors.sklearn_doc_logloss)).mean, vectors.sklearn_doc_logloss.log_loss);
  });

  it('draws the calibration curve of the scikit-learn documentation', () => {
    const { n_bins, prob_true, prob_pred } = vectors.sklearn_doc_calibration_curve;
    const bins = reliabilityBins(paired(vectors.sklearn_doc_calibration_curve), n_bins);
    expect(bins).toHaveLength(prob_true.length);
    bins.forEach((bin, i) => {
      near(bin.observed, prob_true[i]!);
      near(bin.meanForecast, prob_pred[i]!);
    });
  });

  it('scores the rain forecasts of Brier (1950) on the 0–2 scale', () => {
    near(brierMulti(paired(vectors.brier_1950_table)), vectors.brier_1950_table.two_class_score);
  });

  it('scores many outcomes, unordered and ordered', () => {
    const { f, outcome_index, brier_0_to_2, ordinal_brier } = vectors.multiclass;
    near(brierMulti([{ f, outcome: outcome_index }]), brier_0_to_2);
    near(scoreReport([{ f, outcome: outcome_index, ordered: true }]).ranked!.ordinalBrier, ordinal_brier);
  });

  it('gives the Wilson intervals', () => {
    for (const { k, n, ci95 } of vectors.wilson) {
      const [lower, upper] = wilson95(k, n);
      near(lower, ci95[0], `${k} of ${n} lower`);
      near(upper, ci95[1], `${k} of ${n} upper`);
    }
  });

  it('averages over days with forecasts carried forward', () => {
    const { days, forecasts, outcome, mean_daily_brier_2class } = vectors.time_averaged;
    const history = { days, forecasts: forecasts.map(([day, p]) => ({ day, f: [p, 1 - p] })) };
    const result = timeAveragedBrier(history, [outcome, 1 - outcome])!;
    near(result.brierMulti, mean_daily_brier_2class);
    expect(result.daysScored).toBe(days);
  });

  it.skipIf(!existsSync(niameyUrl))('reports on rain in Niamey, EMOS column', () => {
    const rows = parseCsv(readFileSync(niameyUrl, 'utf8'));
    expectSummary(
      rows.map((row) => ({ p: Number(row.EMOS), y: Number(row.obs) })),
      vectors.niamey_EMOS,
    );
  });

  it('reports on NFL games, ties left out', () => {
    expectSummary(
      nflGames().filter(({ y }) => y === 0 || y === 1),
      vectors['538_nfl_games_team1'],
    );
  });

  it('reports on World Cup matches, three ordered outcomes', () => {
    const expected = vectors['538_worldcup_men_3way'];
    const forecasts = worldCupMatches();
    expect(forecasts).toHaveLength(expected.n);
    near(brierMulti(forecasts), expected.brier_0_to_2);
    near(logScore(forecasts).mean, expected.log_loss);
    near(rankedProbabilityScore(forecasts), expected.rps);
  });

  // The raw prices behind these are not public, so only what follows from the numbers themselves can be checked.
  it.each([
    'predictit_close_7d',
    'predictit_close_30d',
    'predictit_close_90d',
    'intrade08_eve_close',
    'intrade12_eve_close',
  ] as const)('agrees with the numbers of %s among themselves', (name) => {
    const expected = vectors[name];
    const { murphy10: murphy, corp, bins } = expected;
    let reliability = 0;
    let resolution = 0;
    let ece = 0;
    for (const { n, mean_pred, obs, wilson95: interval } of bins) {
      const [lower, upper] = wilson95(Math.round(obs * n), n);
      near(lower, interval[0]);
      near(upper, interval[1]);
      reliability += (n * (mean_pred - obs) ** 2) / expected.n;
      resolution += (n * (obs - expected.base_rate) ** 2) / expected.n;
      ece += (n * Math.abs(mean_pred - obs)) / expected.n;
    }
    near(reliability, murphy.reliability, 'reliability');
    near(resolution, murphy.resolution, 'resolution');
    near(ece, expected.ece10, 'ECE');
    const parts = murphy.reliability - murphy.resolution + expected.uncertainty;
    near(parts + murphy.within_bin_var - murphy.within_bin_cov, expected.brier, 'Murphy');
    near(corp.MCB - corp.DSC + corp.UNC, expected.brier, 'CORP');
    near(expected.base_rate * (1 - expected.base_rate), expected.uncertainty, 'uncertainty');
    near(1 - expected.brier / expected.uncertainty, expected.skill_vs_base, 'skill');
    near(2 * expected.brier, expected.brier_2class, '0–2 scale');
  });
});
