import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_KEY_SESSION_MS } from '../../src/gateway/auth/authenticator.ts';
import { type Server, startServer } from '../../src/gateway/server.ts';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { type Connection, connect } from '../../src/sdk/index.ts';
import { startTestServer, type TestServer } from '../http/testServer.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

/** Live sockets beside the HTTP routes that end their logins: nothing in between is made up. */
let postgres: TestPostgres;
let server: TestServer;
let sockets: Server;
let operator: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated());
  const { deps, changes, follower } = server;
  sockets = await startServer({
    host: '127.0.0.1',
    port: 0,
    origins: [],
    http: () => {},
    deps: {
      port: deps.port,
      data: deps.markets,
      authenticator: deps.authenticator,
      authChanges: changes,
      reads: { order: async () => null, orderFills: async () => [] },
      follower,
      clock: deps.clock,
      rateLimits: false,
      limits: DEFAULT_LIMITS,
      latency: deps.latency,
      onError: (error) => server.errors.push(error),
    },
  });
  operator = await server.operator();
});
afterAll(async () => {
  await sockets?.close();
  await server?.close();
  await postgres?.stop();
});

const AUTH_EXPIRED = 4005;
const open = () => connect({ url: `http://127.0.0.1:${sockets.port}` });
const ask = async (connection: Connection, op: string, fields: Record<string, unknown> = {}) =>
  (await connection.requestUntyped(op, fields)) as { ok: boolean; expiresAt?: number; error?: { code: string } };

async function byToken(token: string): Promise<Connection> {
  const connection = await open();
  expect(await ask(connection, 'auth', { token })).toMatchObject({ ok: true });
  return connection;
}

type Key = { id: string; secret: string };
const create = async (token: string, more: object = {}): Promise<Key> =>
  (await server.call('POST', '/api-keys', { token, body: { name: 'bot', scopes: ['read', 'trade'], ...more } })).body;
function signed({ id, secret }: Key, timestamp = server.clock.now) {
  const hash = createHash('sha256').update(secret).digest();
  return { apiKey: id, timestamp, signature: createHmac('sha256', hash).update(String(timestamp)).digest('hex') };
}
async function byKey(key: Key): Promise<Connection> {
  const connection = await open();
  expect(await ask(connection, 'auth', signed(key))).toMatchObject({ ok: true });
  return connection;
}

test('a revoked key closes the sockets that it let in, and no others', async () => {
  const token = await server.trader('revoker');
  const [key, other] = [await create(token), await create(token)];
  const [first, second, kept, own] = [await byKey(key), await byKey(key), await byKey(other), await byToken(token)];
  expect((await server.call('DELETE', `/api-keys/${key.id}`, { token })).status).toBe(204);
  expect((await first.ended).code).toBe(AUTH_EXPIRED);
  expect((await second.ended).code).toBe(AUTH_EXPIRED);
  for (const connection of [kept, own]) {
    expect(await ask(connection, 'account')).toMatchObject({ ok: true });
    connection.terminate();
  }
  const again = await open();
  expect(await ask(again, 'auth', signed(key))).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
  again.terminate();
});

test('a change of roles closes every socket of the account, by token and by key', async () => {
  const token = await server.trader('promoted');
  const key = await create(token);
  const [one, two] = [await byToken(token), await byKey(key)];
  const body = { roles: ['trader', 'resolver'] };
  expect((await server.call('PUT', '/accounts/promoted/roles', { token: operator, body })).status).toBe(200);
  expect((await one.ended).code).toBe(AUTH_EXPIRED);
  expect((await two.ended).code).toBe(AUTH_EXPIRED);
  const back = await byKey(key);
  back.terminate();
});

test('a logout closes the sockets of that login alone', async () => {
  const token = await server.trader('leaver');
  const again = await server.call('POST', '/auth/login', {
    body: { username: 'leaver', password: 'a password of the tests' },
  });
  const [gone, stays] = [await byToken(token), await byToken(again.body.accessToken)];
  expect((await server.call('POST', '/auth/logout', { token })).status).toBe(204);
  expect((await gone.ended).code).toBe(AUTH_EXPIRED);
  expect(await ask(stays, 'account')).toMatchObject({ ok: true });
  stays.terminate();
});

test('a new password closes all', async () => {
  const token = await server.trader('changer');
  const connection = await byToken(token);
  const body = { password: 'a password of the tests', newPassword: 'another password' };
  expect((await server.call('POST', '/auth/password', { token, body })).status).toBe(200);
  expect((await connection.ended).code).toBe(AUTH_EXPIRED);
});

test('an expired login closes its socket, one that was extended in band goes on', async () => {
  const token = await server.trader('sleeper');
  const key = await create(token);
  const [expiring, extended] = [await byToken(token), await byToken(token)];
  const begun = server.clock.now;
  server.clock.now = begun + 3_599_000;
  // A key may extend what a token began: it is the same account.
  expect(await ask(extended, 'auth', signed(key))).toMatchObject({
    ok: true,
    expiresAt: server.clock.now + API_KEY_SESSION_MS,
  });
  expect(await ask(expiring, 'account')).toMatchObject({ ok: true });
  server.clock.now = begun + 3_600_000;
  expect((await expiring.ended).code).toBe(AUTH_EXPIRED);
  expect(await ask(extended, 'account')).toMatchObject({ ok: true });
  // Now it hangs on the key.
  expect((await server.call('POST', '/auth/logout', { token })).status).toBe(204);
  expect(await ask(extended, 'account')).toMatchObject({ ok: true });
  server.clock.now += API_KEY_SESSION_MS;
  expect((await extended.ended).code).toBe(AUTH_EXPIRED);
});

test('a key of another account cannot take a connection over', async () => {
  const token = await server.trader('mine');
  const stranger = await create(await server.trader('theirs'));
  const connection = await byToken(token);
  expect(await ask(connection, 'auth', signed(stranger))).toMatchObject({ error: { code: 'FORBIDDEN' } });
  expect(await ask(connection, 'account')).toMatchObject({ ok: true });
  connection.terminate();
});

test('a key bound to other addresses lets nobody in', async () => {
  const token = await server.trader('bound');
  const [here, elsewhere] = [
    await create(token, { addresses: ['127.0.0.0/8'] }),
    await create(token, { addresses: ['10.0.0.0/8', '2001:db8::/32'] }),
  ];
  (await byKey(here)).terminate();
  const connection = await open();
  expect(await ask(connection, 'auth', signed(elsewhere))).toMatchObject({ error: { code: 'FORBIDDEN' } });
  connection.terminate();
});
