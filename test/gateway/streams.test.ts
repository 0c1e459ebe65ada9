import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client, Message } from './support/gateway.ts';
import { TestGateway } from './support/gateway.ts';
import { Book, Chain } from './support/mirror.ts';

let gateway: TestGateway;
let maker: Client;
let taker: Client;

beforeAll(async () => {
  gateway = await TestGateway.start({ sweepMs: 20 });
  await gateway.createMarket('rain');
  await gateway.createMarket('cup', { outcomes: ['A', 'B', 'C'] });
  await gateway.createMarket('snow', { type: 'lmsr' });
  maker = await gateway.client(1);
  taker = await gateway.client(2);
});
afterAll(() => gateway.stop());

/** Messages of a channel that tell something, checked as a chain. */
async function told(client: Client, ch: string): Promise<Message[]> {
  const chain = new Chain();
  const all = await client.of(ch);
  for (const message of all) chain.take(message);
  return all.filter(({ type }) => type !== 'heartbeat');
}

const subscribe = (client: Client, ...channels: Record<string, unknown>[]) => client.ok('subscribe', { channels });

describe('public channels', () => {
  test('the answer comes before the snapshot, the snapshot before changes, each with the seq of its command', async () => {
    const socket = await gateway.socket();
    socket.ws.send(
      '{"id":1,"op":"subscribe","channels":[{"ch":"book","market":"rain"},{"ch":"market","market":"rain"}]}',
    );
    expect(await socket.next(0)).toMatchObject({
      id: 1,
      ok: true,
      subscribed: [{ ch: 'book', market: 'rain' }, { ch: 'market' }],
    });
    expect(await socket.next(1)).toMatchObject({ ch: 'book', type: 'snapshot', bids: [], asks: [] });
    expect(await socket.next(2)).toMatchObject({ ch: 'market', type: 'snapshot', status: 'open' });
    const { order } = await maker.place({ size: '10', price: '0.40' });
    expect(await socket.next(3)).toMatchObject({
      ch: 'book',
      type: 'delta',
      seq: order.seq,
      bids: [['0.40', '10.00']],
    });
    const { seq } = await maker.ok('cancelAll');
    expect(await socket.next(4)).toMatchObject({ seq, prev: order.seq, bids: [['0.40', '0']] });
    socket.ws.terminate();
  });

  test('one’s own answer is written before the streams of the same command', async () => {
    const socket = await gateway.socket();
    socket.ws.send('{"id":1,"op":"auth","token":"3"}');
    socket.ws.send('{"id":2,"op":"subscribe","channels":[{"ch":"book","market":"rain"},{"ch":"orders"}]}');
    socket.ws.send('{"id":3,"op":"place","market":"rain","side":"buy","size":"1","price":"0.30"}');
    const texts = [];
    for (let i = 0; i < 7; i++) texts.push(await socket.next(i));
    const seq = texts.find(({ id }) => id === 3)?.order.seq;
    const at = texts.findIndex(({ id }) => id === 3);
    const streams = texts.flatMap((message, i) => (message.seq === seq && message.ch !== undefined ? [i] : []));
    expect(streams).toHaveLength(2);
    for (const i of streams) expect(i).toBeGreaterThan(at);
    socket.ws.send('{"id":4,"op":"cancelAll"}');
    await socket.next(7);
    socket.ws.terminate();
  });

  test('trades of one command share its seq, all but the last with more', async () => {
    const client = await gateway.client();
    await subscribe(client, { ch: 'trades', market: 'rain' }, { ch: 'ticker', market: 'rain' });
    for (const price of ['0.60', '0.61', '0.62']) await maker.place({ side: 'sell', size: '1', price });
    const { order } = await taker.place({ size: '3', price: '0.62' });
    const [snapshot, ...trades] = await told(client, 'trades');
    expect(snapshot).toMatchObject({ type: 'snapshot' });
    expect(trades.map(({ seq, price, more, side }) => [seq, price, more, side])).toEqual([
      [order.seq, '0.60', true, 'buy'],
      [order.seq, '0.61', true, 'buy'],
      [order.seq, '0.62', undefined, 'buy'],
    ]);
    expect(order.fills.map(({ tradeId }: Message) => tradeId)).toEqual(trades.map(({ tradeId }) => tradeId));
    const tickers = await told(client, 'ticker');
    expect(tickers.at(-1)).toMatchObject({
      seq: order.seq,
      volume: '1.830000',
      outcomes: [{ last: '0.62' }, { last: '0.38' }],
    });
    const newcomer = await gateway.client();
    await subscribe(newcomer, { ch: 'trades', market: 'rain' });
    expect((await told(newcomer, 'trades'))[0]?.trades.map(({ price }: Message) => price)).toEqual([
      '0.60',
      '0.61',
      '0.62',
    ]);
  });

  test('a window shows its levels and no others, whoever comes and goes', async () => {
    const client = await gateway.client();
    await subscribe(client, { ch: 'book', market: 'rain', depth: 2 });
    const book = new Book();
    let taken = 0;
    const follow = async () => {
      const messages = await client.of('book');
      for (const message of messages.slice(taken)) book.take(message);
      taken = messages.length;
      return book.sorted().bids.map(([price]) => price);
    };
    await maker.place({ size: '1', price: '0.10' });
    const best = await maker.place({ size: '1', price: '0.12' });
    await maker.place({ size: '1', price: '0.11' });
    expect(await follow()).toEqual(['0.12', '0.11']);
    await maker.ok('cancel', { market: 'rain', orderId: best.order.orderId });
    expect(await follow()).toEqual(['0.11', '0.10']);
    const seen = taken;
    await maker.place({ size: '1', price: '0.05' });
    expect((await follow()).length).toBe(2);
    expect(taken).toBe(seen);
    await maker.ok('cancelAll');
    expect(await follow()).toEqual([]);
  });

  test('a conflated book says less often, and the same', async () => {
    const client = await gateway.client();
    const answer = await subscribe(client, { ch: 'book', market: 'rain', conflateMs: 30 });
    expect(answer.subscribed).toEqual([{ ch: 'book', market: 'rain', conflateMs: 50 }]);
    let seq = 0;
    for (let i = 1; i <= 40; i++) seq = (await maker.place({ size: '1', price: `0.${10 + (i % 20)}` })).order.seq;
    await client.until((message) => message.ch === 'book' && message.type === 'delta' && message.seq === seq);
    const book = new Book();
    const messages = await client.of('book');
    for (const message of messages) book.take(message);
    expect(book.bids.size).toBe(20);
    expect(messages.length).toBeLessThan(20);
    await maker.ok('cancelAll');
  });

  test('a newcomer to a conflated book is not told less than its seq says', async () => {
    const channel = { ch: 'book', market: 'rain', conflateMs: 10_000 };
    const first = await gateway.client();
    await subscribe(first, channel);
    const { order } = await maker.place({ size: '1', price: '0.20' });
    const second = await gateway.client();
    await subscribe(second, channel);
    expect(await told(second, 'book')).toMatchObject([{ type: 'snapshot', seq: order.seq, bids: [['0.20', '1.00']] }]);
    expect((await told(first, 'book')).at(-1)).toMatchObject({ type: 'delta', seq: order.seq });
    await maker.ok('cancelAll');
  });

  test('several outcomes have a book each; a maker shows its prices', async () => {
    const client = await gateway.client();
    await subscribe(client, { ch: 'book', market: 'cup' }, { ch: 'book', market: 'snow' });
    await maker.place({ market: 'cup', outcome: 'B', size: '2', price: '0.30' });
    await taker.place({ market: 'snow', outcome: 'YES', type: 'market', size: '10' });
    const [cup, snow, delta, amm] = (await client.of('book')).filter(({ type }) => type !== 'heartbeat') as [
      Message,
      Message,
      Message,
      Message,
    ];
    expect(cup.books.map(({ outcome }: Message) => outcome)).toEqual(['A', 'B', 'C']);
    expect(delta).toMatchObject({ bids: [], asks: [], books: [{ outcome: 'B', bids: [['0.30', '2.00']], asks: [] }] });
    expect(snow.amm).toEqual({ prices: { YES: '0.50', NO: '0.50' }, b: '100.00' });
    expect(Number(amm.amm.prices.YES)).toBeGreaterThan(0.5);
  });

  test('a lifecycle change is told with what it decides', async () => {
    await gateway.createMarket('done');
    const client = await gateway.client();
    await subscribe(client, { ch: 'market', market: 'done' });
    const market = gateway.engine.engine.image().markets.find(({ slug }) => slug === 'done')?.market ?? -1;
    await gateway.step('HALT', market);
    await gateway.step('CLOSE', market);
    const messages = await told(client, 'market');
    expect(messages.map(({ status }) => status)).toEqual(['open', 'halted', 'closed']);
    expect(messages[2]?.closingPrices).toEqual([
      { outcome: 'YES', price: null, source: 'none' },
      { outcome: 'NO', price: null, source: 'none' },
    ]);
  });

  test('an idle channel beats with its last seq and the engine’s time', async () => {
    const client = await gateway.client(4);
    await subscribe(client, { ch: 'ticker', market: 'cup' }, { ch: 'fills' });
    const beat = await client.until(({ ch, type }) => ch === 'ticker' && type === 'heartbeat');
    const own = await client.until(({ ch, type }) => ch === 'fills' && type === 'heartbeat');
    expect(beat.time).toBe(gateway.now);
    expect(own.seq).toBeGreaterThan(0);
    await told(client, 'ticker');
    await told(client, 'fills');
  });
});

