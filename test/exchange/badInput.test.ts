import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as views from '../../src/protocol/http.ts';
import { connect, type StreamMessage } from '../../src/sdk/index.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { refusalOf, request } from './support/api.ts';
import { badHttpRequests } from './support/badHttpRequests.ts';
import { badOrders, badRequests, place } from './support/badRequests.ts';
import { Client } from './support/client.ts';
import { openMarket } from './support/markets.ts';
import { RawSocket } from './support/rawSocket.ts';

/** What nobody should send, on a running exchange: it is refused by the documented code, changes nothing and harms nobody. */
let exchange: Exchange;
let operator: Client;
let alice: Client;
let bob: Client;
let order: { orderId: string };
let untouched: unknown;

/** Where all money and all orders are. */
async function state(): Promise<unknown> {
  const audit = await operator.api.get(views.auditView, '/audit');
  const { id: _, ...account } = await alice.ask('account', {});
  return { audit, account };
}

beforeAll(async () => {
  exchange = await startExchange();
  [operator, alice, bob] = await Promise.all([
    Client.operator(exchange),
    Client.register(exchange, 'alice'),
    Client.register(exchange, 'bob'),
  ]);
  for (const id of ['open', 'closed']) await openMarket(operator, id);
  await openMarket(operator, 'maker', { type: 'lmsr', liquidity: '1000' });
  await openMarket(operator, 'three', { outcomes: ['a', 'b', 'c'] });
  await operator.api.call(views.lifecycleView, 200, 'POST', '/markets/closed/close', {});
  order = await alice.place({ market: 'open', side: 'buy', price: '0.40', size: '5', clientOrderId: 'mine' });
  await bob.place({ market: 'open', side: 'sell', price: '0.60', size: '5' });
  untouched = await state();
});
afterAll(() => exchange?.stop());
// Not only refused: nothing has happened.
afterEach(async () => {
  const before = untouched;
  untouched = await state();
  expect(withoutSeq(untouched)).toEqual(withoutSeq(before));
});

/** Refused commands are in the journal too, so that sequence numbers go on. */
function withoutSeq(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'seq' ? undefined : inner)));
}

describe('orders', () => {
  test('are refused for what is wrong with them, over the WebSocket and over HTTP alike', async () => {
    for (const [code, field, fields] of badOrders) {
      const label = `${code} ${field} ${JSON.stringify(fields)}`;
      const overWebSocket = await alice.refused('place', fields);
      expect([overWebSocket.code, overWebSocket.field], label).toEqual([code, field]);
      const overHttp = await alice.api.refused('POST', '/orders', fields);
      expect([overHttp.code, overHttp.field], label).toEqual([code, field]);
      expect(overHttp.limit, label).toEqual(overWebSocket.limit);
    }
  });
});

describe('references', () => {
  test.each(badRequests)('%s: %s by %s', async (op, code, field, fields) => {
    const error = await alice.refused(op, fields);
    expect([error.code, error.field]).toEqual([code, field]);
  });

  test('another’s order is none of one’s own, by any way', async () => {
    const { orderId } = order;
    for (const op of ['cancel', 'amend', 'order']) {
      const fields = op === 'order' ? { orderId } : { market: 'open', orderId, ...(op === 'amend' && { size: '1' }) };
      expect(await bob.refused(op, fields), op).toMatchObject({ code: 'UNKNOWN_ORDER', field: 'orderId' });
    }
    for (const method of ['GET', 'DELETE']) {
      expect((await bob.api.refused(method, `/orders/${orderId}`)).code).toBe('UNKNOWN_ORDER');
    }
    expect((await bob.api.refused('PATCH', `/orders/${orderId}`, { size: '1' })).code).toBe('UNKNOWN_ORDER');
  });
});

