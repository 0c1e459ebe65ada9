import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAYLOAD_BYTES_MAX } from '../../src/gateway/sessions/limits.ts';
import * as answers from '../../src/protocol/answers.ts';
import { identity, TestGateway } from './support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  await gateway.createMarket('cup', { outcomes: ['A', 'B', 'C'] });
  await gateway.createMarket('snow', { type: 'lmsr' });
});
afterAll(() => gateway.stop());

describe('frames', () => {
  test('what is not JSON closes the connection', async () => {
    const socket = await gateway.socket();
    socket.ws.send('{"id":1');
    expect(await socket.ended).toMatchObject({ code: 4001 });
  });
  test('a frame above 16 KiB closes the connection, one of 16 KiB does not', async () => {
    const socket = await gateway.socket();
    const frame = JSON.stringify({ id: 1, op: 'ping' });
    socket.ws.send(frame + ' '.repeat(16 * 1024 - frame.length));
    expect(await socket.next(0)).toMatchObject({ id: 1, ok: true });
    socket.ws.send(frame + ' '.repeat(16 * 1024 - frame.length + 1));
    expect(await socket.ended).toMatchObject({ code: 4002 });
  });
  test.each([64 * 1024 + 1, PAYLOAD_BYTES_MAX])('and one of %d bytes is told why', async (bytes) => {
    const socket = await gateway.socket();
    socket.ws.send(JSON.stringify({ id: 1, op: 'ping' }).padEnd(bytes));
    expect(await socket.ended).toEqual({ code: 4002, reason: 'at most 16384 bytes a frame' });
  });
  test('a still longer one is not read', async () => {
    const socket = await gateway.socket();
    socket.ws.send(JSON.stringify({ id: 1, op: 'ping' }).padEnd(PAYLOAD_BYTES_MAX + 1));
    expect(await socket.ended).toMatchObject({ code: 1006 });
    expect(socket.texts).toEqual([]);
  });
  test('what waits is written before a close code', async () => {
    const socket = await gateway.socket();
    socket.ws.send('{"id":1,"op":"ping"}');
    socket.ws.send('no');
    expect(await socket.ended).toMatchObject({ code: 4001 });
    expect(socket.texts).toHaveLength(1);
  });
  test.each([
    ['{"id":7,"op":"nothing"}', 7, 'op'],
    ['{"id":7}', 7, 'op'],
    ['{"id":7,"op":"batch","requests":[]}', 7, 'requests'],
    ['{"id":7,"op":"cancelOnDisconnect","enabled":1}', 7, 'enabled'],
    ['{"op":"ping"}', null, 'id'],
    ['{"id":"x","op":"ping"}', null, 'id'],
    ['{"id":1.5,"op":"ping"}', null, 'id'],
    ['{"id":-1,"op":"ping"}', -1, 'id'],
    ['{"id":7,"op":"ping","more":1}', 7, 'more'],
    ['{"id":7,"op":"ping","__proto__":{"a":1}}', 7, '__proto__'],
    ['7', null, undefined],
    ['null', null, undefined],
    ['[]', null, undefined],
  ])('%s is not a request', async (frame, id, field) => {
    const socket = await gateway.socket();
    socket.ws.send(frame);
    const answer = await socket.next(0);
    expect(answer).toMatchObject({ id, ok: false, error: { code: 'INVALID_REQUEST' } });
    expect(answer.error.field).toBe(field);
    socket.ws.terminate();
  });
  test('deep nesting is refused, not followed', async () => {
    const socket = await gateway.socket();
    socket.ws.send(`{"id":7,"op":"ping","a":${'['.repeat(7_000)}${']'.repeat(7_000)}}`);
    expect(await socket.next(0)).toMatchObject({ id: 7, ok: false, error: { field: 'a' } });
    socket.ws.terminate();
  });
});

