import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BODY_BYTES_MAX } from '../../src/gateway/http/readBody.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from './testServer.ts';

const FRIEND = 'https://friend.example';
let postgres: TestPostgres;
let server: TestServer;
let token: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated(), { corsOrigins: [FRIEND] });
  token = await server.trader('trader');
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

/** Sends bytes as they are and resolves with what comes back until the server closes or has answered once. */
function raw(text: string, { untilClosed = false } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
      if (!untilClosed && answer.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

const post = (path: string, headers: string, body: string) =>
  `POST /api/v1${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n\r\n${body}`;

describe('framing', () => {
  test.each([
    '2\r\nContent-Length: 40',
    '2\r\nContent-Length: 2',
  ])('two Content-Length headers (%j) are refused and the connection ends; nothing that follows on it is read', async (lengths) => {
    const request = post('/auth/logout', `Content-Length: ${lengths}`, '{}');
    const answer = await raw(request, { untilClosed: true });
    expect(answer).toContain('HTTP/1.1 400');
    expect(answer).toContain('ambiguous');
    const smuggled = 'GET /api/v1/time HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
    expect(await raw(request + smuggled, { untilClosed: true })).not.toContain('engineTime');
  });

  test('a body that is announced too long is refused unread', async () => {
    const answer = await raw(post('/auth/login', `Content-Length: ${BODY_BYTES_MAX + 1}`, '{'), { untilClosed: true });
    expect(answer).toContain('HTTP/1.1 400');
    expect(answer).toContain('"limit":{"name":"bodyBytes","value":65536}');
  });

  test('the longest body is read, in whatever portions', async () => {
    const body = JSON.stringify({ username: 'nobody', password: 'x', more: 'y'.repeat(BODY_BYTES_MAX - 60) });
    expect(body.length).toBeLessThanOrEqual(BODY_BYTES_MAX);
    const reply = await server.call('POST', '/auth/login', { raw: body });
    expect(reply.body.error).toMatchObject({ code: 'INVALID_REQUEST', field: 'more' });
  });

  test('a client that leaves before its answer harms nobody', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const body = JSON.stringify({ username: 'nobody', password: 'a password' });
    await new Promise<void>((resolve) => {
      socket.write(post('/auth/login', `Content-Length: ${body.length}`, body), () => resolve());
    });
    socket.destroy();
    expect((await server.call('GET', '/time')).status).toBe(200);
    expect(server.errors).toEqual([]);
  });
});

describe('requests', () => {
  test.each(['{', 'null', '[]', '"text"', '{"username":', '1e400', '\u0000'])('body %j is refused', async (body) => {
    const reply = await server.call('POST', '/auth/login', { raw: body });
    expect(reply.status).toBe(400);
    expect(reply.body.error.code).toBe('INVALID_REQUEST');
  });

  test('a prototype in the body is a field like any other: unknown', async () => {
    const body = '{"username":"nobody","password":"x","__proto__":{"admin":true}}';
    const reply = await server.call('POST', '/auth/login', { raw: body });
    expect(reply.body.error).toMatchObject({ code: 'INVALID_REQUEST', field: '__proto__' });
  });

  test('deep nesting is refused', async () => {
    const reply = await server.call('POST', '/auth/login', { raw: `${'['.repeat(30_000)}${']'.repeat(30_000)}` });
    expect(reply.status).toBe(400);
  });

  test.each([
    ['/markets?colour=red', 'colour'],
    ['/markets?limit=0', 'limit'],
    ['/markets?limit=501', 'limit'],
    ['/markets?limit=1&limit=2', 'limit'],
    ['/markets?limit=1e2', 'limit'],
    ['/markets?limit=0x10', 'limit'],
    ['/markets?limit=+5', 'limit'],
    ['/markets?limit=%2B5', 'limit'],
    ['/markets?limit=%205', 'limit'],
    ['/markets?status=draft', 'status'],
    ['/markets?cursor=abc', 'cursor'],
    ['/markets?cursor=MS4y', 'cursor'],
  ])('%s is refused by field', async (path, field) => {
    const reply = await server.call('GET', path);
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatchObject({ code: 'INVALID_REQUEST', field });
  });

  test('unknown routes and methods', async () => {
    const nowhere = await server.call('GET', '/nowhere');
    expect(nowhere.status).toBe(404);
    expect(nowhere.body.error.code).toBe('NOT_FOUND');
    const method = await server.call('PUT', '/markets', { token });
    expect(method.status).toBe(405);
    expect(method.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
  });

  test.each([
    ['POST', '/auth/logout'],
    ['OPTIONS', '/orders'],
  ])('the 204 of %s %s says no length', async (method, path) => {
    const login = `Authorization: Bearer ${await server.trader(`leaver-${method}`)}`;
    const answer = await raw(
      `${method} /api/v1${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${login}\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
    expect(answer).not.toMatch(/^(content-length|transfer-encoding):/im);
  });

  test('HEAD answers as GET without the body', async () => {
    const head = await server.call('HEAD', '/time');
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(10);
  });

  test('every answer carries the security headers and the request’s id', async () => {
    for (const path of ['/time', '/nowhere', '/me']) {
      const { headers } = await server.call('GET', path, { headers: { 'X-Request-Id': 'mine-1' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('x-request-id')).toBe('mine-1');
    }
    const injected = await server.call('GET', '/time', { headers: { 'X-Request-Id': 'a b' } });
    expect(injected.headers.get('x-request-id')).toMatch(/^[a-z0-9]+-[a-z0-9]+$/);
  });

  test('what we do wrong is answered without detail and logged whole', async () => {
    const { trading } = server.deps;
    const cancelAll = trading.cancelAll;
    trading.cancelAll = () => Promise.reject(new Error('a secret of ours'));
    const reply = await server.call('DELETE', '/orders', { token });
    trading.cancelAll = cancelAll;
    expect(reply.status).toBe(500);
    expect(reply.body.error.code).toBe('INTERNAL');
    expect(reply.text).not.toContain('secret');
    expect(server.errors.splice(0)).toMatchObject([{ route: 'delete /orders', err: { message: 'a secret of ours' } }]);
  });
});

describe('origins', () => {
  const allowOrigin = 'access-control-allow-origin';
  test('an allowed origin may read, others may not', async () => {
    const friend = await server.call('GET', '/time', { headers: { Origin: FRIEND } });
    expect(friend.headers.get(allowOrigin)).toBe(FRIEND);
    expect(friend.headers.get('access-control-allow-credentials')).toBe('true');
    for (const Origin of ['https://friend.example.evil', 'http://friend.example', 'null']) {
      const other = await server.call('GET', '/time', { headers: { Origin } });
      expect(other.headers.get(allowOrigin)).toBeNull();
      expect(other.headers.get('vary')).toBe('Origin');
    }
  });

  test('preflight', async () => {
    const ask = (Origin: string) =>
      server.call('OPTIONS', '/orders', { headers: { Origin, 'Access-Control-Request-Method': 'POST' } });
    const friend = await ask(FRIEND);
    expect(friend.status).toBe(204);
    expect(friend.headers.get(allowOrigin)).toBe(FRIEND);
    expect(friend.headers.get('access-control-allow-methods')).toContain('POST');
    const other = await ask('https://evil.example');
    expect(other.headers.get(allowOrigin)).toBeNull();
    expect(other.headers.get('access-control-allow-methods')).toBeNull();
  });

  test('a change asked for by a foreign page is refused, whatever proves it', async () => {
    const reply = await server.call('POST', '/api-keys', {
      token,
      body: { name: 'bot' },
      headers: { Origin: 'https://evil.example' },
    });
    expect(reply.status).toBe(403);
    const friend = await server.call('POST', '/api-keys', {
      token,
      body: { name: 'bot' },
      headers: { Origin: FRIEND },
    });
    expect(friend.status).toBe(201);
  });
});

describe('outside /api', () => {
  const get = (path: string) => fetch(server.url + path);
  test('/healthz and /readyz', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await get('/readyz')).status).toBe(200);
    const { health } = server.deps;
    for (const [check, broken] of [
      ['engine', { ...health, leading: () => false }],
      ['journal', { ...health, journalReachable: async () => false }],
      ['notDraining', { ...health, draining: () => true }],
    ] as const) {
      Object.assign(server.deps, { health: broken });
      const reply = await get('/readyz');
      Object.assign(server.deps, { health });
      expect(reply.status).toBe(503);
      expect(await reply.json()).toMatchObject({ ready: false, checks: { [check]: false } });
    }
  });

  test('/metrics speaks Prometheus', async () => {
    server.deps.metrics.gauge('brier_test_depth', 'A gauge', () => 17);
    const reply = await get('/metrics');
    expect(reply.headers.get('content-type')).toContain('text/plain');
    const text = await reply.text();
    expect(text).toContain('\nbrier_test_depth 17\n');
    expect(text).toMatch(/brier_http_request_duration_seconds_count\{method="get",route="\/time",status="200"\} \d+/);
  });

  test('/ leads to /docs', async () => {
    const found = await fetch(server.url, { redirect: 'manual' });
    expect([found.status, found.headers.get('location')]).toEqual([302, '/docs']);
    const page = await fetch(server.url);
    expect(await page.text()).toContain('<title>Brier');
  });

  test('HEAD answers as GET without the body', async () => {
    for (const path of ['/', '/docs', '/docs/start.js', '/docs/swagger-ui.css', '/docs/websocket', '/asyncapi.json']) {
      const [head, whole] = await Promise.all(
        ['HEAD', 'GET'].map((method) => fetch(server.url + path, { method, redirect: 'manual' })),
      );
      expect([path, head?.status, head?.headers.get('content-type')]).toEqual([
        path,
        whole?.status,
        whole?.headers.get('content-type'),
      ]);
      expect(await head?.text()).toBe('');
      expect(Number(head?.headers.get('content-length'))).toBe((await whole?.arrayBuffer())?.byteLength);
    }
  });

  test.each([
    ['GET', '/nowhere'],
    ['GET', '/favicon.ico'],
    ['POST', '/docs'],
    ['DELETE', '/'],
  ])('%s %s answers an error as all else does', async (method, path) => {
    const reply = await fetch(server.url + path, { method });
    expect(reply.status).toBe(404);
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await reply.json()).toEqual({ error: { code: 'NOT_FOUND', message: expect.stringContaining('/docs') } });
  });

  test('/docs needs nobody else', async () => {
    const page = await get('/docs');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/<script>|onload=/);
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect((await get(link)).status, link).toBe(200);
    expect(await (await get('/docs/start.js')).text()).toContain('validatorUrl: null');
  });
});
