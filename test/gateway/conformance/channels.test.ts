import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/engines/limits.ts';
import { PRIVATE_CHANNELS, PUBLIC_CHANNELS } from '../../../src/protocol/requests.ts';
import { streams } from '../../../src/protocol/streams.ts';
import { random } from '../../follower/script.ts';
import { type Client, type Message, TestGateway } from '../support/gateway.ts';
import { Book, Chain } from '../support/mirror.ts';
import { OrderBookMirror } from '../support/orderBookMirror.ts';
import type { Peer } from './peer.ts';
import { WIRES } from './wires.ts';

const SWEEP_MS = 10;
const BATCH = 50;

/** Channels as a client uses them: kept by the rules of the protocol alone, and compared with each other. */
describe.each(WIRES)('over $name', (wire) => {
  let gateway: TestGateway;
  let market: string;
  let markets = 0;
  let traders: [Client, Client];

  beforeAll(async () => {
    const candles = { candles: async () => ({ seq: 0, rows: [] }), waitFor: async () => true };
    gateway = await TestGateway.start({ sweepMs: SWEEP_MS, candles });
    traders = [await gateway.client(1), await gateway.client(2)];
  });
  afterAll(async () => {
    expect(gateway.errors).toEqual([]);
    await gateway.stop();
  });
  /** What a test does is in a market of its own. */
  beforeEach(async () => {
    market = `m-${++markets}`;
    await gateway.createMarket(market);
  });

  const subscribed = async (peer: Peer, ...channels: object[]): Promise<Peer> => {
    await peer.ok({ id: 1, op: 'subscribe', channels });
    return peer;
  };
  const listen = async (...channels: object[]): Promise<Peer> => subscribed(await wire.open(gateway), ...channels);
  const own = async (...channels: object[]): Promise<Peer> =>
    subscribed(await wire.open(gateway, { token: '1' }), ...channels);

  test('a book is the same whole, by its best levels, conflated and order by order', async () => {
    const book = { ch: 'book', market };
    const peers = await Promise.all([
      listen(book),
      listen({ ...book, depth: 3 }),
      listen({ ...book, conflateMs: 50 }),
      listen({ ch: 'book.l3', market }),
    ]);
    const next = random(11);
    for (let i = 0; i < 40; i++) {
      const orders = Array.from({ length: 5 }, () => {
        const price = `0.${40 + Math.floor(next() * 20)}`;
        const order = { market, side: next() < 0.5 ? 'buy' : 'sell', price, size: String(1 + Math.floor(next() * 9)) };
        return (traders[next() < 0.5 ? 0 : 1] as Client).request('place', order);
      });
      await Promise.all(orders);
    }
    for (const trader of traders) await trader.ok('cancelAll', { market });
    const [bids, asks] = [
      [43, 42, 41, 44],
      [55, 57, 58, 56],
    ].map((cents) => cents.map((of) => `0.${of}`));
    let last = 0;
    for (const price of asks ?? []) await traders[1].place({ market, side: 'sell', price, size: '2' });
    // The best bid comes last: whoever sees it has seen everything.
    for (const price of bids ?? []) last = (await traders[0].place({ market, price, size: '3' })).order.seq;

    const [whole, best, conflated, orders] = [new Book(), new Book(), new Book(), new OrderBookMirror()] as const;
    for (const [i, mirror] of [whole, best, conflated, orders].entries()) {
      await peers[i]?.follow(
        (message) => mirror.take(message),
        () => mirror.chain.seq >= last,
      );
    }
    const levels = (side: string[] | undefined, size: string) => side?.sort().map((price) => [price, size]) ?? [];
    const expected = { bids: levels(bids, '3.00').reverse(), asks: levels(asks, '2.00') };
    expect(whole.sorted()).toEqual(expected);
    expect(conflated.sorted()).toEqual(expected);
    expect(best.sorted()).toEqual({ bids: expected.bids.slice(0, 3), asks: expected.asks.slice(0, 3) });
    expect(orders.ofOutcome('YES').map(([, side, price, size]) => [side, price, size])).toEqual([
      ...expected.bids.map((level) => ['bid', ...level]),
      ...expected.asks.map((level) => ['ask', ...level]),
    ]);
    // Every message but what a resume replays has a checksum.
    for (const [i, { checked }] of [whole, best, conflated].entries())
      expect(checked).toBe(peers[i]?.of('book').length);
    expect(whole.checked).toBeGreaterThan(conflated.checked);

    // Whoever asks gets another snapshot, also of another form.
    const [peer] = peers;
    if (peer === undefined) throw new Error('it was opened');
    const heard = peer.log.length;
    await subscribed(peer, { ...book, depth: 1 });
    const again = await peer.until((message) => peer.log.indexOf(message) >= heard && message.ch === 'book');
    expect(again).toMatchObject({
      ...{ type: 'snapshot', seq: last, prev: last },
      bids: expected.bids.slice(0, 1),
      asks: expected.asks.slice(0, 1),
    });
    for (const each of peers) each.close();
  });

  test('one seq is in the answer, the fill, the order, the balance, the trade and the books, and the answer is first', async () => {
    const of = (...names: string[]) => names.map((ch) => ({ ch, market }));
    const peer = await own(...of('book', 'book.l3', 'trades', 'ticker', 'orders', 'fills'), { ch: 'account' });
    await peer.ok({ id: 2, op: 'account' });
    await traders[1].place({ market, side: 'sell', price: '0.60', size: '3' });
    const { order } = await peer.ok({ id: 3, op: 'place', market, side: 'buy', price: '0.60', size: '2' });
    await peer.ok({ id: 4, op: 'account' });
    const at = peer.log.findIndex(({ id }) => id === 3);
    const after = peer.log.slice(at + 1).filter(({ ch, seq }) => ch !== undefined && seq === order.seq);
    expect(peer.log.slice(0, at).some(({ seq }) => seq === order.seq)).toBe(false);
    expect(new Set(after.map(({ ch }) => ch))).toEqual(
      new Set(['book', 'book.l3', 'trades', 'ticker', 'orders', 'fills', 'account']),
    );
    const [fill] = order.fills;
    expect(after.find(({ ch }) => ch === 'fills')).toMatchObject({ ...fill, orderId: order.orderId });
    expect(after.find(({ ch }) => ch === 'trades')).toMatchObject({ tradeId: fill.tradeId, size: '2.00' });
    const { balance, available, held, positions } = await peer.ok({ id: 5, op: 'account' });
    const told = after.find(({ ch }) => ch === 'account');
    expect(told).toMatchObject({ balance, available, held });
    expect(positions).toContainEqual(told?.positions.find(({ outcome }: Message) => outcome === 'YES'));
    peer.close();
  });

  test('candles are of their interval, and the one of now grows', async () => {
    const channel = { ch: 'candles', market };
    const peer = await listen(channel, { ...channel, interval: '1s' });
    await peer.until(({ interval, type }) => interval === '1s' && type === 'snapshot');
    await traders[1].place({ market, side: 'sell', price: '0.60', size: '5' });
    let seq = 0;
    for (const size of ['1', '2']) seq = (await traders[0].place({ market, price: '0.60', size })).order.seq;
    for (const interval of ['1m', '1s']) {
      const candle = { outcome: 'YES', open: '0.60', close: '0.60', size: '3.00', trades: 2 };
      const told = await peer.until((message) => message.interval === interval && message.candle?.trades === 2);
      expect(told).toMatchObject({ ch: 'candles', seq, candle });
      const chain = new Chain();
      for (const message of peer.of('candles')) if (message.interval === interval) chain.take(message);
    }
    peer.close();
  });

  test('orders tell how much stands before them, as it changes', async () => {
    const before = await traders[1].place({ market, price: '0.40', size: '5' });
    const { order } = await traders[0].place({ market, price: '0.40', size: '1' });
    const peer = await own({ ch: 'orders', market, queue: true });
    const ahead = (size: string) =>
      peer.until(
        ({ type, queue }) => type === 'queue' && queue[0].orderId === order.orderId && queue[0].ahead === size,
      );
    expect(await ahead('5.00')).not.toHaveProperty('prev');
    const { orderId } = before.order;
    await traders[1].ok('amend', { market, orderId, size: '2' });
    const { seq } = await ahead('2.00');
    await traders[1].ok('cancel', { market, orderId });
    expect((await ahead('0.00')).seq).toBeGreaterThan(seq);
    for (const message of peer.log) if (message.type === 'queue') streams.queue.parse(message);
    peer.close();
  });

  test('every channel beats while nothing happens, with the seq that it is at', async () => {
    const publics = PUBLIC_CHANNELS.map((ch) => ({ ch, market }));
    const peer = await own(...publics, ...PRIVATE_CHANNELS.map((ch) => ({ ch })));
    for (const ch of [...PUBLIC_CHANNELS, ...PRIVATE_CHANNELS]) {
      const beat = await peer.beat(ch);
      expect(streams.heartbeat.parse(beat)).toStrictEqual(beat);
      const [snapshot, ...more] = peer.of(ch);
      expect([snapshot?.type, more]).toEqual(['snapshot', []]);
      expect(beat).toEqual({
        ...{ ch, type: 'heartbeat', seq: snapshot?.seq, time: gateway.now },
        ...(publics.some((channel) => channel.ch === ch) && { market }),
        ...(ch === 'candles' && { interval: '1m' }),
      });
    }
    peer.close();
  });
});

