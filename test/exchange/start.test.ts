import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { isAlive } from '../../src/persistence/postgres/processes.ts';
import { connect } from '../../src/sdk/index.ts';
import {
  type Exchange,
  type ExchangeProcess,
  spawnExchange,
  startExchange,
  temporaryDirectory,
} from '../support/exchangeProcess.ts';
import { Client } from './support/client.ts';
import { openMarket } from './support/markets.ts';

/** How the process starts, refuses to, and stops. */

/** It has ended by itself, with one line that says why; nothing of it runs on. */
async function expectRefusal(exchange: ExchangeProcess, ...words: string[]): Promise<void> {
  expect(await exchange.ended).toBe(1);
  expect(exchange.stderr).toHaveLength(1);
  for (const word of words) expect(exchange.stderr[0]).toContain(word);
  expect(exchange.stdout.join('\n')).not.toContain('BRIER_READY');
  expect(exchange.postgres().filter(isAlive)).toEqual([]);
}

describe('a variable that is wrong', () => {
  const secret = 'a secret of the tests that is long enough';
  const aFile = join(temporaryDirectory(), 'file');
  writeFileSync(aFile, '');

  const rows: [name: string, value: string | undefined, more?: Record<string, string>][] = [
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PORT', ' '],
    ['HOST', 'not a host'],
    ['HOST', 'http://localhost'],
    ['BRIER_DATA_DIR', aFile],
    ['BRIER_DATA_DIR', join(aFile, 'below')],
    ['DATABASE_URL', 'localhost:5432'],
    ['DATABASE_URL', 'mysql://localhost/brier'],
    ['DATABASE_URL', 'postgres://nobody@127.0.0.1:1/brier', { JWT_SECRET: secret }],
    ['REDIS_URL', 'http://localhost'],
    ['REDIS_URL', '127.0.0.1:6379'],
    ['REDIS_URL', 'redis://nobody@127.0.0.1:1'],
    ['JWT_SECRET', 'short'],
    ['JWT_SECRET', undefined, { DATABASE_URL: 'postgres://localhost/brier' }],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'example.org'],
    ['CORS_ORIGINS', 'https://example.org/'],
    ['CORS_ORIGINS', 'https://example.org,null'],
    ['SIGNUP_GRANT', 'much'],
    ['SIGNUP_GRANT', '-1'],
    ['SIGNUP_GRANT', '1e3'],
    ['SIGNUP_GRANT', '0.0000001'],
    ['SIGNUP_GRANT', '10000000000'],
    ['BRIER_RATE_LIMITS', 'no'],
    ['BRIER_LIMITS', '{"connectionsPerAddress":0}'],
    ['BRIER_READY_LINE', 'yes'],
    ['BRIER_LOG_LEVEL', 'loud'],
    ['BRIER_ADMIN_USERNAME', 'admin'],
    ['BRIER_ADMIN_USERNAME', 'a b', { BRIER_ADMIN_PASSWORD: 'a long password' }],
    ['BRIER_ADMIN_PASSWORD', 'a long password'],
    ['BRIER_ADMIN_PASSWORD', 'short', { BRIER_ADMIN_USERNAME: 'admin' }],
  ];

  test.each(rows.map((row) => ({ row })))('$row is refused by its name', ({ row: [name, value, more] }) => {
    // Directories and servers are looked at when they are needed.
    if (name === 'BRIER_DATA_DIR' || /^(postgres|redis):/.test(value ?? '')) return;
    const refused = () => readConfig({ ...more, [name]: value });
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(new RegExp(`^.*${name}.*$`));
  });

  // The process, once for each variable: what it says is that line and no other.
  const last = [...new Map(rows.map((row) => [row[0], row])).values()];
  test.concurrent.each(last.map((row) => ({ row })))('$row stops the start with one line', async ({ row }) => {
    const [name, value, more] = row;
    await expectRefusal(spawnExchange({ env: { ...more, [name]: value } }), name);
  });

  test.skipIf(process.platform !== 'linux').concurrent.each(['/proc/brier/below', '/proc/brier', '/proc'])(
    'a data directory in %s, where the system makes none, stops the start with one line',
    (dataDir) => expectRefusal(spawnExchange({ dataDir }), 'BRIER_DATA_DIR', dataDir, 'ENOENT'),
  );

  test('a password is not shown, nor is one in a URL', () => {
    const admin = { BRIER_ADMIN_USERNAME: 'admin', BRIER_ADMIN_PASSWORD: 'hidden' };
    const urls = { DATABASE_URL: 'mysql://me:hidden@localhost/brier', REDIS_URL: 'http://me:hidden@localhost' };
    for (const env of [admin, { DATABASE_URL: urls.DATABASE_URL }, { REDIS_URL: urls.REDIS_URL }]) {
      expect(() => readConfig(env)).toThrow(/^((?!hidden).)*$/);
    }
  });
});

