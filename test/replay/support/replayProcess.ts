import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { operatorOf } from '../../../loadtest/replay/people.ts';
import { tradesView } from '../../../src/protocol/httpViews.ts';
import { type HttpClient, http } from '../../../src/sdk/index.ts';
import { type Exchange, temporaryDirectory } from '../../support/exchangeProcess.ts';
import { type GeneratedOrder, generate } from './generate.ts';

const REPLAY = fileURLToPath(new URL('../../../loadtest/replay/replay.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

const report = z.object({
  orders: z.object({
    sent: z.int(),
    accepted: z.int(),
    duplicates: z.int(),
    notSentAgain: z.int(),
    rejected: z.record(z.string(), z.int()),
    unmappable: z.record(z.string(), z.int()),
  }),
  fills: z.int(),
  volume: z.object({ shares: z.number(), dollars: z.number() }),
  money: z.object({ before: z.object({ total: z.string() }), after: z.object({ total: z.string() }) }),
  calibration: z.object({ scored: z.int(), excluded: z.record(z.string(), z.int()) }),
});
type Report = z.infer<typeof report>;

/** A folder of `count` generated orders, removed at the end of the test file. */
export function generatedFolder(count: number): { folder: string; orders: GeneratedOrder[] } {
  const folder = join(temporaryDirectory(), 'data');
  mkdirSync(folder);
  const { questionsCsv, ordersCsv, orders } = generate(count);
  writeFileSync(join(folder, 'questions.csv'), questionsCsv);
  writeFileSync(join(folder, 'batch_limit_orders.csv'), ordersCsv);
  return { folder, orders };
}

export const operatorClient = (exchange: Exchange): Promise<HttpClient> =>
  operatorOf({ url: exchange.url, operator: exchange.operator(), output: [], stop: async () => {} });

export interface ReplayProcess {
  /** kill -9, and its end. */
  kill(): Promise<void>;
  /** The exit code, and what was written to stderr. */
  readonly ended: Promise<{ code: number | null; stderr: string }>;
  /** What it reports; rejects with stderr where it failed. */
  report(): Promise<Report>;
}

const settlementsFile = (folder: string, prefix: string): string => join(folder, `${prefix}.csv`);

/** `npm run replay` as a process of its own. */
export function startReplay(exchange: Exchange, folder: string, prefix: string): ReplayProcess {
  const { username, password } = exchange.operator();
  const child = spawn(
    process.execPath,
    ['--import', TSX, REPLAY, folder, '--url', exchange.url, '--prefix', prefix]
      .concat([`--admin-username=${username}`, `--admin-password=${password}`])
      .concat(['--settlements', settlementsFile(folder, prefix), '--json']),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = once(child, 'close').then(([code]) => ({ code, stderr }));
  return {
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    report: async () => {
      const { code } = await ended;
      if (code !== 0) throw new Error(`the replay ended with ${code}\n${stderr}`);
      return report.parse(JSON.parse(stdout));
    },
  };
}

/** What all traders of the world see of a replay: what each market's settlement paid, and its trades. */
export async function traces(exchange: Exchange, folder: string, prefix: string): Promise<unknown[]> {
  const settlements = readFileSync(settlementsFile(folder, prefix), 'utf8').replaceAll(`${prefix}-`, '');
  const markets = settlements.trim().split('\n').slice(1);
  const trades = markets.map(async (line) => {
    const path = `/markets/${prefix}-${line.split(',')[0]}/trades?limit=500`;
    const view = tradesView.parse(await http(exchange.url).get(path));
    return view.trades.map(({ outcome, price, size, side }) => `${outcome} ${side} ${size} at ${price}`);
  });
  return [settlements, ...(await Promise.all(trades))];
}
