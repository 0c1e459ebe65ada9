import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditView } from '../../src/protocol/httpViews.ts';
import type { HttpClient } from '../../src/sdk/index.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import type { GeneratedOrder } from './support/generate.ts';
import { generatedFolder, operatorClient, startReplay, traces } from './support/replayProcess.ts';

const ORDERS = 1200;

const { folder, orders } = generatedFolder(ORDERS);
let exchange: Exchange;
let operator: HttpClient;

beforeAll(async () => {
  exchange = await startExchange();
  operator = await operatorClient(exchange);
});
afterAll(() => exchange?.stop());

test('a folder without data ends it with one line, before anything is sent', async () => {
  const nowhere = join(folder, 'nowhere');
  const { code, stderr } = await startReplay(exchange, nowhere, 'none').ended;
  const questions = join(nowhere, 'questions.csv');
  expect([code, stderr]).toEqual([2, `neither ${questions} nor ${questions}.gz exists\n`]);
});

const replay = (prefix: string) => startReplay(exchange, folder, prefix);
const tracesOf = (prefix: string) => traces(exchange, folder, prefix);

const TIMEOUT_MS = 240_000;

test(
  'a replay fills what a naive book fills, keeps every micro, and settles as the questions ended',
  async () => {
    const { orders: counts, fills, volume, money, calibration } = await replay('whole').report();
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
    // The question of three outcomes has one that nobody traded.
    expect(calibration.scored).toBe(2);
  },
  TIMEOUT_MS,
);

test(
  'killed in the middle and run again, it ends as if nothing had happened',
  async () => {
    const knownOrders = async (): Promise<number> => auditView.parse(await operator.get('/audit')).orders;
    const before = await knownOrders();
    const first = replay('killed');
    while ((await knownOrders()) < before + 100) await turn();
    await first.kill();
    const { orders: counts } = await replay('killed').report();
    expect(counts.duplicates).toBeGreaterThan(0);
    expect(counts.accepted).toBeGreaterThan(0);
    expect(counts.sent + counts.notSentAgain).toBe(ORDERS);
    expect(await tracesOf('killed')).toEqual(await tracesOf('whole'));
    // Everything is done: a third run changes and sends nothing.
    expect((await replay('killed').report()).orders.sent).toBe(0);
    expect(await tracesOf('killed')).toEqual(await tracesOf('whole'));
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