describe('logging in', () => {
  test('answers who one is; another account needs another connection', async () => {
    const client = await gateway.client();
    expect(answers.answers.auth.parse(await client.ok('auth', { token: '1' }))).toMatchObject({
      account: 'trader1',
      roles: ['trader'],
    });
    expect(await client.refused('auth', { token: '2' })).toMatchObject({ code: 'FORBIDDEN' });
    await client.ok('auth', { token: '1' });
  });
  test('needs one proof', async () => {
    const client = await gateway.client();
    expect(await client.refused('auth', { token: 'x' })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await client.refused('auth', {})).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await client.refused('auth', { token: '1', apiKey: '1' })).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await client.refused('auth', { apiKey: '1' })).toMatchObject({ code: 'INVALID_REQUEST', field: 'apiKey' });
    await client.ok('auth', { apiKey: '1', timestamp: 1, signature: 'x' });
  });
  test('requests behind it wait for it, in order', async () => {
    let open = () => {};
    gateway.loginGate = new Promise((resolve) => {
      open = resolve;
    });
    const client = await gateway.client();
    const order: string[] = [];
    const sent = ['auth', 'account', 'ping'].map(async (op) => {
      const answer = await client.request(op, op === 'auth' ? { token: '1' } : {});
      order.push(`${op} ${answer.ok}`);
    });
    open();
    await Promise.all(sent);
    expect(order.sort()).toEqual(['account true', 'auth true', 'ping true']);
  });
  test('comes with the cookie of a page of an origin that may', async () => {
    const cookie = 'other=1; brier_access=3';
    const host = `127.0.0.1:${gateway.server.port}`;
    const own = await gateway.client(undefined, { cookie, origin: `http://${host}` });
    await own.ok('account');
    const bearer = await gateway.client(undefined, { authorization: 'Bearer 3' });
    await bearer.ok('account');
    await expect(gateway.client(undefined, { cookie, origin: 'http://evil.example' })).rejects.toThrow('403');
    await expect(gateway.client(undefined, { cookie, origin: 'null' })).rejects.toThrow('403');
  });
  test('a key that may only read does not trade', async () => {
    gateway.identities.set('reader', identity(2, gateway.now, { scopes: ['read'], session: 'key' }));
    const client = await gateway.client();
    await client.ok('auth', { token: 'reader' });
    await client.ok('account');
    const order = { market: 'rain', side: 'buy', size: '1', price: '0.5' };
    expect(await client.refused('place', order)).toMatchObject({ code: 'FORBIDDEN' });
  });
  test('what needs it says so', async () => {
    const client = await gateway.client();
    const market = 'rain';
    for (const [op, fields] of [
      ['place', { market, side: 'buy', size: '1', price: '0.5' }],
      ['amend', { market, orderId: '1', size: '1' }],
      ['cancel', { market, orderId: '1' }],
      ['cancelAll', {}],
      ['account', {}],
      ['order', { orderId: '1' }],
      ['subscribe', { channels: [{ ch: 'fills' }] }],
    ] as const) {
      expect(await client.refused(op, fields)).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });
});

describe('the end of a login closes the socket', () => {
  const closed = async (token: string, end: () => void): Promise<{ code: number }> => {
    const client = await gateway.client();
    await client.ok('auth', { token });
    end();
    return client.connection.ended;
  };
  test('when the token expires', async () => {
    gateway.identities.set('short', identity(1, gateway.now, { expiresAt: gateway.now + 1_000 }));
    expect(
      await closed('short', () => {
        gateway.now += 1_000;
      }),
    ).toMatchObject({ code: 4005 });
  });
  test('when the login is revoked or roles change, of that account alone', async () => {
    const other = await gateway.client(3);
    gateway.identities.set('revoked', identity(1, gateway.now, { session: 'family' }));
    expect(await closed('revoked', () => gateway.changes.emit({ account: 1, session: 'family' }))).toMatchObject({
      code: 4005,
    });
    expect(await closed('2', () => gateway.changes.emit({ account: 2, sessionVersion: 2 }))).toMatchObject({
      code: 4005,
    });
    await other.ok('ping');
  });
  test('unless a new token came in time', async () => {
    const client = await gateway.client();
    gateway.identities.set('first', identity(1, gateway.now, { expiresAt: gateway.now + 1_000 }));
    await client.ok('auth', { token: 'first' });
    await client.ok('auth', { token: '1' });
    gateway.now += 2_000;
    const watched = await gateway.client();
    gateway.identities.set('second', identity(2, gateway.now, { expiresAt: gateway.now + 100 }));
    await watched.ok('auth', { token: 'second' });
    gateway.now += 100;
    // The sweep that closes this one passed over the other.
    await watched.connection.ended;
    await client.ok('account');
  });
});

