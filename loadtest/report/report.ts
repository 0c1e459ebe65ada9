import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conservation } from '../conservation.ts';
import type { CpuSample } from '../cpu.ts';
import { type K6Result, type Metrics, THRESHOLDS_FAILED } from '../k6Run.ts';
import type { LoadtestOptions } from '../options.ts';
import type { Second } from '../series.ts';
import { verdictOf } from '../verdict.ts';
import { reportHtml } from './html.ts';
import { utilisationOf } from './utilisation.ts';

/** Everything that a run found out; report.json is this. */
export interface Report {
  passed: boolean;
  scenario: string;
  /** `http://host:port` of the exchange. */
  url: string;
  k6: string;
  startedAt: number;
  cores: number;
  options: Omit<LoadtestOptions, 'url' | 'out' | 'scenario'>;
  verdict: ReturnType<typeof verdictOf>;
  thresholds: Threshold[];
  conservation: Conservation;
  metrics: Metrics;
  seconds: Second[];
  cpu: CpuSample[];
  notes: string[];
}

export interface Threshold {
  metric: string;
  /** `count==0`, `p(99)<=2500`. */
  rule: string;
  /** What it was. */
  value: string;
  ok: boolean;
}

export function reportOf(run: {
  options: LoadtestOptions;
  k6: string;
  url: string;
  startedAt: number;
  cores: number;
  seconds: Second[];
  cpu: CpuSample[];
  result: K6Result;
  conservation: Conservation;
}): Report {
  const { url: _url, out: _out, scenario, ...options } = run.options;
  const { result, conservation } = run;
  const { metrics, notes } = result;
  const thresholds = [...thresholdsOf(metrics), ...moneyThresholds(conservation), ...runThresholds(result)];
  return {
    passed: thresholds.every(({ ok }) => ok),
    scenario,
    url: run.url,
    k6: run.k6,
    startedAt: run.startedAt,
    cores: run.cores,
    options,
    verdict: verdictOf(utilisationOf(run)),
    thresholds,
    conservation,
    metrics,
    seconds: run.seconds,
    cpu: run.cpu,
    notes,
  };
}

/** Writes report.json and report.html; their paths. */
export function writeReports(out: string, report: Report): string[] {
  const files = [join(out, 'report.json'), join(out, 'report.html')] as const;
  writeFileSync(files[0], `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(files[1], reportHtml(report));
  return [...files];
}

function thresholdsOf(metrics: Metrics): Threshold[] {
  return Object.entries(metrics).flatMap(([metric, { values, thresholds = {} }]) =>
    Object.entries(thresholds).map(([rule, { ok }]) => {
      const [name = ''] = rule.split(/[<>=!]/);
      const value = values[name];
      return { metric, rule, value: value === undefined ? '–' : String(Math.round(value * 1000) / 1000), ok };
    }),
  );
}

const moneyThresholds = ({ before, after, leftOver, exchangeConserved }: Conservation): Threshold[] => [
  { metric: 'balances', rule: `sum==${before}`, value: after, ok: before === after },
  { metric: 'positions_and_orders_left', rule: 'count==0', value: String(leftOver), ok: leftOver === 0 },
  {
    metric: 'exchange_audit',
    rule: 'held==paid in',
    value: exchangeConserved ? 'equal' : 'not equal',
    ok: exchangeConserved,
  },
];

/** A run whose k6 failed has proved nothing, whatever its thresholds say. */
const runThresholds = ({ code, metrics }: K6Result): Threshold[] => [
  {
    metric: 'k6_exit_code',
    rule: `0 or ${THRESHOLDS_FAILED}`,
    value: String(code),
    ok: (code === 0 || code === THRESHOLDS_FAILED) && Object.keys(metrics).length > 0,
  },
];