describe('private channels', () => {
  test('orders, fills and account tell what happens to one account, in its own terms', async () => {
    const client = await gateway.client(4);
    await subscribe(client, { ch: 'orders' }, { ch: 'fills' }, { ch: 'account' });
    const ask = await client.place({ outcome: 'NO', size: '5', price: '0.45', clientOrderId: 'no-1' });
    const { order } = await taker.place({ size: '2', price: '0.55' });

    const [open, placed, filled] = await told(client, 'orders');
    expect(open).toMatchObject({ type: 'snapshot', orders: [] });
    expect(placed).toMatchObject({
      seq: ask.order.seq,
      order: { orderId: ask.order.orderId, outcome: 'NO', status: 'open' },
    });
    expect(filled).toMatchObject({
      seq: order.seq,
      order: { filled: '2.00', avgPrice: '0.45', side: 'buy', price: '0.45' },
    });
    const [, fill] = await told(client, 'fills');
    expect(fill).toMatchObject({
      ...{ seq: order.seq, orderId: ask.order.orderId, clientOrderId: 'no-1', outcome: 'NO', side: 'buy' },
      ...{ price: '0.45', size: '2.00', liquidity: 'maker', tradeId: order.fills[0].tradeId },
    });
    const accounts = await told(client, 'account');
    expect(accounts.map(({ seq }) => seq)).toEqual([accounts[0]?.seq, ask.order.seq, order.seq]);
    expect(accounts.at(-1)?.positions).toContainEqual(
      expect.objectContaining({ market: 'rain', outcome: 'NO', size: '2.00', costBasis: '0.900000' }),
    );
    const { balance, available, held } = await client.ok('account');
    expect(accounts.at(-1)).toMatchObject({ balance, available, held });

    const again = await gateway.client(4);
    await subscribe(again, { ch: 'orders' }, { ch: 'account' });
    expect((await told(again, 'orders'))[0]?.orders).toMatchObject([{ orderId: ask.order.orderId, filled: '2.00' }]);
    expect((await told(again, 'account'))[0]).toMatchObject({ balance, available, held });
    await client.ok('cancelAll');
  });

  test('a repeated request is no change', async () => {
    const client = await gateway.client(4);
    await client.place({ size: '1', price: '0.01', clientOrderId: 'twice' });
    await subscribe(client, { ch: 'orders' });
    expect(await client.place({ size: '1', price: '0.01', clientOrderId: 'twice' })).toMatchObject({ duplicate: true });
    expect(await told(client, 'orders')).toHaveLength(1);
    await client.ok('cancelAll');
  });

  test('a filter leaves other markets out and keeps the chain', async () => {
    const client = await gateway.client(4);
    await subscribe(client, { ch: 'orders', market: 'rain' });
    await client.place({ size: '1', price: '0.01' });
    await client.place({ market: 'cup', outcome: 'A', size: '1', price: '0.01' });
    await client.place({ size: '1', price: '0.02' });
    await client.ok('cancelAll');
    const [, ...changes] = await told(client, 'orders');
    expect(changes.map(({ market, order, more }) => [market, order.market, order.status, more])).toEqual([
      ['rain', 'rain', 'open', undefined],
      ['rain', 'rain', 'open', undefined],
      ['rain', 'rain', 'canceled', true],
      ['rain', 'rain', 'canceled', undefined],
    ]);
  });
});

