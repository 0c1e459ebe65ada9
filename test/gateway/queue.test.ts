import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { QUEUE_CONFLATE_MS, QUEUE_ORDERS_MAX } from '../../src/gateway/streams/limits.ts';
import { streams } from '../../src/protocol/streams.ts';
import { formatSize } from '../../src/protocol/units.ts';
import { DrivenStreams, Reader } from './support/drivenStreams.ts';
import { type Message, TestGateway } from './support/gateway.ts';
import { Chain } from './support/mirror.ts';
import { actOn, type Placed, randomAct, TRADED_MARKETS, tradedMarkets } from './support/randomOrders.ts';

const ORDERS = { ch: 'orders' as const, queue: true };

/** What the stream has said so far of each order, in shares. */
class Told {
  readonly ahead = new Map<string, string>();
  readonly reader: Reader;
  messages = 0;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  /** Reads what has come; an order that has ended is not spoken of again. */
  read(): this {
    for (const message of this.reader.take()) {
      if (message.type !== 'queue') {
        if (message.order !== undefined && message.order.status !== 'open') this.ahead.delete(message.order.orderId);
        continue;
      }
      streams.queue.parse(message);
      this.messages++;
      for (const { orderId, ahead } of message.queue) this.ahead.set(orderId, ahead);
    }
    return this;
  }
}

/** Of each of the account’s orders that stands in a book, what the engine has before it at its price. */
function expected(driven: DrivenStreams, account: number, only?: number): Map<string, string> {
  const own = new Set((driven.driver.account(account).orders as { orderId: number }[]).map(({ orderId }) => orderId));
  const ahead = new Map<string, string>();
  for (let market = 0; market < TRADED_MARKETS.length; market++) {
    if (only !== undefined && only !== market) continue;
    for (const { orders } of driven.booksOf(market)) {
      const before = new Map<string, number>();
      for (const [id, side, price, lots] of orders) {
        const level = `${side} ${price}`;
        if (own.has(id)) ahead.set(String(id), formatSize(before.get(level) ?? 0));
        before.set(level, (before.get(level) ?? 0) + lots);
      }
    }
  }
  return ahead;
}

const sorted = (map: Map<string, string>) => [...map].sort(([a], [b]) => Number(a) - Number(b));