describe('a book that has too many orders for book.l3', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    await gateway.createMarket('rain');
    const order = { op: 'place', market: 'rain', side: 'buy', price: '0.01', size: '0.01' };
    const requests = Array.from({ length: BATCH }, () => order);
    let trader: Client | undefined;
    for (let placed = 0; placed <= LIMITS.bookQueryOrders; placed += BATCH) {
      if (placed % LIMITS.openOrdersPerAccount === 0) {
        trader = await gateway.client(1 + placed / LIMITS.openOrdersPerAccount);
      }
      await trader?.ok('batch', { requests });
    }
  });
  afterAll(() => gateway.stop());

  test.each(WIRES)('is not begun over $name, and the connection goes on', async (wire) => {
    const peer = await wire.open(gateway);
    const channel = { ch: 'book.l3', market: 'rain' };
    await peer.ok({ id: 1, op: 'subscribe', channels: [channel, { ch: 'book', market: 'rain' }] });
    const ended = await peer.until(({ type }) => type === 'ended');
    expect(streams.bookL3Ended.parse(ended)).toStrictEqual(ended);
    expect(ended.error).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: { name: 'bookQueryOrders' } });
    expect(peer.of('book.l3')).toHaveLength(1);
    expect(await peer.ok({ id: 2, op: 'unsubscribe', channels: [channel] })).toMatchObject({
      subscribed: [{ ch: 'book' }],
    });
    peer.close();
  });
});
