import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { operatorOf } from '../../loadtest/replay/people.ts';
import { auditView, tradesView } from '../../src/protocol/httpViews.ts';
import { type HttpClient, http } from '../../src/sdk/index.ts';
import { type Exchange, startExchange, temporaryDirectory } from '../support/exchangeProcess.ts';
import { type GeneratedOrder, generate } from './support/generate.ts';

const REPLAY = fileURLToPath(new URL('../../loadtest/replay/replay.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
const ORDERS = 1200;

let exchange: Exchange;
let operator: HttpClient;
let folder: string;
let orders: GeneratedOrder[];

beforeAll(async () => {
  folder = join(temporaryDirectory(), 'data');
  mkdirSync(folder);
  const generated = generate(ORDERS);
  orders = generated.orders;
  writeFileSync(join(folder, 'questions.csv'), generated.questionsCsv);
  writeFileSync(join(folder, 'batch_limit_orders.csv'), generated.ordersCsv);
  exchange = await startExchange();
  operator = await operatorOf({ url: exchange.url, operator: exchange.operator(), output: [], stop: async () => {} });
});
afterAll(() => exchange.stop());

const settlementsFile = (prefix: string): string => join(folder, `${prefix}.csv`);

/** `npm run replay` as a process of its own. */
function startReplay(prefix: string): { killed: () => Promise<void>; finished: () => Promise<z.infer<typeof report>> } {
  const { username, password } = exchange.operator();
  const child = spawn(
    process.execPath,
    ['--import', TSX, REPLAY, folder, '--url', exchange.url, '--prefix', prefix]
      .concat([`--admin-username=${username}`, `--admin-password=${password}`])
      .concat(['--settlements', settlementsFile(prefix), '--json']),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const ended = once(child, 'close');
  return {
    killed: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    finished: async () => {
      const [code] = await ended;
      expect(code, err).toBe(0);
      return report.parse(JSON.parse(out));
    },
  };
}

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

/** What all traders of the world see of a replay: the trades of each market, and what its settlement paid. */
async function traces(prefix: string): Promise<unknown[]> {
  const settlements = readFileSync(settlementsFile(prefix), 'utf8').replaceAll(`${prefix}-`, '');
  const markets = settlements.trim().split('\n').slice(1);
  const trades = markets.map(async (line) => {
    const path = `/markets/${prefix}-${line.split(',')[0]}/trades?limit=500`;
    const view = tradesView.parse(await http(exchange.url).get(path));
    return view.trades.map(({ outcome, price, size, side }) => `${outcome} ${side} ${size} at ${price}`);
  });
  return [settlements, ...(await Promise.all(trades))];
}

const TIMEOUT_MS = 240_000;

test(
  'a replay fills what a naive book fills, keeps every micro, and settles as the questions ended',
  async () => {
    const { orders: counts, fills, volume, money, calibration } = await startReplay('whole').finished();
    const refused = orders.filter(({ size }) => size === 0).length;
    expect(counts).toEqual({
      sent: ORDERS,
      accepted: ORDERS - refused,
      duplicates: 0,
      notSentAgain: 0,
      rejected: { SIZE_INVALID: refused },
      unmappable: { UNKNOWN_QUESTION: 1 },
    });
    expect({ fills, ...volume }).toEqual(naiveFills(orders));
    expect(money.after.total).toBe(money.before.total);
    expect(calibration.excluded.voided).toBe(1);
    expect(calibration.scored).toBe(3);
  },
  TIMEOUT_MS,
);

test(
  'killed in the middle and run again, it ends as if nothing had happened',
  async () => {
    const knownOrders = async (): Promise<number> => auditView.parse(await operator.get('/audit')).orders;
    const before = await knownOrders();
    const first = startReplay('killed');
    while ((await knownOrders()) < before + 100) await turn();
    await first.killed();
    const { orders: counts } = await startReplay('killed').finished();
    expect(counts.duplicates).toBeGreaterThan(0);
    expect(counts.accepted).toBeGreaterThan(0);
    expect(counts.sent + counts.notSentAgain).toBe(ORDERS);
    expect(await traces('killed')).toEqual(await traces('whole'));
    // Everything is done: a third run changes and sends nothing.
    expect((await startReplay('killed').finished()).orders.sent).toBe(0);
    expect(await traces('killed')).toEqual(await traces('whole'));
  },
  TIMEOUT_MS,
);

/** Price, then time, with a sorted list: what the replay must come to. */
function naiveFills(sent: GeneratedOrder[]): { fills: number; shares: number; dollars: number } {
  const total = { fills: 0, shares: 0, cents: 0 };
  const resting: GeneratedOrder[] = [];
  for (const order of sent) {
    const taker = { ...order };
    const sign = taker.side === 'buy' ? 1 : -1;
    while (taker.size > 0) {
      const maker = resting
        .filter(({ book, side, size, cents }) => {
          return book === taker.book && side !== taker.side && size > 0 && sign * (taker.cents - cents) >= 0;
        })
        .sort((a, b) => sign * (a.cents - b.cents))[0];
      if (maker === undefined) break;
      const size = Math.min(taker.size, maker.size);
      taker.size -= size;
      maker.size -= size;
      total.fills += 1;
      total.shares += size;
      total.cents += size * maker.cents;
    }
    resting.push(taker);
  }
  return { fills: total.fills, shares: total.shares, dollars: total.cents / 100 };
}
