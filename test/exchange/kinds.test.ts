import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as views from '../../src/protocol/http.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { Client } from './support/client.ts';
import { openMarket } from './support/markets.ts';

/** On a running exchange: streams that resume, markets of other kinds, and what HTTP tells of all of it. */
let exchange: Exchange;
let operator: Client;
let alice: Client;
let bob: Client;
beforeAll(async () => {
  exchange = await startExchange();
  [operator, alice, bob] = await Promise.all([
    Client.operator(exchange),
    Client.register(exchange, 'alice'),
    Client.register(exchange, 'bob'),
  ]);
  for (const id of ['stream', 'told']) await openMarket(operator, id);
  await openMarket(operator, 'sun', { type: 'lmsr', liquidity: '100' });
  await openMarket(operator, 'race', { outcomes: ['Ann', 'Ben', 'Cleo'], tickSize: '0.005' });
});
afterAll(() => exchange?.stop());

const yes = (market: string, side: 'buy' | 'sell', price: string, size: string, more: object = {}) => ({
  market,
  side,
  price,
  size,
  ...more,
});
describe('streams', () => {
  test('resume after the last seq that was seen, without a hole', async () => {
    const market = 'stream';
    const first = await Client.open(exchange.url, alice.login);
    const channels = [{ ch: 'book' as const, market }, { ch: 'trades' as const, market }, { ch: 'orders' as const }];
    await first.subscribe(channels);
    const seen = await first.place(yes(market, 'buy', '0.40', '5'));
    await first.stream('orders').at(seen.seq);
    await first.stream('book', market).at(seen.seq);
    await first.close();

    const missed = await alice.place(yes(market, 'buy', '0.41', '5'));
    const trade = await bob.place(yes(market, 'sell', '0.41', '2'));
    const second = await Client.open(exchange.url, alice.login);
    await second.subscribe(channels.map((channel) => ({ ...channel, since: seen.seq })));
    const orders = second.stream('orders');
    expect(await orders.until(() => true)).toMatchObject({
      seq: missed.seq,
      prev: seen.seq,
      order: { filled: '0.00' },
    });
    expect(await orders.until(() => true)).toMatchObject({ seq: trade.seq, order: { filled: '2.00' } });
    expect(await orders.until(() => true)).toMatchObject({ type: 'caught-up', seq: trade.seq });
    const book = second.stream('book', market);
    expect(await book.until(() => true)).toMatchObject({ type: 'delta', seq: missed.seq, bids: [['0.41', '5.00']] });
    expect(await book.until(() => true)).toMatchObject({ type: 'delta', seq: trade.seq, bids: [['0.41', '3.00']] });
    expect(await book.until(() => true)).toMatchObject({ type: 'caught-up', crc: expect.any(Number) });
    const trades = second.stream('trades', market);
    expect(await trades.until(() => true)).toMatchObject({ price: '0.41', size: '2.00', side: 'sell' });
    expect(await trades.until(() => true)).toMatchObject({ type: 'caught-up' });
    // From a future that this exchange has not seen, as after a restore from an old backup: a snapshot.
    await second.subscribe([{ ch: 'trades', market, since: 1_000_000 }]);
    expect(await second.stream('trades', market).until(() => true)).toMatchObject({ type: 'snapshot' });
    await second.close();
  });

  test('end when they are unsubscribed; other channels go on', async () => {
    const market = 'stream';
    const client = await Client.open(exchange.url, alice.login);
    await client.subscribe([{ ch: 'book', market, depth: 1 }, { ch: 'orders' }]);
    expect(await client.stream('book', market).until(() => true)).toMatchObject({ bids: [['0.41', '3.00']] });
    const { subscribed } = await client.ask('unsubscribe', { channels: [{ ch: 'book', market }] });
    expect(subscribed).toEqual([{ ch: 'orders' }]);
    const before = client.stream('book', market).messages.length;
    const { seq } = await client.place(yes(market, 'buy', '0.42', '1'));
    await client.stream('orders').at(seq);
    await client.ask('ping', {});
    expect(client.stream('book', market).messages.length).toBe(before);
    await client.close();
    await alice.ask('cancelAll', {});
  });
});

