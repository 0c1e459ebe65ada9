import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { SecondLine } from './k6/run/plan.ts';
import type { K6 } from './k6Binary.ts';
import type { ScenarioName } from './scenarios.ts';

/** k6’s own values of a metric and whether its thresholds hold. */
const metric = z.object({
  type: z.string(),
  values: z.record(z.string(), z.number()),
  thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
});
const summary = z.object({ metrics: z.record(z.string(), metric) });
export type Metrics = z.infer<typeof summary>['metrics'];

export interface K6Result {
  /** 0, or 99 where a threshold does not hold; anything else is a failure of the run itself. */
  code: number | null;
  /** Empty where k6 did not come to its end. */
  metrics: Metrics;
  /** What scenarios and k6 said besides the lines of the seconds. */
  notes: string[];
}

export interface K6Process {
  readonly pid: number;
  readonly ended: Promise<K6Result>;
  /** Asks it to end as Ctrl-C does; a second time it ends at once. */
  stop(): void;
}

const NOTES_MAX = 200;
const STOP_TIMEOUT_MS = 5000;
/** k6’s own code for thresholds that do not hold. */
export const THRESHOLDS_FAILED = 99;

const scriptOf = (scenario: ScenarioName): string =>
  fileURLToPath(new URL(`k6/scenarios/${scenario}.ts`, import.meta.url));

/** Runs a scenario; `onSecond` hears each VU’s seconds as they end. */
export function runK6(
  k6: K6,
  run: { scenario: ScenarioName; planFile: string; summaryFile: string },
  onSecond: (line: SecondLine) => void,
): K6Process {
  const args = ['run', '--quiet', '--no-color', '--log-format=raw', '--no-usage-report', scriptOf(run.scenario)];
  const child = spawn(k6.path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not in our group: a Ctrl-C on the terminal is ours to pass on.
    detached: true,
    env: { ...process.env, BRIER_LOADTEST_PLAN: run.planFile, BRIER_LOADTEST_SUMMARY: run.summaryFile },
  });
  const notes: string[] = [];
  const hear = (line: string): void => {
    if (line.startsWith('{"vu"')) return onSecond(JSON.parse(line));
    const text = line.startsWith('{"note"') ? z.object({ note: z.string() }).parse(JSON.parse(line)).note : line;
    if (text.trim() !== '' && notes.length < NOTES_MAX) notes.push(text);
  };
  createInterface(child.stdout).on('line', hear);
  createInterface(child.stderr).on('line', hear);
  // Nothing of it stays behind when this process ends, however it does.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<K6Result>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('exit', kill);
      resolve({ code, metrics: readMetrics(run.summaryFile), notes });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    stop: () => {
      child.kill('SIGINT');
      setTimeout(kill, STOP_TIMEOUT_MS).unref();
    },
  };
}

const readMetrics = (file: string): Metrics =>
  existsSync(file) ? summary.parse(JSON.parse(readFileSync(file, 'utf8'))).metrics : {};
