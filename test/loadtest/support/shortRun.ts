import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { givenExchange } from '../../../loadtest/exchange.ts';
import { findK6, HOW_TO_INSTALL } from '../../../loadtest/k6Binary.ts';
import { loadtest } from '../../../loadtest/loadtest.ts';
import { readOptions } from '../../../loadtest/options.ts';
import { Progress } from '../../../loadtest/progress.ts';
import type { Report } from '../../../loadtest/report/report.ts';
import type { ScenarioName } from '../../../loadtest/scenarios.ts';
import { type Exchange, temporaryDirectory } from '../../support/exchangeProcess.ts';

/** Where it is missing the tests that need it are skipped, and say so. */
export const k6 = findK6(process.env);
if (k6 === undefined) process.stderr.write(`load tests are skipped. ${HOW_TO_INSTALL}\n`);

const SECONDS = 1.5;
/** For machines that do much else. */
export const TIMEOUT_MS = 240_000;
/** Speed is nothing that these runs judge. */
const LATENCY_MS = '60000';
/** How long what a tampered run waits for in vain may keep it. */
const ANSWERS_MS = '4000';

const quiet = new Progress({ write: () => true, isTTY: false });
let runs = 0;

/** A scenario for two seconds, against this exchange or, at `url`, what stands before it. */
export async function shortRun(
  exchange: Exchange,
  scenario: ScenarioName,
  { url = exchange.url, prefix = `run${runs++}`, rate = 80 }: { url?: string; prefix?: string; rate?: number } = {},
): Promise<Report> {
  if (k6 === undefined) throw new Error('there is no k6');
  const { username, password } = exchange.operator();
  const args = [scenario, '--vus=2', '--sockets=4', `--duration=${SECONDS}s`, `--rate=${rate}`, '--markets=4'];
  const env = { BRIER_P95_MS: LATENCY_MS, BRIER_P99_MS: LATENCY_MS, BRIER_ANSWERS_MS: ANSWERS_MS };
  const options = readOptions([...args, '--seed=1', `--prefix=${prefix}`], env, 0);
  if (options === 'help') throw new Error('not a run');
  const out = join(temporaryDirectory(), 'out');
  mkdirSync(out);
  const given = givenExchange(url, { BRIER_ADMIN_USERNAME: username, BRIER_ADMIN_PASSWORD: password });
  return loadtest(options, { exchange: given, k6, out, progress: quiet, stop: new AbortController().signal });
}

/** The thresholds that do not hold, by their names. */
export const brokenOf = ({ thresholds }: Report): string[] =>
  thresholds.filter(({ ok }) => !ok).map(({ metric }) => metric);