describe('how much stands before one’s orders', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  function driven(): DrivenStreams {
    const made = new DrivenStreams();
    tradedMarkets(made.driver);
    return made.begin();
  }

  function listen(of: DrivenStreams, account: number, market?: string): Told {
    const reader = new Reader();
    of.subscribePrivate(reader, account, [{ ...ORDERS, ...(market !== undefined && { market }) }]);
    return new Told(reader);
  }

  test('is what the engine’s books say, whatever is traded', () => {
    fc.assert(
      fc.property(fc.array(randomAct, { minLength: 30, maxLength: 80, size: 'max' }), fc.nat(40), (acts, joins) => {
        const of = driven();
        const placed: Placed[] = [];
        const all = listen(of, 1);
        let one: Told | undefined;
        for (const [step, act] of acts.entries()) {
          if (step === joins) one = listen(of, 1, 'three');
          actOn(of, act, placed);
          vi.advanceTimersByTime(QUEUE_CONFLATE_MS);
          expect(sorted(all.read().ahead)).toEqual(sorted(expected(of, 1)));
          if (one !== undefined) expect(sorted(one.read().ahead)).toEqual(sorted(expected(of, 1, 1)));
        }
        of.stop();
      }),
      { numRuns: 25, seed: 3 },
    );
  });

  test('the first message names every order, right after the snapshot; then only those that changed', () => {
    const of = driven();
    const first = of.act((driver) => driver.place(2, 0, { price: 4_000, size: 10 }));
    const mine = of.act((driver) => driver.place(1, 0, { price: 4_000, size: 20 }));
    const other = of.act((driver) => driver.place(1, 0, { price: 3_500, size: 20 }));
    const reader = new Reader();
    of.subscribePrivate(reader, 1, [ORDERS]);
    const named = (orderId: number, ahead: string) => ({ orderId: String(orderId), ahead });
    expect(reader.take()).toMatchObject([
      { type: 'snapshot' },
      { type: 'queue', queue: [named(mine.orderId, '0.10'), named(other.orderId, '0.00')] },
    ]);
    of.act((driver) => driver.amend(2, 0, first.orderId, { size: 4 }));
    of.act((driver) => driver.place(3, 0, { price: 4_000, size: 50 }));
    vi.advanceTimersByTime(QUEUE_CONFLATE_MS);
    expect(reader.take()).toMatchObject([{ type: 'queue', queue: [named(mine.orderId, '0.04')] }]);
    of.stop();
  });

  test('comes ten times a second at most, and to nobody who did not ask', () => {
    const of = driven();
    const asked = listen(of, 1);
    const plain = new Reader();
    of.subscribePrivate(plain, 1, [{ ch: 'orders' }]);
    const front = Array.from({ length: 30 }, () => of.act((driver) => driver.place(2, 0, { price: 4_000, size: 1 })));
    of.act((driver) => driver.place(1, 0, { price: 4_000, size: 1 }));
    asked.read();
    asked.messages = 0;
    for (const { orderId } of front) {
      of.act((driver) => driver.cancel(2, 0, orderId));
      vi.advanceTimersByTime(QUEUE_CONFLATE_MS / 10);
    }
    vi.advanceTimersByTime(QUEUE_CONFLATE_MS);
    expect([...asked.read().ahead.values()]).toEqual(['0.00']);
    expect(asked.messages).toBeLessThanOrEqual(4);
    expect(plain.take().some(({ type }) => type === 'queue')).toBe(false);
    of.stop();
  });

  test('one who is behind misses nothing that still holds', () => {
    const of = driven();
    const { orderId } = of.act((driver) => driver.place(2, 0, { price: 4_000, size: 10 }));
    of.act((driver) => driver.place(1, 0, { price: 4_000, size: 1 }));
    const told = listen(of, 1);
    expect([...told.read().ahead.values()]).toEqual(['0.10']);
    told.reader.full = true;
    of.act((driver) => driver.cancel(2, 0, orderId));
    vi.advanceTimersByTime(10 * QUEUE_CONFLATE_MS);
    expect([...told.read().ahead.values()]).toEqual(['0.10']);
    told.reader.full = false;
    vi.advanceTimersByTime(QUEUE_CONFLATE_MS);
    expect([...told.read().ahead.values()]).toEqual(['0.00']);
    of.stop();
  });

  test('of more orders than the limit the oldest are told of', () => {
    const of = driven();
    for (let i = 0; i < QUEUE_ORDERS_MAX + 5; i++) of.act((driver) => driver.place(1, 0, { price: 4_000, size: 1 }));
    const told = listen(of, 1).read();
    expect(told.ahead.size).toBe(QUEUE_ORDERS_MAX);
    expect([...told.ahead.values()].at(-1)).toBe(formatSize(QUEUE_ORDERS_MAX - 1));
    of.stop();
  });

  test('one who resumes is told where its orders stand now, too', () => {
    const of = driven();
    const { orderId } = of.act((driver) => driver.place(1, 0, { price: 4_000, size: 1 }));
    const since = of.driver.engine.seq;
    of.act((driver) => driver.place(1, 0, { price: 4_000, size: 1 }));
    const reader = new Reader();
    of.subscribePrivate(reader, 1, [{ ...ORDERS, since }]);
    vi.advanceTimersByTime(QUEUE_CONFLATE_MS);
    const messages = reader.take();
    expect(messages.map(({ type }) => type ?? 'order')).toEqual(['order', 'caught-up', 'queue']);
    expect(messages[2].queue[0]).toEqual({ orderId: String(orderId), ahead: '0.00' });
    expect(messages[2].queue[1].ahead).toBe('0.01');
    of.stop();
  });

  test('ends with the last who listens', () => {
    const of = driven();
    of.act((driver) => driver.place(1, 0, { price: 4_000, size: 1 }));
    const reader = new Reader();
    const [subscription] = of.subscribePrivate(reader, 1, [ORDERS]);
    subscription?.end();
    reader.take();
    of.act((driver) => driver.place(1, 0, { price: 4_000, size: 1 }));
    vi.advanceTimersByTime(10 * QUEUE_CONFLATE_MS);
    expect(reader.take()).toEqual([]);
    of.stop();
  });
});

test('over the wire: granted, and beside the chain of `orders`', async () => {
  const gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  const [maker, client] = [await gateway.client(1), await gateway.client(2)];
  await maker.place({ size: '10', price: '0.40' });
  const { subscribed } = await client.ok('subscribe', { channels: [ORDERS] });
  expect(subscribed).toEqual([ORDERS]);
  await client.until(({ type }) => type === 'queue');
  const { order } = await client.place({ size: '1', price: '0.40' });
  const spoken = (message: Message) => message.type === 'queue' && message.queue.length > 0;
  expect((await client.until(spoken)).queue).toEqual([{ orderId: order.orderId, ahead: '10.00' }]);
  const chain = new Chain();
  for (const message of await client.of('orders')) chain.take(message);
  const error = await client.refused('subscribe', { channels: [{ ch: 'fills', queue: true }] });
  expect(error).toMatchObject({ code: 'INVALID_REQUEST', field: 'channels.0.queue' });
  await gateway.stop();
});
