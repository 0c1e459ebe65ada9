import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashSecret, signRequest } from '../../src/gateway/auth/secrets.ts';
import { allRoutes } from '../../src/gateway/http/mount.ts';
import { startTestServer, type TestServer } from '../http/testServer.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let server: TestServer;
let token: string;
let trader: Key;
let reader: Key;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated());
  const operator = await server.operator();
  const market = { id: 'rain', title: 'Rain?', criteria: 'As the test says.', closeTime: server.clock.now + 3_600_000 };
  await server.call('POST', '/markets', { token: operator, body: market });
  token = await server.trader('bot');
  [trader, reader] = [await create({ scopes: ['read', 'trade'] }), await create({})];
});
// Every test signs with timestamps of its own.
beforeEach(() => {
  server.clock.now += 1;
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

type Key = { id: string; secret: string };
const create = async (more: object): Promise<Key> =>
  (await server.call('POST', '/api-keys', { token, body: { name: 'a key', ...more } })).body;

/** As a client signs: written out here, so that the documented rule is what is tested. */
function sign(key: Key, method: string, target: string, body = '', timestamp = server.clock.now) {
  const hash = createHash('sha256').update(key.secret).digest();
  const text = `${timestamp}\n${method}\n${target}\n${body}`;
  return {
    'brier-key': key.id,
    'brier-timestamp': String(timestamp),
    'brier-signature': createHmac('sha256', hash).update(text).digest('hex'),
  };
}
function signed(key: Key, method: string, path: string, body?: object) {
  const raw = body === undefined ? '' : JSON.stringify(body);
  const headers = sign(key, method, `/api/v1${path}`, raw);
  return server.call(method, path, { headers, ...(body !== undefined && { raw }) });
}
const order = { market: 'rain', side: 'buy', size: '1', price: '0.50' };

describe('a request that a key has signed', () => {
  test('is its account’s', async () => {
    const placed = await signed(trader, 'POST', '/orders', order);
    expect(placed.status).toBe(201);
    const { orderId } = placed.body.order;
    expect((await signed(trader, 'GET', '/orders?market=rain&status=open')).body.orders).toMatchObject([{ orderId }]);
    expect((await signed(trader, 'PATCH', `/orders/${orderId}`, { size: '0.5' })).status).toBe(200);
    expect((await signed(trader, 'DELETE', `/orders/${orderId}`)).status).toBe(200);
    expect((await signed(reader, 'GET', '/account')).status).toBe(200);
    expect((await server.call('GET', '/account', { token })).body.balance).toBe('1000.000000');
  });

  test('is good once', async () => {
    const raw = JSON.stringify(order);
    const headers = sign(trader, 'POST', '/api/v1/orders', raw);
    expect((await server.call('POST', '/orders', { headers, raw })).status).toBe(201);
    expect((await server.call('POST', '/orders', { headers, raw })).body.error).toMatchObject({
      code: 'UNAUTHENTICATED',
      field: 'timestamp',
    });
  });

  test('is what was signed, and nothing else', async () => {
    const raw = JSON.stringify(order);
    const target = '/api/v1/orders';
    const good = sign(trader, 'POST', target, raw);
    const { now } = server.clock;
    const bad: [string, Record<string, string>, string?][] = [
      ['another body', good, JSON.stringify({ ...order, size: '2' })],
      ['another path', sign(trader, 'POST', '/api/v1/order', raw)],
      ['without the base', sign(trader, 'POST', '/orders', raw)],
      ['a query that was not sent', sign(trader, 'POST', `${target}?a=1`, raw)],
      ['another method', sign(trader, 'PUT', target, raw)],
      ['another key', sign(reader, 'POST', target, raw)],
      ['another time', { ...good, 'brier-timestamp': String(now + 1) }],
      ['an old time', sign(trader, 'POST', target, raw, now - 30_001)],
      ['a time to come', sign(trader, 'POST', target, raw, now + 30_001)],
      ['no time', { ...good, 'brier-timestamp': '' }],
      ['a time that is none', { ...good, 'brier-timestamp': 'NaN' }],
      ['no signature', { ...good, 'brier-signature': '' }],
      ['the signature of a login', { ...good, ...loginProof(trader, now) }],
    ];
    for (const [what, headers, body = raw] of bad) {
      const { status } = await server.call('POST', '/orders', {
        headers: what === 'another key' ? { ...headers, 'brier-key': trader.id } : headers,
        raw: body,
      });
      expect(status, what).toBe(401);
    }
    const both = { ...good, authorization: `Bearer ${token}` };
    expect((await server.call('POST', '/orders', { headers: both, raw })).body.error.code).toBe('INVALID_REQUEST');
    // And after all these the good one is still good.
    expect((await server.call('POST', '/orders', { headers: good, raw })).status).toBe(201);
  });
});

const loginProof = (key: Key, timestamp: number) => ({
  'brier-signature': createHmac('sha256', createHash('sha256').update(key.secret).digest())
    .update(String(timestamp))
    .digest('hex'),
});

describe('what a key may do over HTTP', () => {
  /** Everything that is not named takes no key, so that what is added is looked at. */
  const READ = [
    'GET /orders',
    'GET /orders/:id',
    'GET /fills',
    'GET /positions',
    'GET /account',
    'GET /ledger',
    'GET /quotes',
  ];
  const TRADE = ['POST /orders', 'PATCH /orders/:id', 'DELETE /orders/:id', 'DELETE /orders'];

  test('every route, with a key that may trade and one that may only read', async () => {
    const seen: string[] = [];
    for (const { method, path, access } of allRoutes(server.deps)) {
      if (access === 'public') continue;
      const name = `${method.toUpperCase()} ${path}`;
      const to = path.replace(':id', '1').replace(':username', 'bot');
      server.clock.now += 1;
      const byTrader = await signed(trader, method.toUpperCase(), to, method === 'get' ? undefined : {});
      const byReader = await signed(reader, method.toUpperCase(), to, method === 'get' ? undefined : {});
      const allowed = [byTrader.status !== 403, byReader.status !== 403];
      expect(allowed, name).toEqual([READ.includes(name) || TRADE.includes(name), READ.includes(name)]);
      expect([byTrader.status, byReader.status], name).not.toContain(401);
      seen.push(name);
    }
    expect(seen).toEqual(expect.arrayContaining([...READ, ...TRADE]));
  });

  test('only from its addresses, and no more when it is revoked', async () => {
    const elsewhere = await create({ addresses: ['10.0.0.0/8'] });
    expect((await signed(elsewhere, 'GET', '/account')).status).toBe(403);
    const revoked = await create({});
    expect((await signed(revoked, 'GET', '/account')).status).toBe(200);
    await server.call('DELETE', `/api-keys/${revoked.id}`, { token });
    server.clock.now += 1;
    expect((await signed(revoked, 'GET', '/account')).status).toBe(401);
  });
});

test('the protocol’s example is signed as it says', () => {
  const page = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const field = (name: string) => new RegExp(`^${name} +(.+)$`, 'm').exec(page)?.[1] ?? '';
  const [timestamp = '', method = '', target = '', body = ''] = field('text').split('\\n');
  expect(timestamp).toBe(field('timestamp'));
  const request = { method, target, body: Buffer.from(body) };
  expect(signRequest(hashSecret(field('secret')), Number(timestamp), request)).toBe(field('signature'));
});
