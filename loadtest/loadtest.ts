import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createAccounts, holdings, operatorOf } from './accounts.ts';
import { checkConservation } from './conservation.ts';
import { CpuSampler } from './cpu.ts';
import type { Exchange } from './exchange.ts';
import type { Plan } from './k6/run/plan.ts';
import type { K6 } from './k6Binary.ts';
import { runK6 } from './k6Run.ts';
import { createMarkets } from './markets.ts';
import type { LoadtestOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { type Report, reportOf } from './report/report.ts';
import { SCENARIOS } from './scenarios.ts';
import { Series } from './series.ts';

/** What a run needs besides its options. */
export interface Surroundings {
  exchange: Exchange;
  k6: K6;
  /** An existing folder. */
  out: string;
  progress: Progress;
  /** Ends k6 and then the run, which rejects. */
  stop: AbortSignal;
}

/** Accounts and markets are made, k6 loads, markets end, money is counted, the reports are written. */
export async function loadtest(options: LoadtestOptions, around: Surroundings): Promise<Report> {
  const { exchange, k6, out, progress, stop } = around;
  const { scenario, prefix, vus, sockets } = options;
  const operator = await operatorOf(exchange.url, exchange.operator);
  const accounts = await progress.during('accounts', () =>
    createAccounts({ url: exchange.url, operator, prefix }, vus * sockets),
  );
  const markets = await progress.during('markets', () =>
    createMarkets(operator, {
      prefix,
      count: options.markets,
      manyOutcomesEvery: SCENARIOS[scenario].manyOutcomesEvery,
    }),
  );
  const { balance: before } = await holdings(accounts);
  const plan: Plan = {
    scenario,
    url: exchange.url,
    vus,
    sockets,
    durationMs: options.seconds * 1000,
    rate: options.rate,
    window: options.window,
    limits: { p95Ms: options.p95Ms, p99Ms: options.p99Ms, errorRate: options.errorRate },
    answersMs: options.answersMs,
    seed: options.seed,
    accounts: accounts.map(({ api: _, ...account }) => account),
    markets,
  };
  mkdirSync(out, { recursive: true });
  const planFile = join(out, 'plan.json');
  const summaryFile = join(out, 'k6-summary.json');
  // It holds passwords, if only of accounts without a future.
  writeFileSync(planFile, JSON.stringify(plan), { mode: 0o600 });
  stop.throwIfAborted();
  const series = new Series();
  const startedAt = Date.now();
  const process = runK6(k6, { scenario, planFile, summaryFile }, (line) => series.add(line));
  stop.addEventListener('abort', () => process.stop());
  const cpu = new CpuSampler({ k6: process.pid, exchange: exchange.pid, postgres: exchange.postgresPid });
  const result = await progress.watch({ series, cpu, ended: process.ended, seconds: options.seconds });
  cpu.stop();
  stop.throwIfAborted();
  const conservation = await progress.during('settlement', () =>
    checkConservation(operator, { accounts, markets, before }),
  );
  return reportOf({
    options,
    k6: k6.version,
    url: exchange.url,
    startedAt,
    cores: availableParallelism(),
    seconds: series.seconds,
    cpu: cpu.samples,
    result,
    conservation,
  });
}