describe('subscribe', () => {
  test.each([
    [[{ ch: 'book' }], 'INVALID_REQUEST', 'channels.0.market'],
    [[{ ch: 'nothing', market: 'rain' }], 'INVALID_REQUEST', 'channels.0.ch'],
    [[{ ch: 'trades', market: 'rain', depth: 5 }], 'INVALID_REQUEST', 'channels.0.depth'],
    [[{ ch: 'trades', market: 'rain', conflateMs: 5 }], 'INVALID_REQUEST', 'channels.0.conflateMs'],
    [[{ ch: 'account', market: 'rain' }], 'INVALID_REQUEST', 'channels.0.market'],
    [
      [
        { ch: 'book', market: 'rain' },
        { ch: 'book', market: 'rain', depth: 1 },
      ],
      'INVALID_REQUEST',
      'channels.1.ch',
    ],
    [[{ ch: 'orders' }, { ch: 'orders', market: 'rain' }], 'INVALID_REQUEST', 'channels.0.market'],
    [
      [
        { ch: 'book', market: 'rain' },
        { ch: 'book', market: 'sun' },
      ],
      'UNKNOWN_MARKET',
      'channels.1.market',
    ],
  ])('%j is refused whole', async (channels, code, field) => {
    const client = await gateway.client(4);
    expect(await client.refused('subscribe', { channels })).toMatchObject({ code, field });
    await gateway.step('HALT', 0);
    await gateway.step('RESUME', 0);
    await client.ok('ping');
    expect(client.messages).toEqual([]);
  });

  test('again takes the place of the one before, with a snapshot', async () => {
    const client = await gateway.client();
    await subscribe(client, { ch: 'book', market: 'rain' });
    const { subscribed } = await subscribe(client, { ch: 'book', market: 'rain', depth: 1 });
    expect(subscribed).toEqual([{ ch: 'book', market: 'rain', depth: 1 }]);
    await maker.place({ size: '1', price: '0.02' });
    const messages = await told(client, 'book');
    expect(messages.map(({ type }) => type)).toEqual(['snapshot', 'snapshot', 'delta']);
    await maker.ok('cancelAll');
  });

  test('a connection holds 200 channels, one more is refused', async () => {
    for (let i = 0; i < 51; i++) await gateway.createMarket(`m-${i}`);
    const client = await gateway.client();
    const names = ['book', 'trades', 'ticker', 'market'];
    const channels = Array.from({ length: 200 }, (_, i) => ({ ch: names[i % 4], market: `m-${i >> 2}` }));
    await client.ok('subscribe', { channels });
    expect(await client.refused('subscribe', { channels: [{ ch: 'book', market: 'm-50' }] })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: { name: 'subscriptionsPerConnection', value: 200 },
    });
    const { subscribed } = await client.ok('unsubscribe', { channels: channels.slice(1) });
    expect(subscribed).toEqual([{ ch: 'book', market: 'm-0' }]);
  });

  test('nothing comes after unsubscribe', async () => {
    const client = await gateway.client(4);
    await subscribe(client, { ch: 'book', market: 'rain' }, { ch: 'orders' });
    await client.ok('unsubscribe', { channels: [{ ch: 'book', market: 'rain' }, { ch: 'orders' }, { ch: 'fills' }] });
    await client.ok('ping');
    const before = client.messages.length;
    await client.place({ size: '1', price: '0.03' });
    await client.ok('cancelAll');
    expect(client.messages).toHaveLength(before);
  });
});