describe('one data directory, one exchange', () => {
  let exchange: Exchange;
  let client: Client;
  beforeAll(async () => {
    exchange = await startExchange();
    client = await Client.register(exchange, 'alice');
    const operator = await Client.operator(exchange);
    await openMarket(operator, 'rain');
    await operator.close();
  });
  afterAll(() => exchange?.stop());

  test('a second start is refused, and the first goes on', async () => {
    await expectRefusalOfSecond(exchange);
    expect((await client.ask('ping', {})).time).toBeGreaterThan(0);
  });

  test('a port that is taken, and an address of another machine, are refused', async () => {
    const { port } = new URL(exchange.url);
    await Promise.all([
      expectRefusal(spawnExchange({ env: { PORT: port } }), 'PORT', port),
      expectRefusal(spawnExchange({ env: { HOST: '192.0.2.1' } }), 'HOST', '192.0.2.1'),
    ]);
    expect((await client.ask('ping', {})).time).toBeGreaterThan(0);
  });

  test('Ctrl-C: what was sent is answered, sockets are told, nothing stays behind', async () => {
    const [postmaster = 0] = exchange.postgres();
    const idle = await connect({ url: exchange.url });
    const requests = Array.from({ length: 500 }, (_, i) =>
      client.connection.request('place', {
        market: 'rain',
        side: 'buy',
        price: '0.10',
        size: '1',
        clientOrderId: `order-${i}`,
      }),
    );
    await requests[0];
    // As a terminal does: the whole process group.
    process.kill(-exchange.pid, 'SIGINT');
    const answers = await Promise.all(requests);
    const placed = answers.filter((answer) => answer.ok);
    for (const answer of answers) if (!answer.ok) expect(answer.error.code).toBe('UNAVAILABLE');
    expect((await client.connection.ended).code).toBe(4000);
    expect((await idle.ended).code).toBe(4000);
    expect(await exchange.ended).toBe(0);
    expect(exchange.stdout.at(-1)).toBe('Stopped');
    expect(exchange.stderr).toEqual([]);
    expect(isAlive(postmaster)).toBe(false);
    expect(existsSync(join(exchange.dataDir, 'lock'))).toBe(false);

    exchange = await startExchange({ dataDir: exchange.dataDir });
    client = await Client.open(exchange.url, client.login);
    const { orders } = await client.ask('account', {});
    expect(orders).toHaveLength(placed.length);
  });

  test('SIGTERM, with nobody connected, is as good', async () => {
    await client.close();
    exchange.signal('SIGTERM');
    expect(await exchange.ended).toBe(0);
    expect(exchange.postgres().filter(isAlive)).toEqual([]);
  });
});

async function expectRefusalOfSecond(first: Exchange): Promise<void> {
  const second = spawnExchange({ dataDir: first.dataDir });
  expect(await second.ended).toBe(1);
  expect(second.stderr).toHaveLength(1);
  expect(second.stderr[0]).toContain(`in use by process ${first.pid}`);
  expect(first.postgres().filter(isAlive).length).toBeGreaterThan(0);
}

describe('a start that is interrupted', () => {
  test.each([
    ['SIGTERM', /^Making a PostgreSQL cluster/],
    ['SIGINT', /^PostgreSQL is ready/],
  ] as const)('by %s ends in order, and the next one is as the first', async (signal, when) => {
    const exchange = spawnExchange();
    await exchange.line(when);
    exchange.signal(signal);
    expect(await exchange.ended).toBe(0);
    expect(exchange.stdout.join('\n')).not.toContain('BRIER_READY');
    expect(exchange.stderr).toEqual([]);
    expect(exchange.postgres().filter(isAlive)).toEqual([]);
    const next = await startExchange({ dataDir: exchange.dataDir });
    await next.stop();
    expect(await next.ended).toBe(0);
  });
});

describe('the first minute', () => {
  test.skipIf(spawnSync('curl', ['--version']).status !== 0)('the session that is printed can be pasted', async () => {
    const dataDir = join(temporaryDirectory(), 'with a space');
    mkdirSync(dataDir);
    const exchange = spawnExchange({ dataDir, env: { BRIER_READY_LINE: undefined } });
    await exchange.line(/curl.*\/orders/);
    const at = exchange.stdout.indexOf('A first session:');
    const pasted = exchange.stdout.slice(at + 1).join('\n');
    // Of a data directory elsewhere every path is whole, wherever the lines are pasted.
    expect(await exchange.line(/^Operator /)).toBe(
      `Operator "operator", password in ${join(dataDir, 'operator.json')}`,
    );
    const output = execFileSync('sh', ['-c', pasted], { encoding: 'utf8', cwd: temporaryDirectory() });
    expect(output).toContain('"status":"filled"');
    await exchange.stop();
  });

  test('the operator may be named by the environment', async () => {
    const admin = { BRIER_ADMIN_USERNAME: 'root', BRIER_ADMIN_PASSWORD: 'a password of the operator' };
    const exchange = await startExchange({ env: { ...admin, SIGNUP_GRANT: '12.5' } });
    expect(existsSync(join(exchange.dataDir, 'operator.json'))).toBe(false);
    const alice = await Client.register(exchange, 'alice');
    expect((await alice.ask('account', {})).balance).toBe('12.500000');
    const operator = Object.assign(exchange, {
      operator: () => ({ username: 'root', password: admin.BRIER_ADMIN_PASSWORD }),
    });
    await openMarket(await Client.operator(operator), 'rain');
    await exchange.stop();
    expect([...exchange.stdout, ...exchange.stderr].join('\n')).not.toContain(admin.BRIER_ADMIN_PASSWORD);
  });
});
