import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import * as views from '../../src/protocol/http.ts';
import { connect } from '../../src/sdk/index.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { refusalOf, request } from './support/api.ts';
import { Client, type Login, login, PASSWORD, register } from './support/client.ts';
import { openMarket } from './support/markets.ts';
import { RawSocket } from './support/rawSocket.ts';

/** An exchange as it is when nobody has loosened it, and a log that says as much as it can. */
let exchange: Exchange;
let operator: Client;
let alice: Client;
let bob: Client;
/** Everything that nobody but its owner may read. */
const secrets = new Set<string>([PASSWORD]);
const FRIEND = 'https://friend.example';
/** Clients that begin a request and never end it. */
let lorises: RawSocket[];

beforeAll(async () => {
  exchange = await startExchange({
    env: {
      BRIER_RATE_LIMITS: 'on',
      // A bucket that hardly fills while a slow machine sends: how many are refused is not a matter of its speed.
      BRIER_LIMITS: JSON.stringify({ requestsPerConnection: { perSecond: 50 } }),
      BRIER_LOG_LEVEL: 'debug',
      CORS_ORIGINS: FRIEND,
    },
  });
  lorises = await Promise.all([
    drip('GET /api/v1/time HTTP/1.1\r\nHost: x\r\n'),
    drip('POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"username"'),
    drip('GET /ws/v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n'),
  ]);
  const { username, password } = exchange.operator();
  secrets.add(password);
  operator = await Client.open(exchange.url, keep(await login(exchange.url, username, password)));
  alice = await Client.open(exchange.url, keep(await register(exchange.url, 'alice')));
  bob = await Client.open(exchange.url, keep(await register(exchange.url, 'bob')));
  await openMarket(operator, 'rain');
});
afterAll(() => exchange?.stop());

async function drip(text: string): Promise<RawSocket> {
  const raw = await RawSocket.open(exchange.url);
  raw.write(text);
  return raw;
}

function keep(one: Login): Login {
  secrets.add(one.accessToken);
  if (one.refreshToken !== undefined) secrets.add(one.refreshToken);
  return one;
}

/** A connection of a log-in of its own, and how it ends. */
async function session(username: string) {
  const one = keep(await login(exchange.url, username));
  return { ...one, connection: await connect({ url: exchange.url, token: one.accessToken }) };
}

const post = (path: string, body: object, token?: string) => request(exchange.url, 'POST', path, { body, token });
const ENDED = 4005;