describe('a market maker’s market', () => {
  const market = 'sun';

  test('trades at once against the maker, and the house pays no more than it put in', async () => {
    await alice.subscribe([
      { ch: 'book', market },
      { ch: 'trades', market },
    ]);
    const snapshot = await alice.stream('book', market).until(() => true);
    expect(snapshot).toMatchObject({ bids: [], asks: [], amm: { prices: { YES: '0.50', NO: '0.50' }, b: '100.00' } });
    const quote = await alice.ask('quote', { market, side: 'buy', outcome: 'NO', size: '10' });
    const bought = await alice.place({ market, side: 'buy', outcome: 'NO', type: 'market', size: '10' });
    expect(bought).toMatchObject({ outcome: 'NO', status: 'filled', tif: 'IOC', fills: [{ venue: 'amm' }] });
    expect(bought.avgPrice).toBe(quote.avgPrice);
    // 100 · ln((1 + e^0.1) / 2), rounded up
    expect(quote.cost).toBe('5.124948');
    expect(await alice.stream('trades', market).at(bought.seq)).toMatchObject({ outcome: 'NO', venue: 'amm' });
    expect(await alice.stream('book', market).at(bought.seq)).toMatchObject({
      amm: { prices: { YES: '0.475021', NO: '0.524979' } },
    });
    const limited = await bob.place({ market, side: 'buy', outcome: 'YES', size: '1000', price: '0.50' });
    expect(limited).toMatchObject({ status: 'canceled', reason: 'IOC', filled: '10.00' });
    const sold = await alice.place({ market, side: 'sell', outcome: 'NO', type: 'market', size: '10' });
    expect(sold).toMatchObject({ side: 'sell', status: 'filled' });
    expect((await alice.ask('account', {})).positions.filter((one) => one.market === market)).toEqual([]);
  });

  test('takes no orders that rest', async () => {
    const expiresAt = Date.now() + 60_000;
    for (const terms of [{ tif: 'GTC' }, { tif: 'GTD', expiresAt }]) {
      const error = await bob.refused('place', { market, side: 'buy', size: '1', price: '0.1', ...terms });
      expect(error).toMatchObject({ code: 'INVALID_REQUEST', field: 'tif' });
    }
  });
});

describe('a market of three outcomes', () => {
  const market = 'race';

  test('has one book for each, on a finer grid', async () => {
    const order = { market, side: 'buy' as const, price: '0.305', size: '10' };
    expect(await bob.refused('place', order)).toMatchObject({ code: 'INVALID_REQUEST', field: 'outcome' });
    const refused = await bob.refused('place', { ...order, outcome: 'YES' });
    expect(refused).toMatchObject({ code: 'UNKNOWN_OUTCOME', field: 'outcome' });
    await alice.place({ ...order, outcome: 'Ben' });
    const sold = await bob.place({ ...order, side: 'sell', outcome: 'Ben', size: '4' });
    expect(sold).toMatchObject({ outcome: 'Ben', side: 'sell', price: '0.305', status: 'filled' });
    // Who sells what one does not have mints sets, and keeps the others.
    const { positions } = await bob.ask('account', {});
    expect(positions.filter((one) => one.market === market)).toMatchObject([
      { outcome: 'Ann', size: '4.00' },
      { outcome: 'Cleo', size: '4.00' },
    ]);
    const { books } = await bob.api.get(views.bookView, `/markets/${market}/book`);
    expect(books).toEqual([
      { outcome: 'Ann', bids: [], asks: [] },
      { outcome: 'Ben', bids: [['0.305', '6.00']], asks: [] },
      { outcome: 'Cleo', bids: [], asks: [] },
    ]);
    await alice.ask('cancelAll', {});
  });
});

