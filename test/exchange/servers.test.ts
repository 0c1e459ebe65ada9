import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as views from '../../src/protocol/http.ts';
import { type Exchange, spawnExchange, startExchange, temporaryDirectory } from '../support/exchangeProcess.ts';
import { startTestPostgres, systemBinaries, type TestPostgres } from '../support/postgres.ts';
import { redisServer, startTestRedis, type TestRedis } from '../support/redis.ts';
import { Client } from './support/client.ts';
import { openMarket } from './support/markets.ts';

/** The exchange over servers of one’s own. */
const binaries = systemBinaries();
if (binaries === null) process.stdout.write('skipped: no PostgreSQL of the system (apt install postgresql)\n');
const redisProgram = redisServer();
if (redisProgram === null) process.stdout.write('skipped: no redis-server (apt install redis-server)\n');

let exchange: Exchange | undefined;
afterEach(async () => {
  await exchange?.stop();
  exchange = undefined;
});

describe.skipIf(binaries === null)('DATABASE_URL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres(binaries === null ? {} : { binaries });
  });
  afterAll(() => postgres?.stop());
  const admin = { username: 'root', password: 'a password of the operator' };
  const environment = (url: string) => ({
    DATABASE_URL: url,
    JWT_SECRET: 'a secret of the tests that is long enough',
    BRIER_ADMIN_USERNAME: admin.username,
    BRIER_ADMIN_PASSWORD: admin.password,
  });

  test('a PostgreSQL of one’s own holds everything, and is left running', async () => {
    const { url, sql } = await postgres.empty();
    const dataDir = join(temporaryDirectory(), 'unused');
    const start = async () =>
      Object.assign(await startExchange({ dataDir, env: environment(url) }), { operator: () => admin });
    exchange = await start();
    const [operator, alice] = await Promise.all([Client.operator(exchange), Client.register(exchange, 'alice')]);
    // Nobody is given money where it may be real.
    expect((await alice.ask('account', {})).balance).toBe('0.000000');
    const deposit = { amount: '20', reference: 'first' };
    await operator.api.call(views.depositView, 201, 'POST', '/accounts/alice/deposits', deposit);
    await openMarket(operator, 'rain', { type: 'lmsr', liquidity: '10' });
    const order = await alice.place({ market: 'rain', side: 'buy', type: 'market', size: '5', clientOrderId: 'one' });
    const account = await alice.ask('account', {});
    expect(existsSync(dataDir)).toBe(false);
    exchange.signal('SIGTERM');
    expect(await exchange.ended).toBe(0);
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);

    exchange = await start();
    const again = await Client.open(exchange.url, alice.login);
    const { positions, balance } = await again.ask('account', {});
    expect({ positions, balance }).toEqual({ positions: account.positions, balance: account.balance });
    const repeated = await again.ask('place', {
      ...{ market: 'rain', side: 'buy', type: 'market', size: '5', clientOrderId: 'one' },
    });
    expect(repeated).toMatchObject({ duplicate: true, order: { orderId: order.orderId } });
  });

  test('a server that may lose what it has confirmed is refused', async () => {
    const { url, sql } = await postgres.empty();
    await sql.unsafe(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`);
    const refused = spawnExchange({ env: environment(url) });
    expect(await refused.ended).toBe(1);
    expect(refused.stderr.join('\n')).toMatch(/^DATABASE_URL: .*synchronous_commit/);
  });

  test('the second exchange on one database takes over, and the first writes nothing more', async () => {
    const { url } = await postgres.empty();
    const first = await startExchange({ env: environment(url) });
    const alice = await Client.register(first, 'alice');
    exchange = await startExchange({ env: environment(url) });
    await alice.connection.request('cancelAll', {}).catch(() => {});
    expect(await first.ended).toBe(1);
    expect(first.stderr.join('\n')).toContain('epoch');
    const there = await Client.open(exchange.url, alice.login);
    expect(await there.ask('cancelAll', {})).toMatchObject({ canceled: 0 });
  });
});

describe.skipIf(redisProgram === null)('REDIS_URL', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis(redisProgram ?? '');
  });
  afterAll(() => redis?.stop());

  test('jobs go through a Redis of one’s own; without it trading goes on', async () => {
    exchange = await startExchange({ env: { REDIS_URL: redis.url } });
    const [operator, alice] = await Promise.all([Client.operator(exchange), Client.register(exchange, 'alice')]);
    const closeTime = Date.now() + 2_000;
    await openMarket(operator, 'punctual', { closeTime });
    await operator.subscribe([{ ch: 'market', market: 'punctual' }]);
    const becomes = (status: string) =>
      operator.stream('market', 'punctual').until((message) => message.status === status);
    expect(await becomes('closed')).toMatchObject({ closeTime });
    await operator.api.call(views.lifecycleView, 202, 'POST', '/markets/punctual/resolve', { outcome: 'NO' });
    await becomes('resolved');

    await redis.crash();
    await openMarket(operator, 'rain');
    expect(await alice.place({ market: 'rain', side: 'buy', price: '0.5', size: '1' })).toMatchObject({
      status: 'open',
    });
    await operator.api.call(views.lifecycleView, 200, 'POST', '/markets/rain/close', {});
    await redis.restart();
    exchange.signal('SIGTERM');
    expect(await exchange.ended).toBe(0);
  });
});