describe('the end of a login', () => {
  /** Ends what let `connection` in; `others` stay. */
  const ends: Record<string, (of: Awaited<ReturnType<typeof session>>) => Promise<unknown>> = {
    'log-out': (of) => post('/auth/logout', { refreshToken: of.refreshToken }),
    'a refresh token used twice': async ({ refreshToken }) => {
      const first = await post('/auth/refresh', { refreshToken });
      expect(first.status).toBe(200);
      const second = keep(views.loginView.parse(first.json));
      expect(refusalOf(await post('/auth/refresh', { refreshToken })).code).toBe('UNAUTHENTICATED');
      // Who has stolen it has nothing either: the whole family is gone.
      const thief = await post('/auth/refresh', { refreshToken: second.refreshToken });
      expect(refusalOf(thief).code).toBe('UNAUTHENTICATED');
      const reply = await request(exchange.url, 'GET', '/me', { token: second.accessToken });
      expect(reply.status).toBe(401);
    },
  };
  test.each(Object.keys(ends))('by %s closes its sockets, and no other’s', async (how) => {
    const [one, other] = await Promise.all([session('alice'), session('alice')]);
    await ends[how]?.(one);
    expect((await one.connection.ended).code).toBe(ENDED);
    expect((await request(exchange.url, 'GET', '/me', { token: one.accessToken })).status).toBe(401);
    expect(await other.connection.request('ping', {})).toMatchObject({ ok: true });
    await other.connection.close();
  });

  test('by a change of roles closes every socket of the account', async () => {
    keep(await register(exchange.url, 'promoted'));
    const sessions = await Promise.all([session('promoted'), session('promoted')]);
    const roles = { roles: ['trader', 'resolver'] };
    await operator.api.call(views.rolesView, 200, 'PUT', '/accounts/promoted/roles', roles);
    for (const { connection } of sessions) expect((await connection.ended).code).toBe(ENDED);
    const again = await session('promoted');
    expect(again.roles).toEqual(roles.roles);
    await again.connection.close();
  });

  test('by a new password closes every socket of the account', async () => {
    keep(await register(exchange.url, 'careful'));
    const sessions = await Promise.all([session('careful'), session('careful')]);
    const newPassword = 'another password of the tests';
    secrets.add(newPassword);
    const [first] = sessions;
    const changed = await post('/auth/password', { password: PASSWORD, newPassword }, first?.accessToken);
    keep(views.loginView.parse(changed.json));
    for (const { connection } of sessions) expect((await connection.ended).code).toBe(ENDED);
    expect((await post('/auth/login', { username: 'careful', password: PASSWORD })).status).toBe(401);
  });

  test('by the end of its token closes the socket', async () => {
    const key = readFileSync(join(exchange.dataDir, 'jwt-secret'), 'utf8').trim();
    secrets.add(key);
    const [header = '', payload = ''] = alice.token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const short = { ...claims, exp: Math.floor(Date.now() / 1000) + 2 };
    const signed = `${header}.${Buffer.from(JSON.stringify(short)).toString('base64url')}`;
    const token = `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
    const connection = await connect({ url: exchange.url, token });
    expect((await connection.ended).code).toBe(ENDED);
    expect(await alice.ask('ping', {})).toMatchObject({ ok: true });
  });
});

describe('API keys', () => {
  const sign = (secret: string, timestamp: number) =>
    createHmac('sha256', createHash('sha256').update(secret).digest()).update(String(timestamp)).digest('hex');

  test('do what they are for, until they are revoked', async () => {
    const create = async (body: object) => {
      const key = await alice.api.call(views.newApiKeyView, 201, 'POST', '/api-keys', body);
      secrets.add(key.secret);
      return key;
    };
    const reader = await create({ name: 'reader' });
    const enter = async ({ id, secret }: { id: string; secret: string }, timestamp = Date.now()) => {
      const connection = await connect({ url: exchange.url });
      const signature = sign(secret, timestamp);
      return { connection, answer: await connection.request('auth', { apiKey: id, timestamp, signature }) };
    };
    const { connection, answer } = await enter(reader);
    expect(answer).toMatchObject({ ok: true, account: 'alice' });
    expect(await connection.request('account', {})).toMatchObject({ ok: true });
    const order = { market: 'rain', side: 'buy', price: '0.1', size: '1' } as const;
    expect(await connection.request('place', order)).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });

    expect((await enter(reader, Date.now() - 3_600_000)).answer).toMatchObject({
      ok: false,
      error: { code: 'UNAUTHENTICATED', field: 'timestamp' },
    });
    const guess = await enter({ ...reader, secret: 'a guess' });
    const unknown = await enter({ id: 'nobodys', secret: 'a guess' });
    expect(guess.answer).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } });
    expect({ ...unknown.answer, id: 0 }).toEqual({ ...guess.answer, id: 0 });

    expect(await bob.api.refused('DELETE', `/api-keys/${reader.id}`)).toMatchObject({ code: 'NOT_FOUND' });
    expect((await request(exchange.url, 'DELETE', `/api-keys/${reader.id}`, { token: alice.token })).status).toBe(204);
    expect((await connection.ended).code).toBe(ENDED);
    expect((await enter(reader)).answer).toMatchObject({ ok: false });
  });
});

describe('another’s account', () => {
  test('is told by no route, whatever is asked', async () => {
    const order = await alice.place({
      market: 'rain',
      side: 'buy',
      price: '0.10',
      size: '5',
      clientOrderId: 'private',
    });
    await operator.place({ market: 'rain', side: 'sell', price: '0.10', size: '1', clientOrderId: 'counterpart' });
    const key = await alice.api.call(views.newApiKeyView, 201, 'POST', '/api-keys', { name: 'alices-bot' });
    secrets.add(key.secret);
    const document = z.object({
      paths: z.record(z.string(), z.record(z.string(), z.object({ security: z.array(z.unknown()).optional() }))),
    });
    const { paths } = document.parse((await request(exchange.url, 'GET', '/openapi.json')).json);
    const tried: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        if (security === undefined || security.length === 0 || path.includes('/auth/')) continue;
        const ids = { id: path.includes('api-keys') ? key.id : path.includes('orders') ? order.orderId : 'rain' };
        const own = path
          .replace(/^\/api\/v1/, '')
          .replace(/\{(\w+)\}/g, (_, name: string) => ({ ...ids, username: 'alice' })[name] ?? 'rain');
        // As bob, who has nothing here: not even what is anybody’s own may show anything of alice.
        for (const query of method === 'get' ? ['', `?orderId=${order.orderId}`, '?market=rain'] : ['']) {
          const body = method === 'get' || method === 'delete' ? {} : { body: { size: '1' } };
          const reply = await request(exchange.url, method.toUpperCase(), own + query, { token: bob.token, ...body });
          tried.push(`${method} ${own}${query} ${reply.status}`);
          expect(reply.text, `${method} ${own}${query}`).not.toMatch(
            new RegExp(`private|counterpart|alices-bot|${key.id}|"${order.orderId}"`),
          );
        }
      }
    }
    expect(tried.length).toBeGreaterThan(20);
    const { orders } = await alice.ask('account', {});
    expect(orders).toMatchObject([{ orderId: order.orderId, size: '5.00', remaining: '4.00' }]);
    expect(await alice.api.get(views.apiKeysView, '/api-keys')).toMatchObject({ apiKeys: [{ id: key.id }] });
    await alice.ask('cancelAll', {});
  });
});

describe('where a token may be', () => {
  test('not in a query, of a request or of an upgrade', async () => {
    for (const name of ['token', 'access_token', 'accessToken', 'authorization']) {
      const reply = await request(exchange.url, 'GET', `/account?${name}=${alice.token}`);
      expect(reply.status, name).toBe(401);
      const connection = await connect({ url: `${exchange.url.replace('http', 'ws')}/ws/v1?${name}=${alice.token}` });
      const answer = await connection.request('account', {});
      expect(answer, name).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } });
      await connection.close();
    }
  });

  test('in the header or the cookie of an upgrade', async () => {
    for (const headers of [
      { authorization: `Bearer ${alice.token}` },
      { cookie: `brier_access=${alice.token}`, origin: FRIEND },
    ]) {
      const connection = await connect({ url: exchange.url, headers });
      expect(await connection.request('account', {})).toMatchObject({ ok: true });
      await connection.close();
    }
  });
});

describe('origins', () => {
  const host = () => new URL(exchange.url).host;

  test.each([
    'https://evil.example',
    'null',
    'https://friend.example.evil.example',
    'https://evil-friend.example',
    'https://friend.example:444',
    'http://friend.example',
    'https://friend.example/',
    'HTTPS://FRIEND.EXAMPLE',
  ])('%s may neither connect nor change anything', async (origin) => {
    const cookie = `brier_access=${alice.token}`;
    await expect(connect({ url: exchange.url, headers: { origin, cookie } })).rejects.toThrow('HTTP 403');
    for (const headers of [
      { origin, cookie },
      { origin, authorization: `Bearer ${alice.token}` },
    ]) {
      const reply = await request(exchange.url, 'DELETE', '/orders', { headers });
      expect(refusalOf(reply).code).toBe('FORBIDDEN');
      expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('a page of ours, and one of the list, may', async () => {
    for (const origin of [`http://${host()}`, FRIEND]) {
      const connection = await connect({ url: exchange.url, headers: { origin } });
      await connection.close();
      const headers = { origin, cookie: `brier_access=${alice.token}` };
      expect((await request(exchange.url, 'DELETE', '/orders', { headers })).status).toBe(200);
    }
  });

  test('a cookie alone proves nothing where a change is asked for', async () => {
    const headers = { cookie: `brier_access=${alice.token}` };
    expect(refusalOf(await request(exchange.url, 'DELETE', '/orders', { headers })).code).toBe('FORBIDDEN');
  });
});