describe('orders that came later', () => {
  test('expire by themselves, and everybody hears of it', async () => {
    const market = 'stream';
    await alice.subscribe([{ ch: 'orders' }, { ch: 'book', market }]);
    const expiresAt = Date.now() + 300;
    const resting = await alice.place(yes(market, 'buy', '0.20', '3', { tif: 'GTD', expiresAt }));
    expect(resting).toMatchObject({ tif: 'GTD', expiresAt, status: 'open' });
    const ended = await alice.stream('orders').until(({ seq }) => seq > resting.seq);
    expect(ended).toMatchObject({ order: { orderId: resting.orderId, status: 'canceled', reason: 'EXPIRED' } });
    expect(await alice.stream('book', market).at(ended.seq)).toMatchObject({ bids: [['0.20', '0']] });
    const { order } = await alice.ask('order', { orderId: resting.orderId });
    expect(order).toMatchObject({ reason: 'EXPIRED', tif: 'GTD', expiresAt });
  });

  test('go in batches, and are replaced', async () => {
    const placed = (market: string, price: string, more: object = {}) => ({
      op: 'place' as const,
      ...yes(market, 'buy', price, '1', more),
    });
    const { results } = await alice.ask('batch', {
      requests: [
        placed('stream', '0.10', { clientOrderId: 'mine' }),
        placed('told', '0.11'),
        { op: 'cancel', market: 'told', clientOrderId: 'mine' },
      ],
    });
    expect(results).toMatchObject([
      { ok: true, order: { market: 'stream', status: 'open' } },
      { ok: true, order: { market: 'told', status: 'open' } },
      { ok: false, error: { code: 'UNKNOWN_ORDER', field: 'clientOrderId' } },
    ]);
    const next = yes('stream', 'buy', '0.12', '1', { clientOrderId: 'next' });
    const replaced = await alice.ask('replace', { cancel: { clientOrderId: 'mine' }, place: next });
    expect(replaced.results).toMatchObject([{ order: { status: 'canceled' } }, { order: { clientOrderId: 'next' } }]);
    const { orders } = await alice.api.get(views.ordersView, '/orders?limit=3');
    expect(orders.map(({ clientOrderId }) => clientOrderId)).toEqual([
      'next',
      ...orders.slice(1).map((o) => o.clientOrderId),
    ]);
    expect((await alice.ask('cancelAll', {})).canceled).toBe(2);
  });

  test('do not trade with their own', async () => {
    const market = 'stream';
    await alice.subscribe([{ ch: 'orders' }]);
    await alice.place(yes(market, 'buy', '0.30', '2'));
    expect(await alice.refused('place', yes(market, 'sell', '0.30', '1'))).toMatchObject({ code: 'SELF_TRADE' });
    const { seq } = await alice.place(yes(market, 'sell', '0.30', '1', { stp: 'decrement' }));
    expect(await alice.stream('orders').at(seq)).toMatchObject({ type: 'self-trade', selfTrade: { size: '1.00' } });
    await alice.ask('cancelAll', {});
  });
});

describe('a hybrid market', () => {
  test('lives through a lifetime: maker, book, top-up, halt and settlement', async () => {
    const market = 'both';
    const created = await openMarket(operator, market, {
      ...{ type: 'hybrid', liquidity: '100', hybridThreshold: '4', prior: ['0.3', '0.7'], collar: '0.3' },
      fees: { taker: 50, maker: -10 },
    });
    expect(created).toMatchObject({ type: 'hybrid', book: false, fees: { taker: 50, maker: -10, base: 'notional' } });
    const bought = await alice.place({ market, side: 'buy', type: 'market', size: '15' });
    expect(bought).toMatchObject({ status: 'filled', fills: [{ venue: 'amm' }] });
    const resting = await bob.place(yes(market, 'buy', '0.33', '10'));
    expect(resting).toMatchObject({ tif: 'GTC', status: 'open' });
    const sold = await alice.place({ market, side: 'sell', type: 'market', size: '15' });
    expect(new Set(sold.fills?.map(({ venue }) => venue))).toEqual(new Set(['amm', 'book']));
    const step = (action: string, body: object) =>
      operator.api.call(views.lifecycleView, 200, 'POST', `/markets/${market}/${action}`, body);
    expect((await step('top-up', { liquidity: '150' })).market).toMatchObject({ liquidity: '150.00', book: true });
    expect((await step('configure', { collar: null, maxOrderSize: '50' })).market).toMatchObject({
      maxOrderSize: '50.00',
    });
    await step('halt', {});
    expect((await step('resume', {})).market).toMatchObject({ status: 'open' });
    await alice.ask('cancelAll', {});
    expect(await operator.api.get(views.auditView, '/audit')).toMatchObject({ conserved: true });
  });
});

