import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signAccessToken } from '../../src/gateway/auth/accessToken.ts';
import type { AuthChange } from '../../src/gateway/auth/authChanges.ts';
import { GRANT_MICROS, JWT_SECRET, startTestServer, type TestServer } from '../http/testServer.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let server: TestServer;
beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await postgres.migrated();
  server = await startTestServer(database);
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

const password = 'correct horse';
const register = (username: string, more: { headers?: Record<string, string> } = {}) =>
  server.call('POST', '/auth/register', { body: { username, password }, ...more });
const login = (username: string, given = password) =>
  server.call('POST', '/auth/login', { body: { username, password: given } });
const accountOf = async (username: string): Promise<number> => {
  const [row] = await database.sql<{ id: number }[]>`select id from brier.users where username = ${username}`;
  return row?.id ?? 0;
};

describe('registration', () => {
  test('creates the account with its grant and logs in', async () => {
    const reply = await register('alice');
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({ username: 'alice', roles: ['trader'] });
    expect(reply.body.expiresAt - server.clock.now).toBe(3_600_000);
    const me = await server.call('GET', '/me', { token: reply.body.accessToken });
    expect(me.body).toEqual({
      account: 'alice',
      username: 'alice',
      roles: ['trader'],
      expiresAt: reply.body.expiresAt,
    });
    expect(server.engine.engine.audit()).toMatchObject({ deposits: GRANT_MICROS });
  });

  test('a name is taken whatever its case, and a refusal draws no account number', async () => {
    const first = await register('Bob');
    const again = await register('bOB');
    expect(again.status).toBe(409);
    expect(again.body.error).toMatchObject({ code: 'CONFLICT', field: 'username' });
    expect(first.status).toBe(201);
    await register('carol');
    expect(await accountOf('carol')).toBe((await accountOf('Bob')) + 1);
  });

  test.each([
    ['username', { username: 'ab', password }],
    ['username', { username: 'a b c', password }],
    ['password', { username: 'dave', password: 'short' }],
    ['password', { username: 'dave', password: 'ä'.repeat(37) }],
    ['password', { username: 'dave' }],
    ['admin', { username: 'dave', password, admin: true }],
    ['roles', { username: 'dave', password, roles: ['operator'] }],
  ])('refuses by field %s: %j', async (field, body) => {
    const reply = await server.call('POST', '/auth/register', { body });
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatchObject({ code: 'INVALID_REQUEST', field });
  });

  test('what dies between the user’s row and the engine’s account is repaired by the next log-in, once', async () => {
    await register('erin');
    await database.sql`update brier.users set opened = false where username = 'erin'`;
    const before = server.engine.engine.audit().deposits;
    expect((await login('erin')).status).toBe(200);
    expect(server.engine.engine.audit().deposits).toBe(before);
    const [row] = await database.sql`select opened from brier.users where username = 'erin'`;
    expect(row).toEqual({ opened: true });
  });
});

describe('log-in', () => {
  test('unknown user and wrong password are told apart by nobody', async () => {
    await register('frank');
    const wrong = await login('frank', 'not the password');
    const unknown = await login('nobody-at-all', 'not the password');
    expect(wrong.status).toBe(401);
    expect(unknown.status).toBe(401);
    expect(wrong.body).toEqual(unknown.body);
  });

  test('a password that bcrypt would cut is not the one it would be cut to', async () => {
    const long = 'x'.repeat(72);
    await server.call('POST', '/auth/register', { body: { username: 'grace', password: long } });
    expect((await login('grace', long)).status).toBe(200);
    expect((await login('grace', `${long}y`)).status).toBe(401);
  });

  test('an account changes its password, and every other session ends', async () => {
    const { body } = await register('heidi');
    const other = await login('heidi');
    const changed = await server.call('POST', '/auth/password', {
      token: body.accessToken,
      body: { password, newPassword: 'another horse' },
    });
    expect(changed.status).toBe(200);
    expect((await server.call('GET', '/me', { token: other.body.accessToken })).status).toBe(401);
    expect((await server.call('GET', '/me', { token: changed.body.accessToken })).status).toBe(200);
    expect((await login('heidi')).status).toBe(401);
    expect((await login('heidi', 'another horse')).status).toBe(200);
    const refused = await server.call('POST', '/auth/refresh', { body: { refreshToken: other.body.refreshToken } });
    expect(refused.status).toBe(401);
  });
});

