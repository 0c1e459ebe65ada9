import { expect, test } from 'vitest';
import { COMMAND } from '../../src/engines/records/commands.ts';
import { createMarketRecord, payoutsRecord, stepRecord } from '../../src/gateway/services/commandRecords.ts';
import { closeMarket } from '../../src/jobs/closeMarket.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { type Work, workOf } from '../../src/jobs/dueWork.ts';
import type { JobMarket } from '../../src/jobs/ports.ts';
import { NotTaken } from '../../src/jobs/proposals.ts';
import { settleMarket } from '../../src/jobs/settleMarket.ts';
import { EngineDriver } from '../support/engineDriver.ts';
import { DirectPort } from './directPort.ts';

const quiet = async (): Promise<void> => {};

/** A market whose close time has come, with `orders` resting in it. */
function closing(orders: number): { driver: EngineDriver; context: JobContext; market: JobMarket; port: DirectPort } {
  const driver = new EngineDriver();
  const perAccount = 6_000;
  for (let account = 1; (account - 1) * perAccount < orders; account++) driver.open(account);
  driver.createMarket('m', { closeTime: driver.time + 1_000 });
  for (let i = 0; i < orders; i++) driver.place(1 + Math.floor(i / perAccount), 0, { price: 100, size: 1 });
  driver.time += 1_000;
  const port = new DirectPort(driver);
  const context = {
    port,
    markets: port.markets,
    now: () => driver.time,
    stopping: () => false,
    swept: new Set<number>(),
  };
  return { driver, port, context, market: port.markets.markets[0] as JobMarket };
}

test('a close cancels whatever rests, in batches where one command cannot', async () => {
  const { port, context, market, driver } = closing(12_500);
  await closeMarket(context, market);
  expect(market.status).toBe('closed');
  expect(driver.account(1)).toMatchObject({ held: 0, orders: [] });
  expect(driver.account(3)).toMatchObject({ held: 0, orders: [] });
  expect(port.kinds).toEqual([COMMAND.CLOSE, ...[1, 2, 3].map(() => COMMAND.SWEEP_ORDERS)]);
  // What market data counts stands still since the close; the job remembers.
  await closeMarket(context, market);
  expect(port.kinds).toHaveLength(4);
  expect(workOf(market, context.swept.has(0))).toEqual([]);
});

test('a close that somebody else has done is done', async () => {
  const { port, context, market, driver } = closing(1);
  port.before = () => {
    port.before = () => {};
    driver.step('CLOSE', 0);
  };
  // Market data has not heard of it yet: looking for resting orders once more does no harm.
  await expect(closeMarket(context, market)).resolves.toBeUndefined();
  expect(port.kinds).toEqual([COMMAND.CLOSE, COMMAND.SWEEP_ORDERS]);
});

test('nothing is closed before its time', async () => {
  const { port, context, market, driver } = closing(1);
  driver.time -= 1;
  await closeMarket(context, market);
  expect(port.kinds).toEqual([]);
});

test('a settlement that the engine’s clock does not allow yet is tried again, and done once', async () => {
  const { driver, context, port } = closing(0);
  const definition = JSON.stringify({ title: 'n', criteria: 'n', criteriaHash: 'ab', outcomes: ['YES', 'NO'] });
  const terms = { slug: 'n', definition, type: 0, outcomes: 2, tickSize: 100, liquidity: 0, disputeWindowMs: 1_000 };
  await port.request(createMarketRecord(port, 0, { ...terms, closeTime: driver.time + 1_000 }));
  const market = port.markets.bySlug('n') as JobMarket;
  await port.request(stepRecord(port, 'CLOSE', 0, market.market));
  await port.request(payoutsRecord(port, 'RESOLVE', 0, market.market, [10_000, 0]));
  await expect(settleMarket(context, market, quiet)).resolves.toBeNull();
  const ahead = { ...context, now: () => driver.time + 2_000 };
  await expect(settleMarket(ahead, market, quiet)).rejects.toThrow(NotTaken);
  driver.time += 1_000;
  await expect(settleMarket(context, market, quiet)).resolves.toBe(port.seq);
  await expect(settleMarket(context, market, quiet)).resolves.toBeNull();
  expect(market).toMatchObject({ status: 'resolved', settlementDone: true });
});

test('a job of a process that stops sends nothing more', async () => {
  const { port, context, market } = closing(12_500);
  await closeMarket({ ...context, stopping: () => true }, market);
  expect(port.kinds).toEqual([COMMAND.CLOSE]);
});

const base = { closeTime: 5_000, disputeUntil: 9_000, openOrders: 0, settlementDone: false };
const cases: [string, Partial<JobMarket>, Work[]][] = [
  ['open', { status: 'open' }, [{ job: 'close', at: 5_000 }]],
  ['halted', { status: 'halted', openOrders: 3 }, [{ job: 'close', at: 5_000 }]],
  ['closed', { status: 'closed' }, []],
  ['closed with orders', { status: 'closed', openOrders: 3 }, [{ job: 'close', at: 0 }]],
  ['disputed', { status: 'disputed' }, []],
  ['proposed', { status: 'proposed' }, [{ job: 'settle', at: 9_000 }]],
  [
    'proposed with orders',
    { status: 'proposed', openOrders: 3 },
    [
      { job: 'close', at: 0 },
      { job: 'settle', at: 9_000 },
    ],
  ],
  ['resolved', { status: 'resolved' }, [{ job: 'settle', at: 0 }]],
  ['voided', { status: 'voided', openOrders: 3 }, [{ job: 'settle', at: 0 }]],
  ['settled', { status: 'resolved', settlementDone: true }, []],
  ['refunded', { status: 'voided', settlementDone: true }, []],
];
test.each(cases)('work of a market that is %s', (_, market, expected) => {
  expect(workOf({ ...base, ...market } as JobMarket, false)).toEqual(expected);
});
