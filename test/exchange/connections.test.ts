import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as views from '../../src/protocol/http.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { Api } from './support/api.ts';
import { Client, register } from './support/client.ts';
import { openMarket } from './support/markets.ts';

const MARKET = 'bound';
/** Far from each other: nothing trades. */
const BID = { market: MARKET, side: 'buy', size: '1', price: '0.10' } as const;

/** What a whole exchange does with the orders of connections that end, when it ends itself. */
describe('orders that are bound to their connection', () => {
  let exchange: Exchange;

  beforeAll(async () => {
    exchange = await startExchange();
    const operator = await Client.operator(exchange);
    await openMarket(operator, MARKET);
    await operator.close();
  });
  afterAll(() => exchange?.stop());

  async function restart(): Promise<void> {
    exchange = await startExchange({ dataDir: exchange.dataDir });
  }

  const book = () => new Api(exchange.url).get(views.bookView, `/markets/${MARKET}/book`);

  test.each([
    ['the exchange alone', async () => exchange.signal('SIGKILL')],
    ['everything at once', () => exchange.kill()],
    ['an orderly stop', () => exchange.stop()],
  ])('are gone after %s, before anybody is let in; the others are not', async (how, end) => {
    const name = how.replaceAll(' ', '-');
    const [one, other, third] = await Promise.all(
      ['a', 'b', 'c'].map((suffix) => register(exchange.url, `${name}-${suffix}`)),
    );
    if (one === undefined || other === undefined || third === undefined) throw new Error('three');
    const bound = await Client.open(exchange.url, one);
    const free = await Client.open(exchange.url, one);
    const armedByDefault = await Client.open(exchange.url, other);
    const maker = await Client.open(exchange.url, third);
    const before = (await book()).bids;
    await bound.ask('cancelOnDisconnect', { enabled: true });
    const orders = [await bound.place(BID), await bound.place(BID)];
    const kept = await free.place({ ...BID, price: '0.11' });
    await armedByDefault.ask('cancelOnDisconnect', { enabled: true, scope: 'account' });
    await armedByDefault.place({ ...BID, price: '0.12' });
    await maker.ask('cancelOnDisconnect', { enabled: true });
    const quoted = { market: MARKET, bid: { price: '0.13', size: '5' }, ask: { price: '0.90', size: '5' } };
    expect(await maker.ask('quotes', { group: 'mm', quotes: [quoted] })).toMatchObject({ results: [{ ok: true }] });
    const { quotes, groups } = await maker.api.get(views.quotesView, `/quotes?market=${MARKET}`);
    expect(quotes.map(({ side, price, size }) => [side, price, size])).toEqual([
      ['bid', '0.13', '5.00'],
      ['ask', '0.90', '5.00'],
    ]);
    expect(groups).toMatchObject([{ group: 'mm', protection: null }]);
    expect(await maker.api.refused('GET', '/quotes?market=nowhere')).toMatchObject({ code: 'UNKNOWN_MARKET' });
    expect((await bound.api.get(views.quotesView, '/quotes')).quotes).toEqual([]);
    // What it said before it ended is not asked for.
    for (const { connection } of [bound, free, armedByDefault, maker]) connection.ended.catch(() => {});
    await end();
    await exchange.ended;
    await restart();
    // The very first request.
    const after = await book();
    expect(after.asks).toEqual([]);
    const withoutKept = new Map(after.bids);
    withoutKept.delete('0.11');
    const withoutBefore = new Map(before);
    withoutBefore.delete('0.11');
    expect(withoutKept).toEqual(withoutBefore);
    const again = await Client.open(exchange.url, one);
    expect((await again.ask('account', {})).orders.map(({ orderId }) => orderId)).toEqual([kept.orderId]);
    for (const { orderId } of orders) {
      const { order } = await again.ask('order', { orderId });
      expect(order).toMatchObject({ status: 'canceled', reason: 'DISCONNECTED' });
    }
    expect((await again.ask('account', {})).held).toBe('0.110000');

    // The account’s default has outlived it, and so has what its group is called.
    const armedAgain = await Client.open(exchange.url, other);
    const { orderId } = await armedAgain.place(BID);
    const witness = await Client.open(exchange.url, other);
    await witness.subscribe([{ ch: 'orders' }]);
    armedAgain.connection.terminate();
    const { order } = (await witness.stream('orders').until((message) => message.order !== undefined)) as never as {
      order: { orderId: string; reason: string };
    };
    expect(order).toMatchObject({ orderId, reason: 'DISCONNECTED' });
    const makerAgain = await Client.open(exchange.url, third);
    await makerAgain.subscribe([{ ch: 'quotes' }]);
    const snapshot = await makerAgain.stream('quotes').until(({ type }) => type === 'snapshot');
    expect(snapshot).toMatchObject({ quotes: [], groups: [{ group: 'mm', protection: null }] });
    for (const { connection } of [again, witness, makerAgain]) connection.terminate();
  });
});

test('a dead-man’s switch that was set before a crash cancels after it, when it is due', async () => {
  let exchange = await startExchange();
  const operator = await Client.operator(exchange);
  await openMarket(operator, MARKET);
  await operator.close();
  const [short, long] = [await register(exchange.url, 'short'), await register(exchange.url, 'long')];
  const [soon, late] = [await Client.open(exchange.url, short), await Client.open(exchange.url, long)];
  const { orderId } = await soon.place(BID);
  const kept = await late.place(BID);
  const { cancelAt } = await soon.ask('cancelAfter', { timeoutMs: 500 });
  await late.ask('cancelAfter', { timeoutMs: 3_600_000 });
  await exchange.kill();
  exchange = await startExchange({ dataDir: exchange.dataDir });
  const again = await Client.open(exchange.url, short);
  await again.subscribe([{ ch: 'orders' }]);
  const snapshot = await again.stream('orders').until(({ type }) => type === 'snapshot');
  // Where it was not due yet, it is told.
  if ((snapshot.orders as unknown[]).length > 0) {
    await again.stream('orders').until((message) => (message.order as { status?: string })?.status === 'canceled');
  }
  const { order } = await again.ask('order', { orderId });
  expect(order).toMatchObject({ status: 'canceled', reason: 'CANCEL_AFTER' });
  expect(cancelAt).toBeGreaterThan(order.createdAt);
  const lateAgain = await Client.open(exchange.url, long);
  expect((await lateAgain.ask('account', {})).orders).toMatchObject([{ orderId: kept.orderId }]);
  // An orderly stop is no end of the switch either.
  await exchange.stop();
});
