import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as R from '../../src/engines/records/buffer.ts';
import { COMMAND } from '../../src/engines/records/commands.ts';
import { IDLE_AFTER_MS } from '../../src/gateway/sessions/limits.ts';
import type { Client, Message } from './support/gateway.ts';
import { identity, TestGateway } from './support/gateway.ts';

/** Cancel on disconnect over real sockets on the real engine. */

let gateway: TestGateway;
/** Sees what becomes of account 1’s orders, and is never armed itself. */
let witness: Client;
beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
});
beforeEach(async () => {
  witness = await gateway.client(1);
  await witness.ok('cancelAll');
  await witness.ok('subscribe', { channels: [{ ch: 'orders' }, { ch: 'quotes' }] });
  await witness.until(({ ch, type }) => ch === 'quotes' && type === 'snapshot');
});
afterEach(async () => {
  witness.connection.terminate();
  await witness.connection.ended;
  while (gateway.server.connections() > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(gateway.errors).toEqual([]);
});
afterAll(() => gateway.stop());

const armed = (): number => gateway.engine.engine.image().connections.armed;
/** An order far from any other. */
const REST = { size: '1', price: '0.10' };

/** Resolves when so many connections are left, and what the ends of the others brought has been carried out. */
async function left(connections: number): Promise<void> {
  while (gateway.server.connections() > connections) await witness.ok('ping');
  await witness.ok('account');
}

/** The end of an order, as it is told. */
async function endOf(orderId: string): Promise<string> {
  const { order } = await witness.until(
    (message) => message.order?.orderId === orderId && message.order.status === 'canceled',
  );
  return order.reason;
}

async function openOrders(): Promise<string[]> {
  const { orders } = await witness.ok('account');
  return orders.map(({ orderId }: Message) => orderId);
}

describe('cancel on disconnect', () => {
  test('cancels what the connection placed since it was armed, when it is cut', async () => {
    const client = await gateway.client(1);
    const before = await client.place(REST);
    expect(await client.ok('cancelOnDisconnect', { enabled: true })).toEqual({
      ...{ id: expect.any(Number), ok: true, enabled: true, scope: 'connection' },
    });
    expect(armed()).toBe(1);
    const single = await client.place(REST);
    const { results } = await client.ok('batch', {
      requests: [
        { op: 'place', market: 'rain', side: 'buy', ...REST },
        { op: 'amend', market: 'rain', orderId: single.order.orderId, size: '2' },
      ],
    });
    const moved = await client.place(REST);
    const replaced = await client.ok('replace', {
      cancel: { orderId: moved.order.orderId },
      place: { market: 'rain', side: 'buy', size: '1', price: '0.11' },
    });
    await client.ok('quotes', {
      group: 'mm',
      quotes: [{ market: 'rain', bid: { price: '0.12', size: '3' } }],
    });
    client.connection.terminate();
    for (const { order } of [single, results[0], replaced.results[1]]) {
      expect(await endOf(order.orderId)).toBe('DISCONNECTED');
    }
    const { quote } = await witness.until(({ quote: one }) => one?.status === 'canceled');
    expect(quote).toMatchObject({ price: '0.12', reason: 'DISCONNECTED' });
    expect(await openOrders()).toEqual([before.order.orderId]);
    expect(armed()).toBe(0);
  });

  test.each([
    ['closed', (client: Client) => client.connection.close()],
    ['closed for what it sent', async (client: Client) => client.connection.sendText('no')],
    ['ended with its login', async () => gateway.changes.emit({ account: 1, session: 'family' })],
  ])('does so when it is %s', async (_how, end) => {
    gateway.identities.set('revoked', identity(1, gateway.now, { session: 'family' }));
    const client = await gateway.client();
    await client.ok('auth', { token: 'revoked' });
    await client.ok('cancelOnDisconnect', { enabled: true });
    const { order } = await client.place(REST);
    await end(client);
    expect(await endOf(order.orderId)).toBe('DISCONNECTED');
  });

  test('does so when nothing is heard of it', async () => {
    const client = await gateway.client(1);
    await client.ok('cancelOnDisconnect', { enabled: true });
    const { order } = await client.place(REST);
    const now = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + IDLE_AFTER_MS);
    expect(await client.connection.ended).toMatchObject({ code: 4004 });
    later.mockRestore();
    const again = await gateway.client(1);
    expect((await again.ok('order', { orderId: order.orderId })).order).toMatchObject({
      ...{ status: 'canceled', reason: 'DISCONNECTED' },
    });
    again.connection.terminate();
  });

  test('does nothing for connections that are not armed, or not any more', async () => {
    const never = await gateway.client(1);
    const kept = await never.place(REST);
    const client = await gateway.client(1);
    await client.ok('cancelOnDisconnect', { enabled: true });
    // Its order is let go, too.
    const freed = await client.place(REST);
    expect(await client.ok('cancelOnDisconnect', { enabled: false })).toMatchObject({ enabled: false });
    expect(armed()).toBe(0);
    const after = await client.place(REST);
    for (const { connection } of [never, client]) connection.terminate();
    await left(1);
    expect(await openOrders()).toEqual([kept, freed, after].map(({ order }) => order.orderId));
  });

  test('may be asked for again and again, by anybody who may trade', async () => {
    const client = await gateway.client(1);
    for (const enabled of [true, true, false, false, true]) {
      expect(await client.ok('cancelOnDisconnect', { enabled })).toMatchObject({ enabled, scope: 'connection' });
      expect(armed()).toBe(enabled ? 1 : 0);
    }
    client.connection.terminate();
    const anonymous = await gateway.client();
    expect((await anonymous.refused('cancelOnDisconnect', { enabled: true })).code).toBe('UNAUTHENTICATED');
    gateway.identities.set('reader', identity(1, gateway.now, { scopes: ['read'] }));
    await anonymous.ok('auth', { token: 'reader' });
    for (const [op, fields] of [
      ['cancelOnDisconnect', { enabled: true }],
      ['cancelAfter', { timeoutMs: 5 }],
      ['quotes', { group: 'mm', quotes: [{ market: 'rain', bid: null }] }],
      ['cancelQuotes', {}],
      ['quoteGroup', { group: 'mm', reset: true }],
    ] as const) {
      expect((await anonymous.refused(op, fields)).code).toBe('FORBIDDEN');
    }
    anonymous.connection.terminate();
  });

  test('holds what follows it, in order: it is bound to the connection already', async () => {
    const socket = await gateway.socket();
    const place = { op: 'place', market: 'rain', side: 'buy', ...REST };
    const frames = [
      { id: 1, op: 'auth', token: '1' },
      { id: 2, ...place },
      { id: 3, op: 'cancelOnDisconnect', enabled: true },
      { id: 4, ...place },
      { id: 5, op: 'cancelAfter', timeoutMs: 0 },
      { id: 6, op: 'cancelOnDisconnect', enabled: false },
      { id: 7, op: 'cancelOnDisconnect', enabled: true },
      { id: 8, ...place },
    ];
    for (const frame of frames) socket.ws.send(JSON.stringify(frame));
    const answers: Message[] = [];
    for (let i = 0; i < frames.length; i++) answers.push(await socket.next(i));
    expect(answers.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const [, before, , free, , , , bound] = answers;
    socket.ws.terminate();
    expect(await endOf(bound?.order.orderId)).toBe('DISCONNECTED');
    expect(await openOrders()).toEqual([before?.order.orderId, free?.order.orderId]);
  });

  test('leaves nothing armed where the connection ends before it is', async () => {
    const socket = await gateway.socket();
    socket.ws.send('{"id":1,"op":"auth","token":"1"}');
    await socket.next(0);
    for (let id = 2; id < 5; id++) socket.ws.send(`{"id":${id},"op":"cancelOnDisconnect","enabled":true}`);
    socket.ws.flush();
    socket.ws.terminate();
    await socket.ended;
    // Whatever the server has read of it.
    await left(1);
    expect(armed()).toBe(0);
  });

  test('nor where the engine answers when it has ended', async () => {
    const { port } = gateway.engine;
    const send = port.send.bind(port);
    let goOn: (() => void) | undefined;
    const delayed = vi.spyOn(port, 'send').mockImplementation((at, pending, removing) => {
      const { buffer } = port;
      if (goOn !== undefined || buffer.i32[at + R.KIND] !== COMMAND.CONNECTION) return send(at, pending, removing);
      const record = buffer.i32.slice(at, at + (buffer.i32[at + R.LENGTH] as number));
      buffer.clear();
      goOn = () => send(buffer.append(record, 0, record.length), pending, removing);
      return true;
    });
    const client = await gateway.client(1);
    client.request('cancelOnDisconnect', { enabled: true }).catch(() => {});
    while (goOn === undefined) await witness.ok('ping');
    client.connection.terminate();
    await left(1);
    (goOn as () => void)();
    delayed.mockRestore();
    // Armed, and told that the connection is gone.
    for (let i = 0; i < 2; i++) await witness.ok('account');
    expect(armed()).toBe(0);
  });

  test('and stays what it is where the engine has no room for the change', async () => {
    const client = await gateway.client(1);
    await client.ok('cancelOnDisconnect', { enabled: true });
    const { order } = await client.place(REST);
    const full = vi.spyOn(gateway.engine.port, 'send').mockImplementation(() => {
      gateway.engine.port.buffer.clear();
      return false;
    });
    for (const [op, fields] of [
      ['cancelOnDisconnect', { enabled: false }],
      ['logout', {}],
    ] as const) {
      expect(await client.refused(op, fields)).toMatchObject({ code: 'OVERLOADED', retryAfterMs: expect.any(Number) });
    }
    // Not even its end can be told at once: the next sweep tells it.
    client.connection.terminate();
    while (gateway.server.connections() > 1) await new Promise((resolve) => setImmediate(resolve));
    full.mockRestore();
    expect(await endOf(order.orderId)).toBe('DISCONNECTED');
  });

  test('of one connection does not touch another of the account, nor another account', async () => {
    const [one, two, other] = [await gateway.client(1), await gateway.client(1), await gateway.client(2)];
    const orders: Message[] = [];
    for (const client of [one, two, other]) {
      await client.ok('cancelOnDisconnect', { enabled: true });
      orders.push((await client.place(REST)).order);
    }
    expect(armed()).toBe(3);
    one.connection.terminate();
    expect(await endOf(orders[0].orderId)).toBe('DISCONNECTED');
    expect(await openOrders()).toEqual([orders[1].orderId]);
    expect((await other.ok('account')).orders).toHaveLength(1);
    // The number is free for another, whose end is its own.
    const three = await gateway.client(1);
    await three.ok('cancelOnDisconnect', { enabled: true });
    const { order } = await three.place(REST);
    three.connection.terminate();
    expect(await endOf(order.orderId)).toBe('DISCONNECTED');
    expect(await openOrders()).toEqual([orders[1].orderId]);
    two.connection.terminate();
    expect(await endOf(orders[1].orderId)).toBe('DISCONNECTED');
    await other.ok('cancelAll');
    other.connection.terminate();
  });

  test('is for so many connections of an account', async () => {
    const clients: Client[] = [];
    for (let i = 0; i < 63; i++) {
      const client = await gateway.client(3);
      await client.ok('cancelOnDisconnect', { enabled: true });
      clients.push(client);
    }
    const more = await gateway.client(3);
    expect(await more.refused('cancelOnDisconnect', { enabled: true })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: { name: 'armedConnectionsPerAccount', value: 63 },
    });
    clients[7]?.connection.terminate();
    await left(1 + 63);
    await more.ok('cancelOnDisconnect', { enabled: true });
    clients[7] = more;
    for (const { connection } of clients) connection.terminate();
    await left(1);
    expect(armed()).toBe(0);
  });
});