describe('too much', () => {
  test('guessing is slowed down, and says nothing of who is there', async () => {
    const guess = (username: string) => post('/auth/login', { username, password: 'a guess' });
    const [known, unknown] = [await guess('alice'), await guess('nobody')];
    expect(known.text).toBe(unknown.text);
    const replies = await Promise.all(Array.from({ length: 40 }, () => guess('victim')));
    const limited = replies.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    for (const reply of limited) {
      expect(refusalOf(reply)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });

  test('frames that come too fast are refused; cancels have a budget of their own', async () => {
    const connection = await connect({ url: exchange.url, token: bob.token });
    const pings = Array.from({ length: 9_000 }, () => connection.request('ping', {}));
    const cancel = await connection.request('cancel', { market: 'rain', orderId: '1' });
    expect(cancel).toMatchObject({ ok: false, error: { code: 'UNKNOWN_ORDER' } });
    const refused = (await Promise.all(pings)).filter((answer) => !answer.ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ error: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
    await connection.close();
  });

  test('who does nothing right is sent away', async () => {
    const connection = await connect({ url: exchange.url });
    for (let i = 0; i < 4_000; i++) connection.sendText('{"id":1,"op":"nothing"}');
    expect((await connection.ended).code).toBe(4007);
    expect(await alice.ask('ping', {})).toMatchObject({ ok: true });
  });

  test('who begins a request and never ends it is cut off', async () => {
    await Promise.all(lorises.map(({ closed }) => closed));
    expect(await alice.ask('ping', {})).toMatchObject({ ok: true });
  });
});

describe('secrets', () => {
  test('are the owner’s to read alone', () => {
    for (const name of ['operator.json', 'jwt-secret', 'postgres.password']) {
      expect(statSync(join(exchange.dataDir, name)).mode & 0o077, name).toBe(0);
    }
  });

  test('are in no log, however much it says', async () => {
    // Requests that fail in every way, with secrets in them.
    await post('/auth/register', { username: 'alice', password: PASSWORD });
    await post('/auth/register', { username: 'a b', password: PASSWORD });
    await post('/auth/login', { username: PASSWORD, password: PASSWORD });
    await request(exchange.url, 'POST', '/auth/login', { raw: `{"password":"${PASSWORD}"` });
    await request(exchange.url, 'GET', `/account?token=${alice.token}`);
    await request(exchange.url, 'GET', `/nothing/${encodeURIComponent(PASSWORD)}`);
    const reason = { reason: 'for the log' };
    await operator.api.call(views.lifecycleView, 200, 'POST', '/markets/rain/halt', reason);
    const files = readdirSync(exchange.dataDir).filter((name) => name.endsWith('.log'));
    expect(files).toEqual(['postgres.log']);
    const logs = [
      ...exchange.stdout,
      ...exchange.stderr,
      ...files.map((name) => readFileSync(join(exchange.dataDir, name), 'utf8')),
    ].join('\n');
    // The log does say something.
    expect(logs).toContain('for the log');
    secrets.add(readFileSync(join(exchange.dataDir, 'postgres.password'), 'utf8').trim());
    expect(secrets.size).toBeGreaterThan(15);
    for (const secret of secrets) expect(logs.includes(secret), secret.slice(0, 12)).toBe(false);
    const metrics = await (await fetch(`${exchange.url}/metrics`)).text();
    for (const secret of secrets) expect(metrics.includes(secret), secret.slice(0, 12)).toBe(false);
  });
});