describe('orders', () => {
  test('rest, fill, change and go, in the terms of their clients', async () => {
    const buyer = await gateway.client(1);
    const seller = await gateway.client(2);
    const bid = answers.answers.place.parse(await buyer.place({ size: '10', price: '0.55', clientOrderId: 'b1' }));
    expect(bid.order).toMatchObject({ status: 'open', outcome: 'YES', price: '0.55', remaining: '10.00', tif: 'GTC' });
    expect(bid.order.fills).toEqual([]);
    const repeated = await buyer.place({ size: '10', price: '0.55', clientOrderId: 'b1' });
    expect(repeated).toMatchObject({ duplicate: true, order: { orderId: bid.order.orderId } });
    expect(
      await buyer.refused('place', { market: 'rain', side: 'buy', size: '11', price: '0.55', clientOrderId: 'b1' }),
    ).toMatchObject({ code: 'CLIENT_ORDER_ID_CONFLICT', field: 'clientOrderId' });

    const no = answers.answers.place.parse(await seller.place({ outcome: 'NO', size: '4', price: '0.5' }));
    expect(no.order).toMatchObject({ status: 'filled', outcome: 'NO', side: 'buy', price: '0.50', avgPrice: '0.45' });
    expect(no.order.fills).toMatchObject([{ price: '0.45', size: '4.00', liquidity: 'taker', venue: 'book' }]);

    const fields = { market: 'rain', orderId: bid.order.orderId };
    expect(await buyer.ok('order', { clientOrderId: 'b1' })).toMatchObject({ order: { filled: '4.00' } });
    const smaller = answers.answers.amend.parse(await buyer.ok('amend', { ...fields, size: '8' }));
    expect(smaller).toMatchObject({ keptPriority: true, order: { size: '8.00', remaining: '4.00' } });
    const moved = await buyer.ok('amend', { ...fields, price: '0.54' });
    expect(moved).toMatchObject({ keptPriority: false, order: { price: '0.54' } });
    const gone = answers.answers.cancel.parse(await buyer.ok('cancel', { market: 'rain', clientOrderId: 'b1' }));
    expect(gone.order).toMatchObject({ status: 'canceled', reason: 'CANCELED', filled: '4.00' });
    expect(await buyer.refused('cancel', fields)).toMatchObject({ code: 'UNKNOWN_ORDER', field: 'orderId' });

    const finished = answers.answers.order.parse(await buyer.ok('order', { orderId: bid.order.orderId }));
    expect(finished.order).toMatchObject({ status: 'canceled', clientOrderId: 'b1' });
    const account = answers.answers.account.parse(await buyer.ok('account'));
    expect(account.positions).toMatchObject([{ market: 'rain', outcome: 'YES', size: '4.00', avgPrice: '0.55' }]);
    expect((await seller.ok('account')).positions).toMatchObject([{ outcome: 'NO', size: '4.00', avgPrice: '0.45' }]);
  });

  test('answers come in the order of the requests', async () => {
    const socket = await gateway.socket();
    socket.ws.send('{"id":0,"op":"auth","token":"3"}');
    for (let id = 1; id <= 500; id++) {
      const place = { id, op: 'place', market: 'rain', side: 'buy', size: id % 7 === 0 ? '0' : '1', price: '0.10' };
      socket.ws.send(JSON.stringify(place));
    }
    await socket.next(500);
    expect(socket.texts.map((text) => JSON.parse(text).id)).toEqual(Array.from({ length: 501 }, (_, id) => id));
    expect(await socket.next(7)).toMatchObject({ ok: false, error: { code: 'SIZE_INVALID', field: 'size' } });
    socket.ws.send('{"id":501,"op":"cancelAll","market":"rain"}');
    expect(await socket.next(501)).toMatchObject({ ok: true, canceled: 429 });
    socket.ws.terminate();
  });

  test('a market order on a maker takes its price; GTC it refuses', async () => {
    const client = await gateway.client(4);
    const bought = await client.place({ market: 'snow', type: 'market', size: '10' });
    answers.orderView.parse(bought.order);
    expect(bought.order).toMatchObject({ tif: 'IOC', status: 'filled' });
    expect(bought.order.fills).toMatchObject([{ venue: 'amm', size: '10.00' }]);
    expect(await client.place({ market: 'snow', size: '1', price: '0.9' })).toMatchObject({ order: { tif: 'IOC' } });
    const resting = { market: 'snow', side: 'buy', size: '1', price: '0.9', tif: 'GTC' };
    expect(await client.refused('place', resting)).toMatchObject({ code: 'INVALID_REQUEST', field: 'tif' });
  });

  test('a quote is what an order then costs', async () => {
    const client = await gateway.client(3);
    const quote = answers.answers.quote.parse(
      await client.ok('quote', { market: 'snow', outcome: 'NO', side: 'buy', size: '25' }),
    );
    expect(quote).toMatchObject({ size: '25.00', venues: [{ venue: 'amm', size: '25.00' }] });
    const before = await client.ok('account');
    await client.place({ market: 'snow', outcome: 'NO', type: 'market', size: '25', maxCost: quote.cost });
    const after = await client.ok('account');
    expect((Number(before.balance) - Number(after.balance)).toFixed(6)).toBe(quote.cost);
    const spend = await client.ok('quote', { market: 'snow', side: 'buy', spend: '10' });
    expect(Number(spend.cost)).toBeLessThanOrEqual(10);
    const anonymous = await gateway.client();
    await anonymous.ok('quote', { market: 'snow', side: 'sell', size: '1' });
  });
});