describe('the account’s default', () => {
  test('arms each connection that logs in, before what it says next', async () => {
    const setter = await gateway.client(1);
    expect(await setter.ok('cancelOnDisconnect', { enabled: true, scope: 'account' })).toMatchObject({
      ...{ enabled: true, scope: 'account' },
    });
    expect(armed()).toBe(1);
    const socket = await gateway.socket();
    socket.ws.send('{"id":1,"op":"auth","token":"1"}');
    socket.ws.send(`{"id":2,"op":"place","market":"rain","side":"buy","size":"1","price":"0.10"}`);
    const placed = await socket.next(1);
    expect(armed()).toBe(2);
    socket.ws.terminate();
    expect(await endOf(placed.order.orderId)).toBe('DISCONNECTED');

    const withHeader = await gateway.client(undefined, { authorization: 'Bearer 1' });
    const { order } = await withHeader.place(REST);
    // Renewing a login is not another connection.
    await withHeader.ok('auth', { token: '1' });
    expect(armed()).toBe(2);
    withHeader.connection.terminate();
    expect(await endOf(order.orderId)).toBe('DISCONNECTED');

    // One of them may do without.
    const single = await gateway.client(1);
    await single.ok('cancelOnDisconnect', { enabled: false });
    const kept = await single.place(REST);
    single.connection.terminate();
    await left(2);
    expect(await openOrders()).toEqual([kept.order.orderId]);

    // A key that may only read has nothing to cancel.
    gateway.identities.set('reader', identity(1, gateway.now, { scopes: ['read'] }));
    const reader = await gateway.client();
    await reader.ok('auth', { token: 'reader' });
    expect(armed()).toBe(1);

    expect(await setter.ok('cancelOnDisconnect', { enabled: false, scope: 'account' })).toMatchObject({
      ...{ enabled: false, scope: 'account' },
    });
    const later = await gateway.client(1);
    expect(armed()).toBe(0);
    for (const { connection } of [setter, reader, later]) connection.terminate();
    await witness.ok('cancelAll');
  });

  test('refuses a login that cannot be armed', async () => {
    const clients = [await gateway.client(4)];
    await clients[0]?.ok('cancelOnDisconnect', { enabled: true, scope: 'account' });
    while (clients.length < 63) clients.push(await gateway.client(4));
    const more = await gateway.client();
    expect(await more.refused('auth', { token: '4' })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: { name: 'armedConnectionsPerAccount' },
    });
    expect((await more.refused('account')).code).toBe('UNAUTHENTICATED');
    const withHeader = await gateway.client(undefined, { authorization: 'Bearer 4' });
    expect((await withHeader.refused('account')).code).toBe('UNAUTHENTICATED');
    clients.pop()?.connection.terminate();
    await left(1 + 62 + 2);
    await clients[0]?.ok('cancelOnDisconnect', { enabled: false, scope: 'account' });
    await more.ok('auth', { token: '4' });
    for (const { connection } of [...clients, more, withHeader]) connection.terminate();
  });
});
