import { connect, type Socket as TcpSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAYLOAD_BYTES_MAX, POLL_BYTES_MAX } from '../../../src/gateway/sessions/limits.ts';
import { openWebSocket } from '../../../src/sdk/index.ts';
import { TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ rateLimits: true, origins: ['https://app.example'] });
  await gateway.createMarket('rain');
});
afterAll(async () => {
  expect(gateway.errors).toEqual([]);
  await gateway.stop();
});

const path = (query: Record<string, string>): string => `/socket.io/?${new URLSearchParams({ EIO: '4', ...query })}`;
const http = (query: Record<string, string>, init: RequestInit = {}): Promise<Response> =>
  fetch(gateway.url + path(query), init);
const polling = { transport: 'polling' };

/** A connection by polling that has joined, by hand. */
async function joined(
  connect = '40',
): Promise<{ sid: string; post(body: string): Promise<Response>; poll(): Promise<string> }> {
  const { sid } = JSON.parse((await (await http(polling)).text()).slice(1));
  const of = { ...polling, sid };
  const post = (body: string) => http(of, { method: 'POST', body });
  const poll = async () => (await http(of)).text();
  await post(connect);
  return { sid, post, poll };
}

/** Everybody else is served as before. */
async function othersAreServed(): Promise<void> {
  const client = await gateway.client(1);
  await client.ok('ping');
  client.connection.terminate();
  const { post, poll } = await joined();
  await post('420["request",{"op":"ping"}]');
  let heard = '';
  while (!heard.includes('430[')) heard += await poll();
  expect(heard).toContain('430[{"id":0,"ok":true,"time":');
  await post('41');
}

describe('requests that are none of the library’s are refused', () => {
  test.each([
    ['no transport', {}, {}, 400],
    ['an unknown one', { transport: 'carrier-pigeon' }, {}, 400],
    ['a WebSocket that is no upgrade', { transport: 'websocket' }, {}, 400],
    ['an old protocol', { ...polling, EIO: '3' }, {}, 400],
    ['an unknown session', { ...polling, sid: 'nobody' }, {}, 400],
    ['a session named as a method', { ...polling, sid: '__proto__' }, {}, 400],
    ['a handshake by POST', polling, { method: 'POST', body: '40' }, 400],
    ['a deletion', polling, { method: 'DELETE' }, 400],
    ['a page of another origin', polling, { headers: { origin: 'https://evil.example' } }, 403],
  ])('%s', async (_, query, init, status) => {
    expect((await http(query, init)).status).toBe(status);
    await othersAreServed();
  });

  test.each([
    ['that asks for polling', { transport: 'polling' }],
    ['of an unknown session', { transport: 'websocket', sid: 'nobody' }],
    ['of an old protocol', { transport: 'websocket', EIO: '3' }],
  ])('an upgrade %s', async (_, query) => {
    const handler = { message: () => {}, closed: () => {} };
    await expect(openWebSocket(gateway.url.replace('http', 'ws') + path(query), handler)).rejects.toThrow();
    await othersAreServed();
  });

  test('an allowed page may read, and is told so before it asks', async () => {
    const headers = { origin: 'https://app.example' };
    const allowed = await http(polling, { headers });
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, headers.origin]);
    expect(allowed.headers.get('x-content-type-options')).toBe('nosniff');
    const asking = { ...headers, 'access-control-request-method': 'POST' };
    const preflight = await http(polling, { method: 'OPTIONS', headers: asking });
    expect([preflight.status, preflight.headers.get('access-control-allow-credentials')]).toEqual([204, 'true']);
  });
});

