import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client, Message } from './support/gateway.ts';
import { TestGateway } from './support/gateway.ts';

/** Ends that are meant, and that cancel nothing or all: logout, the dead-man’s switch, a server that stops. */

let gateway: TestGateway;
let witness: Client;
beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
});
beforeEach(async () => {
  witness = await gateway.client(1);
});
afterEach(() => {
  witness.connection.terminate();
  expect(gateway.errors).toEqual([]);
});
afterAll(() => gateway.stop());

const armed = (): number => gateway.engine.engine.image().connections.armed;
/** An order far from any other. */
const REST = { size: '1', price: '0.10' };

async function openOrders(): Promise<string[]> {
  const { orders } = await witness.ok('account');
  return orders.map(({ orderId }: Message) => orderId);
}

describe('logout', () => {
  test('ends the connection after everything asked before, and cancels nothing', async () => {
    const socket = await gateway.socket();
    const frames = [
      { id: 1, op: 'auth', token: '1' },
      { id: 2, op: 'cancelOnDisconnect', enabled: true },
      { id: 3, op: 'place', market: 'rain', side: 'buy', ...REST },
      { id: 4, op: 'logout' },
      { id: 5, op: 'place', market: 'rain', side: 'buy', ...REST },
    ];
    for (const frame of frames) socket.ws.send(JSON.stringify(frame));
    expect(await socket.ended).toMatchObject({ code: 1000 });
    const answers = socket.texts.map((text) => JSON.parse(text) as Message);
    expect(answers.map(({ id, ok }) => [id, ok])).toEqual([1, 2, 3, 4].map((id) => [id, true]));
    expect(answers[3]).toEqual({ id: 4, ok: true });
    expect(await openOrders()).toEqual([answers[2]?.order.orderId]);
    expect(armed()).toBe(0);
  });

  test('is for everybody', async () => {
    for (const login of [false, true]) {
      const socket = await gateway.socket();
      if (login) socket.ws.send('{"id":1,"op":"auth","token":"1"}');
      socket.ws.send('{"id":2,"op":"logout"}');
      expect(await socket.ended).toMatchObject({ code: 1000 });
      expect(JSON.parse(socket.texts.at(-1) as string)).toEqual({ id: 2, ok: true });
    }
  });
});

describe('the dead-man’s switch', () => {
  test('says when it is due, and never', async () => {
    expect(await witness.ok('cancelAfter', { timeoutMs: 60_000 })).toMatchObject({ cancelAt: gateway.now + 60_000 });
    gateway.now += 10_000;
    expect(await witness.ok('cancelAfter', { timeoutMs: 60_000 })).toMatchObject({ cancelAt: gateway.now + 60_000 });
    expect(await witness.ok('cancelAfter', { timeoutMs: 0 })).toMatchObject({ cancelAt: null });
    for (const timeoutMs of [-1, 1.5, 86_400_001]) {
      expect(await witness.refused('cancelAfter', { timeoutMs })).toMatchObject({
        ...{ code: 'INVALID_REQUEST', field: 'timeoutMs' },
      });
    }
    const anonymous = await gateway.client();
    expect((await anonymous.refused('cancelAfter', { timeoutMs: 5 })).code).toBe('UNAUTHENTICATED');
    anonymous.connection.terminate();
  });
});

test('a server that stops cancels for those who asked for it, while the engine still runs', async () => {
  const stopping = await TestGateway.start();
  await stopping.createMarket('rain');
  const [bound, free] = [await stopping.client(1), await stopping.client(2)];
  await bound.ok('cancelOnDisconnect', { enabled: true });
  await bound.place(REST);
  const kept = await free.place(REST);
  await stopping.server.drain();
  const { engine } = stopping.engine;
  expect(engine.image().connections.armed).toBe(0);
  expect(engine.image().markets[0]?.books[0]?.bids).toEqual([[1_000, 100]]);
  expect(kept.order.status).toBe('open');
  await stopping.stop();
});
