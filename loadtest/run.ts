import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { givenExchange, startExchange } from './exchange.ts';
import { findK6, HOW_TO_INSTALL } from './k6Binary.ts';
import { loadtest } from './loadtest.ts';
import { HELP, type LoadtestOptions, readOptions } from './options.ts';
import { Progress } from './progress.ts';
import { writeReports } from './report/report.ts';
import { reportText } from './report/text.ts';

/** `npm run loadtest -- SCENARIO`: `--help` says what it does. */

const NO_K6 = 3;
/** A terminal and npm may both tell of one Ctrl-C. */
const SAME_SIGNAL_MS = 500;
const OUT = fileURLToPath(new URL('out/', import.meta.url));

async function main(args: string[]): Promise<number> {
  const options = readOptionsOrSay(args);
  if (options === undefined) return 2;
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const k6 = findK6(process.env);
  if (k6 === undefined) {
    process.stderr.write(`${HOW_TO_INSTALL}\n`);
    return NO_K6;
  }
  const progress = new Progress();
  const out = resolve(options.out ?? join(OUT, `${options.scenario}-${timestamp(new Date())}`));
  mkdirSync(out, { recursive: true });
  const stopping = stopOnSignals();
  const exchange =
    options.url === undefined
      ? await progress.during('starting an exchange', startExchange)
      : givenExchange(options.url, process.env);
  try {
    const report = await loadtest(options, { exchange, k6, out, progress, stop: stopping.signal });
    const files = writeReports(out, report);
    process.stdout.write(`${reportText(report)}\n${files.map((file) => `${file}\n`).join('')}`);
    return report.passed ? 0 : 1;
  } catch (error) {
    if (stopping.signal.aborted) return stopping.code();
    if (exchange.output.length > 0) process.stderr.write(`\nthe exchange said last:\n${exchange.output.join('\n')}\n`);
    throw error;
  } finally {
    rmSync(join(out, 'plan.json'), { force: true });
    await exchange.stop();
  }
}

/** Ctrl-C ends everything: k6 first, then the exchange, then this process. A second one does not wait. */
function stopOnSignals(): { signal: AbortSignal; code(): number } {
  const controller = new AbortController();
  let stoppingAt = 0;
  let exitCode = 0;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        if (performance.now() - stoppingAt > SAME_SIGNAL_MS) process.exit(code);
        return;
      }
      stoppingAt = performance.now();
      exitCode = code;
      process.stderr.write(`\n${signal}: stopping\n`);
      controller.abort();
    });
  }
  return { signal: controller.signal, code: () => exitCode };
}

function readOptionsOrSay(args: string[]): LoadtestOptions | 'help' | undefined {
  try {
    return readOptions(args, process.env, Date.now());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n--help explains the options\n`);
    return undefined;
  }
}

/** `20260102-030405`. */
const timestamp = (date: Date): string => date.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);

function failed(error: unknown): void {
  process.stderr.write(`\n${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, failed);
