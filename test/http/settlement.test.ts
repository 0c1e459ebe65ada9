import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUY } from '../../src/engines/records/commands.ts';
import { settlementReport } from '../../src/gateway/services/settlement.ts';
import { propose } from '../../src/jobs/proposals.ts';
import { JobsExchange } from '../jobs/exchange.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

/** The report of a market that moves on while the report is made. */

let postgres: TestPostgres;
let exchange: JobsExchange;
beforeAll(async () => {
  postgres = await startTestPostgres();
  exchange = await JobsExchange.start(await postgres.migrated());
  await exchange.open(2);
});
afterAll(async () => {
  await exchange.close();
  await postgres.stop();
});

/** Account 1 bought 10 shares of YES at $0.60, account 2 the NO. */
async function traded(slug: string) {
  const market = await exchange.create(slug, { closeTime: exchange.now() + 3_600_000 });
  await exchange.order(1, market, BUY, 6_000, 1_000);
  await exchange.order(2, market, BUY, 4_000, 1_000, 1);
  await exchange.end(market);
  return market;
}

const report = (slug: string) => {
  const { engine, markets, database } = exchange;
  return settlementReport({ port: engine.port, markets, sql: database.sql }, slug, undefined);
};

const ESCROW = { escrow: '10.000000', conserved: true };
const REFUNDS = [
  { account: '1', payout: '6.000000' },
  { account: '2', payout: '4.000000' },
];

test('one that is resolved meanwhile is reported as it was before', async () => {
  const market = await traded('rain');
  const [before] = await Promise.all([report('rain'), exchange.resolve(market, [10_000, 0])]);
  expect(market).toMatchObject({ status: 'proposed', payouts: [10_000, 0] });
  expect(before).toMatchObject({ status: 'closed', ...ESCROW, top: REFUNDS });
  expect(before).not.toHaveProperty('payouts');
  expect(await report('rain')).toMatchObject({
    status: 'proposed',
    payouts: { YES: '1.00', NO: '0.00' },
    ...ESCROW,
    top: [{ account: '1', payout: '10.000000' }],
  });
});

test('one that is called off meanwhile still says what it paid for', async () => {
  const market = await traded('snow');
  await exchange.resolve(market, [0, 10_000]);
  const [before] = await Promise.all([report('snow'), exchange.void(market)]);
  expect(market).toMatchObject({ status: 'voided', payouts: null });
  expect(before).toMatchObject({ status: 'proposed', payouts: { YES: '0.00', NO: '1.00' }, totalPayout: '10.000000' });
  expect(await report('snow')).toMatchObject({ status: 'voided', ...ESCROW, top: REFUNDS });
});

test('one that is paid meanwhile is reported with the steps of what it says is paid', async () => {
  const market = await traded('wind');
  await exchange.resolve(market, [10_000, 0]);
  const settling = () => propose(exchange.engine.port, 'SETTLE_BATCH', market.market, 10);
  const [before] = await Promise.all([report('wind'), settling()]);
  expect(market).toMatchObject({ status: 'resolved', settled: 2 });
  expect(before).toMatchObject({ settled: 0, progress: { done: 0, paid: '0.000000', finished: false } });
  expect(await report('wind')).toMatchObject({
    settled: 2,
    progress: { steps: 2, done: 2, paid: '10.000000', finished: true },
  });
});
