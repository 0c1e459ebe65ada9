import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BookOrders } from '../../src/gateway/market-data/bookOrders.ts';
import type { OrderQueue, RestingOrder } from '../../src/gateway/market-data/orderQueue.ts';
import { LINGER_MS } from '../../src/gateway/streams/limits.ts';
import { streams } from '../../src/protocol/streams.ts';
import { formatPrice, formatSize } from '../../src/protocol/units.ts';
import { DrivenStreams, Reader } from './support/drivenStreams.ts';
import { type Message, TestGateway } from './support/gateway.ts';
import { OrderBookMirror } from './support/orderBookMirror.ts';
import { actOn, type Placed, randomAct, TRADED_MARKETS, tradedMarkets } from './support/randomOrders.ts';

/** What the engine lists, as the messages write it. */
const written = (driven: DrivenStreams, market: number) =>
  driven
    .booksOf(market)
    .map(({ orders }) =>
      orders.map(([id, side, price, lots]) => [
        String(id),
        side === 0 ? 'bid' : 'ask',
        formatPrice(price),
        formatSize(lots),
      ]),
    );

/** Sizes by price, best first: of the orders, and of the levels that `book` tells. */
function compareLevels(driven: DrivenStreams, market: number): void {
  const state = driven.market(market);
  for (const { outcome, orders } of driven.booksOf(market)) {
    const sums = [new Map<number, number>(), new Map<number, number>()];
    for (const [, side, price, lots] of orders) sums[side]?.set(price, (sums[side].get(price) ?? 0) + lots);
    for (const side of [0, 1]) {
      const levels = state.books[outcome]?.side(side);
      expect([...(sums[side] ?? [])]).toEqual(
        levels?.prices.map((price, i) => [price, levels.lots[i]] as [number, number]).reverse(),
      );
    }
  }
}

/** A number of runs for a longer search. */
const RUNS = Number(process.env.BRIER_MODEL_RUNS ?? 25);

/** The queue’s order, and its sums, as added up one after another. */
function right(queue: OrderQueue, expected: readonly RestingOrder[]): boolean {
  let before = 0;
  for (const order of expected) {
    if (queue.ahead(order) !== before) return false;
    before += order.lots;
  }
  const orders = [...queue];
  return orders.length === expected.length && orders.every((order, i) => order === expected[i]);
}

