import { afterEach, beforeEach, expect, test } from 'vitest';
import { BACKPRESSURE_MAX, BUFFER_MAX, PUBLIC_BUFFER_MAX } from '../../src/gateway/sessions/limits.ts';
import type { Client, Message } from './support/gateway.ts';
import { TestGateway } from './support/gateway.ts';
import { IdleReader } from './support/idleReader.ts';
import { Book } from './support/mirror.ts';
import { OrderBookMirror } from './support/orderBookMirror.ts';

const IDLE = 50;
const ORDERS = 2_000;

let gateway: TestGateway;
let maker: Client;
let idle: IdleReader[] = [];
beforeEach(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  maker = await gateway.client(1);
  const prices = Array.from({ length: 40 }, (_, i) => `0.${10 + i}`);
  for (let i = 0; i < ORDERS; i += 40) {
    await maker.ok('batch', {
      requests: prices.map((price) => ({ op: 'place', market: 'rain', side: 'buy', size: '1', price })),
    });
  }
  idle = await Promise.all(Array.from({ length: IDLE }, () => IdleReader.open(gateway.server.port)));
});
afterEach(async () => {
  for (const reader of idle) reader.terminate();
  await gateway.stop();
});

test('public data for readers that never read takes the room that is documented, and no other reader misses anything', {
  timeout: 60_000,
}, async () => {
  const others = await Promise.all(Array.from({ length: 5 }, () => gateway.client()));
  const channels = [
    { ch: 'book', market: 'rain' },
    { ch: 'book.l3', market: 'rain' },
  ];
  for (const other of others) await other.ok('subscribe', { channels });
  const snapshot = await others[0]?.until(({ ch }) => ch === 'book.l3');
  const message = JSON.stringify(snapshot).length;
  let most = 0;
  // More snapshots than the operating system keeps for a reader that does not read, until all are that far behind.
  while (gateway.server.backlog().all < IDLE * PUBLIC_BUFFER_MAX) {
    for (const reader of idle) reader.send({ id: 1, op: 'subscribe', channels });
    await maker.ok('ping');
    most = Math.max(most, gateway.server.backlog().most);
  }
  const placed: Message[] = [];
  for (let i = 0; i < 200; i++) {
    const { order } = await maker.place({ size: '1', price: '0.50' });
    placed.push(order);
    if (i % 2 === 1) await maker.ok('cancel', { market: 'rain', orderId: order.orderId });
    most = Math.max(most, gateway.server.backlog().most);
  }
  // The answers to what they asked are not public data: each has some hundred bytes.
  const bound = PUBLIC_BUFFER_MAX + message + 64 * 1024;
  expect(message).toBeGreaterThan(64 * 1024);
  expect(most).toBeLessThanOrEqual(bound);
  expect(gateway.server.backlog().all).toBeLessThanOrEqual(IDLE * bound);
  expect(gateway.server.connections()).toBe(IDLE + others.length + 1);
  for (const other of others) {
    const book = new Book();
    for (const one of await other.of('book')) book.take(one);
    const mirror = new OrderBookMirror();
    for (const one of await other.of('book.l3')) mirror.take(one);
    // One snapshot each, then every change: nothing was left out.
    expect(book.checked).toBe(1 + 300);
    expect(mirror.ofOutcome('YES')).toHaveLength(ORDERS + 100);
    expect(other.messages.filter(({ type }) => type === 'snapshot')).toHaveLength(2);
  }
  // One of them begins to read, and has the book as it is.
  const [late] = idle as [IdleReader];
  late.read();
  const mirror = new OrderBookMirror();
  const last = await (async () => {
    const { order } = await maker.place({ size: '1', price: '0.51' });
    for (;;) {
      for (const one of late.messages.splice(0)) if (one.ch === 'book.l3') mirror.take(one);
      const row = mirror.ofOutcome('YES').find(([id]) => id === order.orderId);
      if (row !== undefined) return row;
      await maker.ok('ping');
    }
  })();
  expect(last.slice(1)).toEqual(['bid', '0.51', '1.00']);
});

test('private data is not dropped: whoever never reads it is closed, with the code', { timeout: 60_000 }, async () => {
  const open = gateway.server.connections();
  const some = idle.slice(0, 5);
  for (const reader of some) reader.send({ id: 1, op: 'auth', token: '1' });
  let most = 0;
  while (gateway.server.connections() > open - some.length) {
    for (const reader of some) {
      reader.send({ id: 2, op: 'account' });
      await maker.ok('ping');
      await maker.ok('quote', { market: 'rain', side: 'sell', size: '1' });
      most = Math.max(most, gateway.server.backlog().most);
    }
  }
  expect(most).toBeLessThanOrEqual(BACKPRESSURE_MAX);
  expect(most).toBeGreaterThan(BUFFER_MAX / 2);
  expect(gateway.server.backlog().all).toBe(0);
  const { order } = await maker.place({ size: '1', price: '0.50' });
  expect(order.status).toBe('open');
  const [first] = idle as [IdleReader];
  first.read();
  expect(await first.ended).toBe(4006);
});