describe('access tokens', () => {
  const token = async () => (await register(`user-${++users}`)).body.accessToken;
  let users = 0;
  const me = (accessToken: string) => server.call('GET', '/me', { token: accessToken });
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');

  test('end after their hour, give or take a clock', async () => {
    const accessToken = await token();
    server.clock.now += 3_600_000 + 29_000;
    expect((await me(accessToken)).status).toBe(200);
    server.clock.now += 2_000;
    const late = await me(accessToken);
    expect(late.status).toBe(401);
    expect(late.body.error.code).toBe('UNAUTHENTICATED');
  });

  test('are refused unsigned, with another key, another type, another session version', async () => {
    const accessToken = await token();
    const [, payload = '', signature = ''] = accessToken.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const unsigned = `${part({ alg: 'none', typ: 'at+jwt' })}.${payload}.`;
    const retyped = `${part({ alg: 'HS256', typ: 'JWT' })}.${payload}.${signature}`;
    const { sub, sid } = claims;
    const account = Number(sub);
    const sign = (secret: string, version: number, session: string) =>
      signAccessToken(secret, { account, session, sessionVersion: version }, server.clock.now).accessToken;
    expect((await me(sign(JWT_SECRET, 1, sid))).status).toBe(200);
    for (const forged of [
      unsigned,
      retyped,
      sign('another secret of enough characters', 1, sid),
      sign(JWT_SECRET, 2, sid),
      sign(JWT_SECRET, 1, '7f1b1c4e-0000-4000-8000-000000000000'),
    ]) {
      expect((await me(forged)).status).toBe(401);
    }
  });

  test('are not taken from the query', async () => {
    const accessToken = await token();
    const reply = await server.call('GET', `/me?token=${accessToken}`);
    expect(reply.status).toBe(401);
  });
});

describe('refresh', () => {
  const refresh = (refreshToken: string) => server.call('POST', '/auth/refresh', { body: { refreshToken } });

  test('rotates, and a token that comes back ends the family', async () => {
    const first = (await register('ivan')).body;
    const second = await refresh(first.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body.refreshToken).not.toBe(first.refreshToken);
    const told: AuthChange[] = [];
    const stop = server.changes.on((change) => told.push(change));
    expect((await refresh(first.refreshToken)).status).toBe(401);
    stop();
    expect(told).toMatchObject([{ account: await accountOf('ivan') }]);
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
    expect((await server.call('GET', '/me', { token: second.body.accessToken })).status).toBe(401);
  });

  test('of several that try one token at once, one succeeds', async () => {
    const { refreshToken } = (await register('judy')).body;
    const replies = await Promise.all([1, 2, 3, 4].map(() => refresh(refreshToken)));
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 401, 401, 401]);
  });

  test('ends with its 30 days', async () => {
    const { refreshToken } = (await register('karl')).body;
    server.clock.now += 30 * 86_400_000;
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  test('keeps only hashes', async () => {
    const { refreshToken } = (await register('lena')).body;
    const rows = await database.sql`select * from brier.refresh_tokens`;
    expect(JSON.stringify(rows)).not.toContain(refreshToken);
    const hash = createHash('sha256').update(refreshToken).digest();
    expect(rows.some((row) => hash.equals(row.token_hash))).toBe(true);
  });

  test('log-out ends the access token too', async () => {
    const { accessToken, refreshToken } = (await register('mona')).body;
    const reply = await server.call('POST', '/auth/logout', { token: accessToken });
    expect(reply.status).toBe(204);
    expect((await server.call('GET', '/me', { token: accessToken })).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(401);
  });
});

describe('cookies', () => {
  const origin = () => server.url;
  const cookiesOf = (headers: Headers) => headers.getSetCookie();
  const jar = (headers: Headers) =>
    cookiesOf(headers)
      .map((cookie) => cookie.split(';')[0])
      .join('; ');

  test('a browser gets both tokens as cookies that scripts and other sites cannot use', async () => {
    const reply = await register('nina', { headers: { Origin: origin() } });
    expect(reply.body.refreshToken).toBeUndefined();
    const [access = '', refresh = ''] = cookiesOf(reply.headers);
    expect(access).toMatch(/^brier_access=\S+; Path=\/; Max-Age=3600; HttpOnly; SameSite=Strict$/);
    expect(refresh).toMatch(/^brier_refresh=\S+; Path=\/api\/v1\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
    const cookie = jar(reply.headers);
    expect((await server.call('GET', '/me', { headers: { Cookie: cookie } })).body.username).toBe('nina');
    const refreshed = await server.call('POST', '/auth/refresh', { headers: { Cookie: cookie, Origin: origin() } });
    expect(refreshed.status).toBe(200);
    const left = await server.call('POST', '/auth/logout', {
      headers: { Cookie: jar(refreshed.headers), Origin: origin() },
    });
    expect(cookiesOf(left.headers)).toHaveLength(2);
    for (const cleared of cookiesOf(left.headers)) expect(cleared).toContain('Max-Age=0');
  });

  test('a change that is proven by a cookie needs an Origin, and the right one', async () => {
    const cookie = jar((await register('olga', { headers: { Origin: origin() } })).headers);
    const create = (headers: Record<string, string>) =>
      server.call('POST', '/api-keys', { body: { name: 'bot' }, headers: { Cookie: cookie, ...headers } });
    expect((await create({})).status).toBe(403);
    expect((await create({ Origin: 'https://evil.example' })).status).toBe(403);
    expect((await create({ Origin: 'null' })).status).toBe(403);
    expect((await create({ Origin: origin() })).status).toBe(201);
    const refresh = await server.call('POST', '/auth/refresh', { headers: { Cookie: cookie } });
    expect(refresh.status).toBe(403);
  });

  test('are for https only where the page came by https', async () => {
    const https = { Origin: server.url.replace('http:', 'https:') };
    const reply = await register('paul', { headers: https });
    for (const cookie of cookiesOf(reply.headers)) expect(cookie).toMatch(/; Secure$/);
  });
});