describe('frames', () => {
  /** What one frame is answered: a message, or the code with which the connection is closed. */
  async function sent(text: string): Promise<StreamMessage | number> {
    const connection = await connect({ url: exchange.url });
    const answered = new Promise<StreamMessage>((resolve) => connection.onMessage(resolve));
    connection.sendText(text);
    const answer = await Promise.race([answered, connection.ended.then(({ code }) => code)]);
    connection.terminate();
    return answer;
  }
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a bare word', 'ping'],
    ['two objects', '{"id":1,"op":"ping"}{"id":2,"op":"ping"}'],
    ['a mark before it', '\ufeff{"id":1,"op":"ping"}'],
    ['single quotes', "{'id':1}"],
    ['NaN', '{"id":NaN,"op":"ping"}'],
  ])('%s is closed as NOT_JSON', async (_, text) => expect(await sent(text)).toBe(4001));

  test.each([
    ['null', null, undefined, 'null'],
    ['a list', null, undefined, '[]'],
    ['a text', null, undefined, '"ping"'],
    ['a deep list', null, undefined, deep(8_000)],
    ['a deep object', null, 'op', `${'{"a":'.repeat(2_700)}1${'}'.repeat(2_700)}`],
    ['an empty object', null, 'op', '{}'],
    ['no operation', 5, 'op', '{"id":5}'],
    ['a text as id', null, 'id', '{"id":"5","op":"ping"}'],
    ['a part as id', null, 'id', '{"id":1.5,"op":"ping"}'],
    ['an endless id', null, 'id', '{"id":1e400,"op":"ping"}'],
    ['an id beyond integers', null, 'id', '{"id":9007199254740993,"op":"ping"}'],
    ['an endless size', 5, 'size', '{"id":5,"op":"place","market":"open","side":"buy","price":"0.5","size":1e400}'],
    ['__proto__', 5, '__proto__', '{"id":5,"op":"ping","__proto__":{"id":6}}'],
    ['constructor', 5, 'constructor', '{"id":5,"op":"ping","constructor":{"prototype":{}}}'],
    ['deep in a field', 5, 'x', `{"id":5,"op":"ping","x":${deep(8_000)}}`],
    ['deep in channels', 5, 'channels.0', `{"id":5,"op":"subscribe","channels":${deep(8_000)}}`],
  ])('%s is answered INVALID_REQUEST', async (_, id, field, text) => {
    const answer = await sent(text);
    expect(answer).toMatchObject({ id, ok: false, error: { code: 'INVALID_REQUEST' } });
    expect((answer as { error: { field?: string } }).error.field).toBe(field);
  });

  test('may be 16 KiB and not one byte more', async () => {
    const ping = '{"id":5,"op":"ping"}';
    expect(await sent(ping.padEnd(16_384))).toMatchObject({ id: 5, ok: true });
    expect(await sent(ping.padEnd(16_385))).toBe(4002);
    expect(await sent(ping.padEnd(60_000))).toBe(4002);
    expect(await sent(ping.padEnd(1_000_000))).toBe(4002);
  });

  test('are text', async () => {
    const binary = await RawSocket.webSocket(exchange.url);
    binary.frame(2, Buffer.from('{"id":5,"op":"ping"}'));
    expect((await binary.rest()).readUInt16BE(2)).toBe(4003);
  });

  test.each([
    ['half a surrogate pair', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('%s ends the connection', async (_, bytes) => {
    const raw = await RawSocket.webSocket(exchange.url);
    raw.frame(1, bytes);
    await raw.closed;
  });

  test('reserved bits and long pings end the connection', async () => {
    for (const bytes of [
      [0xf1, 0x80, 0, 0, 0, 0],
      [0x89, 0xfe, 0, 126, 0, 0, 0, 0],
    ]) {
      const raw = await RawSocket.webSocket(exchange.url);
      raw.write(Buffer.from(bytes));
      await raw.closed;
    }
  });
});

describe('HTTP', () => {
  test.each(badHttpRequests.map((row) => ({ row })))('$row', async ({ row }) => {
    const [status, code, field, from, route, body] = row;
    const [method = '', path = ''] = route.split(' ');
    const token = { nobody: undefined, alice: alice.token, operator: operator.token }[from];
    const reply = await request(exchange.url, method, path, { token, body });
    const error = refusalOf(reply);
    expect([reply.status, error.code, error.field]).toEqual([status, code, field]);
  });

  test.each([
    '{',
    '',
    'null',
    '{"a":1}{"b":2}',
    '\u0000',
    '[1',
    `${'['.repeat(30_000)}`,
  ])('the body %# is refused whole', async (raw) => {
    const error = refusalOf(await request(exchange.url, 'POST', '/orders', { token: alice.token, raw }));
    expect(error.code).toBe('INVALID_REQUEST');
  });

  test('a deep body, and __proto__ in one, are refused by their fields', async () => {
    const post = (raw: string) => request(exchange.url, 'POST', '/orders', { token: alice.token, raw });
    const deep = `{"market":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
    expect(refusalOf(await post(deep))).toMatchObject({ code: 'INVALID_REQUEST', field: 'market' });
    const inherits = `{"market":"open","side":"buy","price":"0.5","size":"1","__proto__":{"maxCost":"1"}}`;
    expect(refusalOf(await post(inherits))).toMatchObject({ code: 'INVALID_REQUEST', field: '__proto__' });
  });

  test('a body may have 64 KiB and not one byte more', async () => {
    const fits = await request(exchange.url, 'POST', '/auth/login', { raw: '{}'.padEnd(65_536) });
    expect(refusalOf(fits)).toMatchObject({ code: 'INVALID_REQUEST', field: 'username' });
    const long = await request(exchange.url, 'POST', '/auth/login', { raw: '{}'.padEnd(65_537) });
    expect(refusalOf(long)).toMatchObject({
      code: 'INVALID_REQUEST',
      limit: { name: 'bodyBytes', value: 65_536 },
    });
  });

  test('another method is refused with those that there are', async () => {
    const reply = await request(exchange.url, 'PUT', '/orders', { token: alice.token, body: place });
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toContain('POST');
  });
});

describe('framing that can be read in two ways', () => {
  const smuggled = () =>
    `DELETE /api/v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${alice.token}\r\nContent-Length: 0\r\n\r\n`;
  const head = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\n';

  // What would be a second request to one reader is part of the first one’s body to another: neither is carried out.
  test.each([
    ['two lengths, the first shorter', (body: string) => `Content-Length: 0\r\nContent-Length: ${body.length}`],
    ['two lengths, the second shorter', (body: string) => `Content-Length: ${body.length}\r\nContent-Length: 0`],
    ['a length and chunks', () => 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['chunks and a length', () => 'Transfer-Encoding: chunked\r\nContent-Length: 5'],
    ['a list of lengths', () => 'Content-Length: 0, 7'],
    ['a signed length', () => 'Content-Length: +0'],
    ['a length below zero', () => 'Content-Length: -1'],
    ['an encoding of another kind', () => 'Transfer-Encoding: gzip'],
  ])('%s', async (_, lengths) => {
    const raw = await RawSocket.open(exchange.url);
    const body = smuggled();
    raw.write(`${head}${lengths(body)}\r\n\r\n${body}`);
    const answer = (await raw.rest()).toString();
    expect(answer).not.toContain('canceled');
    expect(answer).not.toContain('200 OK');
  });
});

describe('tokens', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  /** A token with the claims of alice’s, signed with another key. */
  const forged = (header: object, change: object, key: string) => {
    const [, payload = ''] = alice.token.split('.');
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...change };
    const signed = `${part(header)}.${part(claims)}`;
    return `${signed}.${key === '' ? '' : createHmac('sha256', key).update(signed).digest('base64url')}`;
  };
  const hs256 = { alg: 'HS256', typ: 'at+jwt' };

  test.each([
    ['no token', () => 'nothing'],
    ['alg none', () => forged({ alg: 'none', typ: 'at+jwt' }, {}, '')],
    ['alg none, with a signature', () => forged({ alg: 'none', typ: 'at+jwt' }, {}, 'key')],
    ['another key', () => forged(hs256, {}, 'another secret that is long enough')],
    ['an empty key', () => `${forged(hs256, {}, 'x').split('.').slice(0, 2).join('.')}.`],
    ['another algorithm', () => forged({ alg: 'HS384', typ: 'at+jwt' }, {}, 'key')],
    ['another account', () => alice.token.replace(/\.[^.]+\./, `.${part({ sub: '1' })}.`)],
    ['a refresh token', () => alice.login.refreshToken ?? ''],
    ['a signature of another', () => [...alice.token.split('.').slice(0, 2), bob.token.split('.')[2]].join('.')],
  ])('%s lets nobody in', async (_, make) => {
    const token = make();
    const { error } = { error: refusalOf(await request(exchange.url, 'GET', '/account', { token })) };
    expect(error.code).toBe('UNAUTHENTICATED');
    const connection = await connect({ url: exchange.url });
    const answer = await connection.requestUntyped('auth', { token });
    expect(answer).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } });
    expect(await connection.requestUntyped('account', {})).toMatchObject({ ok: false });
    await connection.close();
  });

  test('a connection stays with its account', async () => {
    const connection = await connect({ url: exchange.url, token: bob.token });
    const answer = await connection.requestUntyped('auth', { token: alice.token });
    expect(answer).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    expect(await connection.requestUntyped('auth', { token: bob.token })).toMatchObject({ ok: true, account: 'bob' });
    await connection.close();
  });
});

describe('after all that', () => {
  test('the exchange has logged no failure and goes on', async () => {
    expect(exchange.stderr).toEqual([]);
    const { status } = await fetch(`${exchange.url}/readyz`);
    expect(status).toBe(200);
  });
});