describe('orders one by one', () => {
  test('whatever is traded, the stream leads to the engine’s own books, order by order', () => {
    fc.assert(
      fc.property(fc.array(randomAct, { minLength: 30, maxLength: 80, size: 'max' }), (acts) => {
        const driven = new DrivenStreams();
        tradedMarkets(driven.driver);
        driven.begin();
        const readers = TRADED_MARKETS.map((slug) => {
          const reader = new Reader();
          driven.subscribe(reader, { ch: 'book.l3', market: slug });
          return { reader, mirror: new OrderBookMirror(), slug };
        });
        const placed: Placed[] = [];
        for (const act of acts) {
          actOn(driven, act, placed);
          for (const { reader, mirror, slug } of readers) {
            for (const message of reader.take()) mirror.take(message);
            const market = TRADED_MARKETS.indexOf(slug);
            const { outcomes } = driven.market(market);
            const seen = driven.booksOf(market).map(({ outcome }) => mirror.ofOutcome(outcomes[outcome] as string));
            const engines = written(driven, market);
            expect(seen).toEqual(engines);
            // A newcomer’s snapshot is of the gateway’s own view.
            const newcomer = new Reader();
            driven.subscribe(newcomer, { ch: 'book.l3', market: slug }).end();
            expect(newcomer.take()[0].books.map(({ orders }: Message) => orders)).toEqual(engines);
            compareLevels(driven, market);
          }
        }
        driven.stop();
      }),
      { numRuns: RUNS, seed: 11 },
    );
  });

  test('what stands before an order is the sum of those before it, however the queue changes', () => {
    const act = fc.oneof(
      fc.record({ do: fc.constant('add' as const), lots: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ do: fc.constant('shrink' as const), index: fc.nat(1_000), lots: fc.integer({ min: 0, max: 50 }) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 300, size: 'max' }), (acts) => {
        const books = [{ outcome: 0, orders: [[1, 0, 5_000, 7]] as [number, number, number, number][] }];
        const orders = new BookOrders(1, { seq: 0, time: 0, books });
        const queue = orders.find(1)?.queue;
        if (queue === undefined) throw new Error('no queue');
        const naive = [...queue];
        let id = 1;
        for (const each of acts) {
          if (each.do === 'add') naive.push(queue.append(++id, each.lots));
          else if (naive.length > 0) {
            const at = each.index % naive.length;
            const order = naive[at] as (typeof naive)[number];
            if (each.lots === 0) {
              queue.remove(order);
              naive.splice(at, 1);
            } else queue.shrink(order, Math.min(order.lots, each.lots));
          }
          if (!right(queue, naive)) throw new Error(`wrong after ${JSON.stringify(each)}`);
        }
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

describe('a view of a book', () => {
  afterEach(() => vi.useRealTimers());

  test('is asked for once, and forgotten some time after the last reader has left', () => {
    vi.useFakeTimers();
    const driven = new DrivenStreams();
    tradedMarkets(driven.driver);
    driven.begin();
    const book = { ch: 'book.l3' as const, market: TRADED_MARKETS[0] as string };
    for (let i = 0; i < 20; i++) driven.subscribe(new Reader(), book).end();
    expect(driven.port.queries).toBe(1);
    vi.advanceTimersByTime(LINGER_MS + 1);
    const reader = new Reader();
    driven.subscribe(reader, book);
    expect(driven.port.queries).toBe(2);
    vi.advanceTimersByTime(2 * LINGER_MS);
    driven.act((driver) => driver.place(1, 0, { price: 4_000, size: 10 }));
    const types = reader.take().map(({ type }) => type);
    expect(types.filter((type) => type !== 'heartbeat')).toEqual(['snapshot', 'delta']);
    driven.stop();
  });

  test('what happens before the engine has answered is in the snapshot, and only there', () => {
    const driven = new DrivenStreams();
    tradedMarkets(driven.driver);
    driven.begin();
    driven.paused = true;
    const reader = new Reader();
    driven.subscribe(reader, { ch: 'book.l3', market: TRADED_MARKETS[0] as string });
    const { orderId } = driven.act((driver) => driver.place(1, 0, { price: 4_000, size: 10 }));
    expect(reader.take()).toEqual([]);
    driven.port.answer();
    const seq = driven.driver.engine.seq;
    const orders = [[String(orderId), 'bid', '0.40', '0.10']];
    expect(reader.take()).toMatchObject([{ type: 'snapshot', seq, prev: seq, books: [{ outcome: 'YES', orders }] }]);
    driven.act((driver) => driver.cancel(1, 0, orderId));
    expect(reader.take()).toMatchObject([
      { type: 'delta', prev: seq, books: [{ orders: [[String(orderId), 'bid', '0.40', '0']] }] },
    ]);
    driven.stop();
  });

  test('one who resumes gets a snapshot and then `caught-up`, whether the book is known already or not', () => {
    const driven = new DrivenStreams();
    tradedMarkets(driven.driver);
    driven.begin();
    const { seq: since } = driven.driver.engine;
    for (let i = 0; i < 2; i++) {
      const reader = new Reader();
      driven.subscribe(reader, { ch: 'book.l3', market: TRADED_MARKETS[0] as string, since });
      const messages = reader.take();
      expect(messages).toMatchObject([{ type: 'snapshot' }, { type: 'caught-up', seq: messages[0].seq }]);
      driven.act((driver) => driver.place(1, 0, { price: 4_000, size: 10 }));
      expect(reader.take()).toMatchObject([{ type: 'delta', prev: messages[0].seq }]);
    }
    driven.stop();
  });

  test('a reader that was too slow goes on with a snapshot', () => {
    const driven = new DrivenStreams();
    tradedMarkets(driven.driver);
    driven.begin();
    const reader = new Reader();
    driven.subscribe(reader, { ch: 'book.l3', market: TRADED_MARKETS[0] as string });
    reader.take();
    reader.full = true;
    driven.act((driver) => driver.place(1, 0, { price: 4_000, size: 10 }));
    driven.act((driver) => driver.place(2, 0, { price: 4_000, size: 20 }));
    expect(reader.take()).toEqual([]);
    reader.drain();
    const [snapshot, ...more] = reader.take();
    expect(more).toEqual([]);
    expect(snapshot.books[0].orders.map((row: string[]) => row[3])).toEqual(['0.10', '0.20']);
    driven.stop();
  });

  test('too many orders end it, with the reason', { timeout: 30_000 }, () => {
    const driven = new DrivenStreams();
    const { driver } = driven;
    driver.createMarket('deep', { tickSize: 1 });
    for (let account = 1; account <= 5; account++) driver.open(account, 1e12);
    driven.begin();
    const place = (count: number, from: number) => {
      for (let i = 0; i < count; i++) {
        const account = 1 + Math.floor((from + i) / 9_000);
        driven.act(() => driver.place(account, 0, { price: 1 + ((from + i) % 5_000), size: 1 }));
      }
    };
    place(20_000, 0);
    const reader = new Reader();
    const channel = { ch: 'book.l3' as const, market: 'deep' };
    const subscription = driven.subscribe(reader, channel);
    expect(reader.take()).toMatchObject([{ type: 'snapshot' }]);
    place(20_000, 20_000);
    expect(reader.take().every(({ type }) => type === 'delta')).toBe(true);
    place(1, 40_000);
    const end = { ch: 'book.l3', type: 'ended', error: { limit: { name: 'bookOrders', value: 40_000 } } };
    const [delta, ended] = reader.take();
    expect([delta, streams.bookL3Ended.parse(ended)]).toMatchObject([{ type: 'delta' }, end]);
    expect(reader.forgotten).toEqual([subscription]);
    driven.subscribe(reader, channel);
    expect(reader.take()).toMatchObject([
      { type: 'ended', error: { code: 'LIMIT_EXCEEDED', limit: { name: 'bookQueryOrders', value: 20_000 } } },
    ]);
    expect(reader.forgotten).toHaveLength(2);
    driven.stop();
  });
});

test('what becomes smaller keeps its place; what becomes larger, or has another price, goes to the back', () => {
  const driven = new DrivenStreams();
  tradedMarkets(driven.driver);
  driven.begin();
  const reader = new Reader();
  const channel = { ch: 'book.l3' as const, market: TRADED_MARKETS[0] as string };
  driven.subscribe(reader, channel);
  const [a, b, c] = [1, 2, 3].map(
    (account) => driven.act((driver) => driver.place(account, 0, { price: 4_000, size: 10 })).orderId,
  ) as [number, number, number];
  const mirror = new OrderBookMirror();
  const order = () => {
    for (const message of reader.take()) mirror.take(message);
    const newcomer = new Reader();
    driven.subscribe(newcomer, channel).end();
    const told = mirror.ofOutcome('YES');
    expect(newcomer.take()[0].books[0].orders).toEqual(told);
    return told.map(([id]) => Number(id));
  };
  expect(order()).toEqual([a, b, c]);
  driven.act((driver) => driver.amend(1, 0, a, { size: 6 }));
  expect(order()).toEqual([a, b, c]);
  driven.act((driver) => driver.amend(1, 0, a, { size: 7 }));
  expect(order()).toEqual([b, c, a]);
  driven.act((driver) => driver.amend(2, 0, b, { price: 4_100 }));
  driven.act((driver) => driver.amend(2, 0, b, { price: 4_000 }));
  expect(order()).toEqual([c, a, b]);
  driven.stop();
});

test('over the wire: the answer, the snapshot, then what changes; other fields are refused', async () => {
  const gateway = await TestGateway.start({ sweepMs: 20 });
  await gateway.createMarket('rain');
  await gateway.createMarket('cup', { outcomes: ['A', 'B', 'C'] });
  const maker = await gateway.client(1);
  const { order } = await maker.place({ size: '10', price: '0.40' });
  const client = await gateway.client();
  const channels = [
    { ch: 'book.l3', market: 'rain' },
    { ch: 'book.l3', market: 'cup' },
  ];
  expect((await client.ok('subscribe', { channels })).subscribed).toEqual(channels);
  const mirror = new OrderBookMirror();
  mirror.take(await client.until(({ ch, market }) => ch === 'book.l3' && market === 'rain'));
  expect(mirror.ofOutcome('YES')).toEqual([[order.orderId, 'bid', '0.40', '10.00']]);
  const cup = await client.until(({ ch, market }) => ch === 'book.l3' && market === 'cup');
  expect(cup.books).toEqual(['A', 'B', 'C'].map((outcome) => ({ outcome, orders: [] })));
  const more = await maker.place({ outcome: 'NO', size: '3', price: '0.50' });
  mirror.take(await client.until(({ seq }) => seq === more.order.seq));
  expect(mirror.ofOutcome('YES')[1]).toEqual([more.order.orderId, 'ask', '0.50', '3.00']);
  const { seq } = more.order;
  await client.until((message) => message.type === 'heartbeat' && message.ch === 'book.l3' && message.seq === seq);
  for (const field of [{ depth: 10 }, { conflateMs: 100 }, { interval: '1m' }, { queue: true }]) {
    const error = await client.refused('subscribe', { channels: [{ ...channels[0], ...field }] });
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', field: `channels.0.${Object.keys(field)[0]}` });
  }
  await gateway.stop();
});