describe('packets that no library sends end the connection, and no other', () => {
  test.each([
    ['nothing', ''],
    ['no type', '4'],
    ['an unknown type', '49'],
    ['an acknowledgement of nothing', '430[]'],
    ['an error', '44{"message":"x"}'],
    ['a second connection', '40'],
    ['another namespace', '40/admin,'],
    ['an event in another', '42/admin,["request",{}]'],
    ['binary data to come', '451-["request",{"_placeholder":true,"num":0}]'],
    ['binary data in text', 'bAQID'],
    ['no JSON', '42["request",'],
    ['no event', '42{}'],
    ['an id that is none', '421e3["request",{}]'],
    ['a ping', '2probe'],
    ['more than a request may carry', '2\x1e'.repeat(POLL_BYTES_MAX)],
    ['many in one', Array.from({ length: 500 }, () => '42["request"').join('\x1e')],
  ])('%s', async (_, body) => {
    const { post, poll } = await joined();
    await post(body).catch(() => {});
    for (let status = 200; status === 200; ) {
      await poll();
      status = (await post('42["request",{"op":"ping"}]')).status;
    }
    await othersAreServed();
  });

  test.each([
    ['null', '40null'],
    ['a list', '40[]'],
    ['a text', '40"x"'],
    ['not JSON', '40{'],
    ['a prototype', '40{"__proto__":{"token":"1"}}'],
  ])('a handshake of %s', async (_, body) => {
    const { poll } = await joined(body);
    expect(await poll()).not.toContain('"sid"');
    await othersAreServed();
  });

  test('other events, and requests that are no object, are refused and counted', async () => {
    const { post, poll } = await joined();
    const bodies = [
      '421["hello"]',
      '422["request"]',
      '423["request",{},{}]',
      '424["request",[]]',
      '425[ "request" ,7]',
      '426[]',
    ];
    await post(bodies.join('\x1e'));
    let heard = '';
    while (!heard.includes('436[')) heard += await poll();
    for (const [i] of bodies.entries()) {
      expect(heard).toContain(`43${i + 1}[{"id":null,"ok":false,"error":{"code":"INVALID_REQUEST"`);
    }
  });

  test('deep nesting is refused, not followed', async () => {
    const { post, poll } = await joined();
    const depth = 7_000;
    await post(`421["request",{"op":"ping","a":${'['.repeat(depth)}${']'.repeat(depth)}}]`);
    let heard = '';
    while (!heard.includes('431[')) heard += await poll();
    expect(heard).toContain('"code":"INVALID_REQUEST"');
    await post(`422[ "request",${'['.repeat(depth)}${']'.repeat(depth)}]`);
    while (!heard.includes('432[')) heard += await poll();
    await othersAreServed();
  });
});

test('connections that join nothing count, too, and are refused where there are far too many', async () => {
  const other = await TestGateway.start({ rateLimits: true, limits: { connectionsPerAddress: 1 } });
  const handshake = () => fetch(other.url + path(polling));
  const sids: string[] = [];
  let reply = await handshake();
  for (; reply.status === 200; reply = await handshake()) sids.push(JSON.parse((await reply.text()).slice(1)).sid);
  expect([reply.status, sids.length < 100]).toEqual([403, true]);
  const close = (sid: string) => fetch(other.url + path({ ...polling, sid }), { method: 'POST', body: '1' });
  await Promise.all(sids.map(close));
  expect((await handshake()).status).toBe(200);
  await other.stop();
});

describe('requests that go wrong on the way', () => {
  const raw = (text: string): Promise<TcpSocket> =>
    new Promise((resolve) => {
      const socket = connect(gateway.server.port, '127.0.0.1', () => socket.write(text, () => resolve(socket)));
      socket.on('error', () => {});
    });
  const ended = (socket: TcpSocket): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes;
      });
      socket.on('close', () => resolve(text));
    });

  test('a poll that is broken off ends its connection', async () => {
    const { sid, poll } = await joined();
    await poll();
    const socket = await raw(`GET ${path({ ...polling, sid })} HTTP/1.1\r\nHost: x\r\n\r\n`);
    // Another at the same time is one too many; whichever came first, the connection ends.
    await poll();
    socket.destroy();
    while ((await http({ ...polling, sid })).status === 200);
    await othersAreServed();
  });
  test('a body that is broken off, too long, or of no length', async () => {
    for (const [length, body] of [
      ['Content-Length: 50\r\n', '42["re'],
      [`Content-Length: ${PAYLOAD_BYTES_MAX + 1}\r\n`, '42'],
      ['', ''],
    ]) {
      const { sid } = await joined();
      const socket = await raw(`POST ${path({ ...polling, sid })} HTTP/1.1\r\nHost: x\r\n${length}\r\n${body}`);
      socket.end();
      await ended(socket);
      await othersAreServed();
    }
  });
  test('handshakes that are broken off', async () => {
    for (let i = 0; i < 50; i++) {
      const upgrade =
        i % 2 === 0
          ? 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
          : '';
      const transport = i % 2 === 0 ? 'websocket' : 'polling';
      const socket = await raw(`GET ${path({ transport })} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`);
      socket.resetAndDestroy();
    }
    await othersAreServed();
  });
});