describe('over HTTP', () => {
  const market = 'told';
  test('orders are placed, amended, canceled and listed as over the WebSocket', async () => {
    const placed = await alice.api.call(views.orderAnswer, 201, 'POST', '/orders', {
      ...yes(market, 'buy', '0.20', '5', { clientOrderId: 'h-1' }),
    });
    expect(placed.order).toMatchObject({ status: 'open', price: '0.20' });
    const again = await alice.api.call(views.orderAnswer, 200, 'POST', '/orders', {
      ...yes(market, 'buy', '0.20', '5', { clientOrderId: 'h-1' }),
    });
    expect(again).toMatchObject({ duplicate: true, order: { orderId: placed.order.orderId } });
    const path = `/orders/${placed.order.orderId}`;
    const amended = await alice.api.call(views.amendAnswer, 200, 'PATCH', path, { size: '4' });
    expect(amended).toMatchObject({ keptPriority: true, order: { size: '4.00' } });
    expect((await bob.api.refused('DELETE', path)).code).toBe('UNKNOWN_ORDER');
    const { order } = await alice.api.call(views.orderAnswer, 200, 'DELETE', path);
    expect(order).toMatchObject({ status: 'canceled', reason: 'CANCELED' });
    const { orders } = await alice.api.get(views.ordersView, `/orders?market=${market}&status=closed&limit=1`);
    expect(orders).toMatchObject([{ orderId: order.orderId, status: 'canceled' }]);
    await alice.place(yes(market, 'buy', '0.21', '1'));
    const all = await alice.api.call(views.cancelAllView, 200, 'DELETE', `/orders?market=${market}`);
    expect(all).toEqual({ canceled: 1 });
  });

  test('what has happened is told: fills, trades, candles, prices, ledger', async () => {
    await alice.place(yes(market, 'buy', '0.60', '10'));
    await bob.place(yes(market, 'buy', '0.45', '4', { outcome: 'NO' }));
    await bob.place(yes(market, 'sell', '0.60', '6'));
    await alice.place(yes(market, 'sell', '0.70', '10'));
    await bob.place(yes(market, 'buy', '0.70', '10'));
    const { fills } = await bob.api.get(views.fillsView, `/fills?market=${market}`);
    expect(fills.map(({ outcome, side, price, size }) => [outcome, side, price, size])).toEqual([
      ['YES', 'buy', '0.70', '10.00'],
      ['YES', 'sell', '0.60', '6.00'],
      ['NO', 'buy', '0.40', '4.00'],
    ]);
    const { trades } = await bob.api.get(views.tradesView, `/markets/${market}/trades`);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(fills.map(({ tradeId }) => tradeId));
    const { candles } = await bob.api.get(views.candlesView, `/markets/${market}/candles?interval=1d`);
    expect(candles.reduce((sum, { volume }) => sum + Number(volume), 0)).toBeCloseTo(13, 9);
    const { prices } = await bob.api.get(views.pricesView, `/markets/${market}/prices?outcome=YES`);
    expect(prices.at(-1)).toMatchObject({ outcome: 'YES', price: '0.70' });
    const { entries } = await bob.api.get(views.ledgerView, '/ledger');
    const sum = entries.reduce((total, { change }) => total + Math.round(Number(change) * 1e6), 0);
    expect(sum).toBe(Math.round(Number((await bob.ask('account', {})).balance) * 1e6));
  });

  test('all money is somewhere', async () => {
    const audit = await operator.api.get(views.auditView, '/audit');
    expect(audit).toMatchObject({ conserved: true, deposits: '3000.000000', accounts: 3, markets: 5 });
    expect(await alice.api.refused('GET', '/audit')).toMatchObject({ code: 'FORBIDDEN' });
  });
});
