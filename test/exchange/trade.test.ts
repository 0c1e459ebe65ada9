import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as views from '../../src/protocol/http.ts';
import { connect } from '../../src/sdk/index.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { Client } from './support/client.ts';
import { openMarket } from './support/markets.ts';

/** Two traders on a running exchange: what every operation and every channel answers, and that the answers agree. */
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
  for (const id of ['rain', 'types', 'amends', 'quotes']) await openMarket(operator, id);
});
afterAll(() => exchange?.stop());

const yes = (market: string, side: 'buy' | 'sell', price: string, size: string, more: object = {}) => ({
  market,
  side,
  price,
  size,
  ...more,
});
const buyNo = (market: string, price: string, size: string, more: object = {}) =>
  yes(market, 'buy', price, size, { outcome: 'NO', ...more });

describe('a connection', () => {
  test('is answered before it logs in, but may not trade', async () => {
    const anonymous = new Client(alice.login, alice.api, await connect({ url: exchange.url }));
    const { time } = await anonymous.ask('ping', {});
    expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
    expect(await anonymous.refused('account', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await anonymous.refused('place', yes('rain', 'buy', '0.50', '1'))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    const { expiresAt, account, roles } = await anonymous.ask('auth', { token: alice.token });
    expect({ expiresAt, account, roles }).toEqual({
      expiresAt: alice.login.expiresAt,
      account: 'alice',
      roles: ['trader'],
    });
    expect((await anonymous.ask('account', {})).balance).toBe('1000.000000');
    await anonymous.close();
  });

  test('closes when it is asked to', async () => {
    const connection = await connect({ url: exchange.url, token: bob.token });
    expect((await connection.close()).code).toBe(1000);
  });
});

describe('an order', () => {
  test('shows in its answer and on every channel under one seq, in the terms of its client', async () => {
    const everything = (['book', 'trades', 'ticker', 'market'] as const).map((ch) => ({ ch, market: 'rain' }));
    const own = (['orders', 'fills', 'account'] as const).map((ch) => ({ ch }));
    const { subscribed } = await alice.subscribe([...everything, ...own]);
    expect(subscribed).toEqual([...everything, ...own]);
    await bob.subscribe([...everything, ...own]);
    for (const { ch, market } of [...everything, ...own.map(({ ch }) => ({ ch, market: undefined }))]) {
      expect(await alice.stream(ch, market).until(() => true)).toMatchObject({ ch, type: 'snapshot' });
    }

    const resting = await alice.place(yes('rain', 'buy', '0.60', '10', { clientOrderId: 'a-1' }));
    expect(resting).toEqual({
      orderId: expect.any(String),
      clientOrderId: 'a-1',
      market: 'rain',
      outcome: 'YES',
      side: 'buy',
      type: 'limit',
      price: '0.60',
      size: '10.00',
      filled: '0.00',
      remaining: '10.00',
      status: 'open',
      tif: 'GTC',
      fees: '0.000000',
      seq: expect.any(Number),
      createdAt: expect.any(Number),
      fills: [],
    });
    const { fills: _, ...withoutFills } = resting;
    expect((await alice.stream('orders').at(resting.seq)).order).toEqual(withoutFills);
    expect(await alice.stream('account').at(resting.seq)).toMatchObject({
      balance: '1000.000000',
      available: '994.000000',
      held: '6.000000',
    });
    expect(await bob.stream('book', 'rain').at(resting.seq)).toMatchObject({ bids: [['0.60', '10.00']], asks: [] });
    expect(await bob.stream('ticker', 'rain').at(resting.seq)).toMatchObject({
      outcomes: [
        { outcome: 'YES', bid: '0.60' },
        { outcome: 'NO', ask: '0.40' },
      ],
    });

    // Two buyers meet: a set is minted, of which each pays its part.
    const taken = await bob.place(buyNo('rain', '0.45', '4'));
    const { seq } = taken;
    expect(taken).toMatchObject({ outcome: 'NO', side: 'buy', price: '0.45', status: 'filled', avgPrice: '0.40' });
    expect(taken.fills).toEqual([
      {
        tradeId: expect.any(String),
        price: '0.40',
        size: '4.00',
        fee: '0.000000',
        liquidity: 'taker',
        venue: 'book',
      },
    ]);
    const [fill] = taken.fills ?? [];
    expect(await bob.stream('fills').at(seq)).toMatchObject({ ...fill, orderId: taken.orderId, outcome: 'NO' });
    expect(await alice.stream('fills').at(seq)).toMatchObject({
      tradeId: fill?.tradeId,
      orderId: resting.orderId,
      clientOrderId: 'a-1',
      outcome: 'YES',
      side: 'buy',
      price: '0.60',
      liquidity: 'maker',
    });
    expect(await alice.stream('orders').at(seq)).toMatchObject({ order: { status: 'open', filled: '4.00' } });
    expect(await alice.stream('trades', 'rain').at(seq)).toMatchObject({
      tradeId: fill?.tradeId,
      outcome: 'YES',
      price: '0.60',
      size: '4.00',
      side: 'sell',
      venue: 'book',
    });
    expect(await alice.stream('book', 'rain').at(seq)).toMatchObject({ bids: [['0.60', '6.00']] });
    expect(await alice.stream('ticker', 'rain').at(seq)).toMatchObject({ volume: '2.400000' });
    expect(await bob.stream('account').at(seq)).toMatchObject({
      balance: '998.400000',
      held: '0.000000',
      positions: expect.arrayContaining([
        expect.objectContaining({ outcome: 'NO', size: '4.00', costBasis: '1.600000', avgPrice: '0.40' }),
      ]),
    });
    expect(await alice.stream('account').at(seq)).toMatchObject({
      balance: '997.600000',
      held: '3.600000',
      positions: expect.arrayContaining([
        expect.objectContaining({ outcome: 'YES', size: '4.00', costBasis: '2.400000', avgPrice: '0.60' }),
      ]),
    });
  });

  test('may be repeated: the same request answers the same order, another under its id is refused', async () => {
    const request = yes('rain', 'buy', '0.60', '10', { clientOrderId: 'a-1' });
    const again = await alice.ask('place', request);
    expect(again).toMatchObject({ duplicate: true, order: { filled: '4.00', remaining: '6.00' } });
    expect(await alice.refused('place', { ...request, size: '11' })).toMatchObject({
      code: 'CLIENT_ORDER_ID_CONFLICT',
      field: 'clientOrderId',
    });
    expect(await bob.place({ ...request, price: '0.01' })).toMatchObject({ clientOrderId: 'a-1', status: 'open' });
    expect(await bob.ask('cancelAll', {})).toMatchObject({ canceled: 1 });
  });

  test('buys back: what is sold first and bought again is no debt, and a complete set is cash', async () => {
    await bob.place(buyNo('rain', '0.40', '6'));
    const before = await bob.ask('account', {});
    expect(before.positions).toMatchObject([{ outcome: 'NO', size: '10.00' }]);
    await alice.place(yes('rain', 'sell', '0.70', '10'));
    const bought = await bob.place(yes('rain', 'buy', '0.70', '10'));
    expect(bought).toMatchObject({ status: 'filled', avgPrice: '0.70' });
    const after = await bob.ask('account', {});
    expect(after.positions).toEqual([]);
    expect(after.balance).toBe('999.000000');
    expect((await alice.ask('account', {})).balance).toBe('1001.000000');
  });
});

describe('types and times in force', () => {
  const market = 'types';
  const ask = (price: string, size: string) => alice.place(yes(market, 'sell', price, size));
  const clear = () => Promise.all([alice.ask('cancelAll', { market }), bob.ask('cancelAll', { market })]);

  test.each([
    ['rests by default', { price: '0.40' }, { tif: 'GTC', status: 'open', remaining: '10.00' }],
    [
      'IOC: the rest is canceled',
      { price: '0.50', tif: 'IOC' },
      { status: 'canceled', reason: 'IOC', filled: '5.00', remaining: '5.00' },
    ],
    ['IOC without a fill', { price: '0.49', tif: 'IOC' }, { status: 'canceled', reason: 'IOC', filled: '0.00' }],
    ['FOK, all of it', { price: '0.60', tif: 'FOK' }, { status: 'filled', filled: '10.00', avgPrice: '0.55' }],
    ['market', { type: 'market' }, { type: 'market', tif: 'IOC', status: 'filled', avgPrice: '0.55' }],
    [
      'market beyond the book',
      { type: 'market', size: '11' },
      { status: 'canceled', reason: 'NO_LIQUIDITY', filled: '10.00', remaining: '1.00' },
    ],
    [
      'market, with a worst price',
      { type: 'market', price: '0.55' },
      { type: 'market', price: '0.55', status: 'canceled', reason: 'NO_LIQUIDITY', filled: '5.00' },
    ],
    ['market, FOK', { type: 'market', tif: 'FOK' }, { tif: 'FOK', status: 'filled' }],
    ['takes and rests', { price: '0.50' }, { status: 'open', filled: '5.00', remaining: '5.00', avgPrice: '0.50' }],
    ['postOnly that rests', { price: '0.49', postOnly: true }, { status: 'open', postOnly: true }],
    [
      'maxCost',
      { price: '0.60', tif: 'IOC', maxCost: '3.1' },
      { status: 'canceled', reason: 'MAX_COST', filled: '6.00' },
    ],
    ['a deadline to come', { price: '0.40', deadline: Date.now() + 3_600_000 }, { status: 'open' }],
  ] as const)('%s', async (_, fields, expected) => {
    await ask('0.50', '5');
    await ask('0.60', '5');
    expect(await bob.place({ market, side: 'buy', size: '10', ...fields })).toMatchObject(expected);
    await clear();
  });

  test.each([
    ['FOK, not all of it', { price: '0.59', tif: 'FOK' }, { code: 'FOK_NOT_FILLED', field: 'size' }],
    ['postOnly that would trade', { price: '0.50', postOnly: true }, { code: 'POST_ONLY_WOULD_TRADE', field: 'price' }],
    ['a market order without anybody', { type: 'market', side: 'sell' }, { code: 'NO_LIQUIDITY', field: 'size' }],
    ['a deadline that has passed', { price: '0.40', deadline: 1 }, { code: 'DEADLINE_PASSED', field: 'deadline' }],
    ['postOnly and IOC', { price: '0.40', tif: 'IOC', postOnly: true }, { code: 'INVALID_REQUEST', field: 'postOnly' }],
    ['a market order that waits', { type: 'market', tif: 'GTC' }, { code: 'INVALID_REQUEST', field: 'tif' }],
    ['a limit order without', {}, { code: 'INVALID_REQUEST', field: 'price' }],
    ['maxCost of a resting order', { price: '0.40', maxCost: '1' }, { code: 'INVALID_REQUEST', field: 'maxCost' }],
  ] as const)('refused: %s', async (_, fields, expected) => {
    await ask('0.50', '5');
    expect(await bob.refused('place', { market, side: 'buy', size: '10', ...fields })).toMatchObject(expected);
    await clear();
  });
});

describe('amending and canceling', () => {
  const market = 'amends';

  test('a smaller size keeps its place, anything else goes to the back or trades', async () => {
    const first = await alice.place(yes(market, 'buy', '0.30', '10', { clientOrderId: 'first' }));
    await bob.place(yes(market, 'buy', '0.30', '10'));
    const smaller = await alice.ask('amend', { market, orderId: first.orderId, size: '8' });
    expect(smaller).toMatchObject({ keptPriority: true, order: { size: '8.00', price: '0.30' } });
    const larger = await alice.ask('amend', { market, clientOrderId: 'first', size: '9', price: '0.31' });
    expect(larger).toMatchObject({ keptPriority: false, order: { size: '9.00', price: '0.31', fills: [] } });
    await bob.place(buyNo(market, '0.65', '4'));
    const trading = await alice.ask('amend', { market, clientOrderId: 'first', price: '0.35' });
    expect(trading.order).toMatchObject({ filled: '4.00', status: 'open', remaining: '5.00' });
    const ended = await alice.ask('amend', { market, clientOrderId: 'first', size: '4' });
    expect(ended.order).toMatchObject({ status: 'canceled', reason: 'AMENDED_BELOW_FILLED', filled: '4.00' });
    expect((await alice.ask('account', {})).held).toBe('0.000000');
    await bob.ask('cancelAll', { market });
  });

  test('an order of NO is amended in its own terms', async () => {
    const { orderId } = await alice.place(buyNo(market, '0.20', '3'));
    const { order } = await alice.ask('amend', { market, orderId, price: '0.25' });
    expect(order).toMatchObject({ outcome: 'NO', side: 'buy', price: '0.25' });
    const book = await alice.api.get(views.bookView, `/markets/${market}/book`);
    expect(book.asks).toEqual([['0.75', '3.00']]);
    const { order: canceled } = await alice.ask('cancel', { market, orderId });
    expect(canceled).toMatchObject({ status: 'canceled', reason: 'CANCELED', price: '0.25' });
    expect(await alice.refused('cancel', { market, orderId })).toMatchObject({
      code: 'UNKNOWN_ORDER',
      field: 'orderId',
    });
  });

  test('by clientOrderId, and all at once', async () => {
    await alice.place(yes(market, 'buy', '0.10', '1', { clientOrderId: 'one' }));
    for (const price of ['0.11', '0.12']) await alice.place(yes(market, 'buy', price, '1'));
    await alice.place(yes('rain', 'buy', '0.10', '1'));
    expect((await alice.ask('cancel', { market, clientOrderId: 'one' })).order.status).toBe('canceled');
    expect(await alice.ask('cancelAll', { market })).toMatchObject({ canceled: 2 });
    expect(await alice.ask('cancelAll', {})).toMatchObject({ canceled: 1 });
    expect(await alice.ask('cancelAll', {})).toMatchObject({ canceled: 0 });
  });
});

describe('questions', () => {
  test('a quote is what the order then costs', async () => {
    const market = 'quotes';
    for (const price of ['0.20', '0.30']) await alice.place(yes(market, 'sell', price, '10'));
    const bySize = await bob.ask('quote', { market, side: 'buy', size: '15' });
    expect(bySize).toMatchObject({ size: '15.00', cost: '3.500000', avgPrice: '0.233333' });
    expect(bySize.venues).toEqual([{ venue: 'book', size: '15.00', cost: '3.500000' }]);
    const bySpend = await bob.ask('quote', { market, side: 'buy', outcome: 'YES', spend: '3.5' });
    expect(bySpend).toMatchObject({ size: '15.00', cost: '3.500000' });
    const before = await bob.ask('account', {});
    const order = await bob.place({ market, side: 'buy', type: 'market', size: '15' });
    expect(order.avgPrice).toBe('0.233333');
    const after = await bob.ask('account', {});
    expect(Number(before.balance) - Number(after.balance)).toBeCloseTo(3.5, 9);
    await alice.ask('cancelAll', { market });
  });

  test('an order, open or finished, and the account are the same over HTTP', async () => {
    const open = await alice.place(yes('quotes', 'buy', '0.05', '2', { clientOrderId: 'open' }));
    const done = await bob.place(yes('quotes', 'sell', '0.05', '1', { clientOrderId: 'done' }));
    const byId = await bob.ask('order', { orderId: done.orderId });
    expect(byId.order).toEqual({ ...done, seq: expect.any(Number) });
    expect((await bob.ask('order', { clientOrderId: 'done' })).order).toEqual(byId.order);
    const overHttp = await bob.api.get(views.orderAnswer, `/orders/${done.orderId}`);
    expect(overHttp.order).toEqual(byId.order);
    const { order } = await alice.ask('order', { clientOrderId: 'open' });
    expect(order).toMatchObject({ orderId: open.orderId, status: 'open', filled: '1.00' });
    const { id, ok, ...account } = await alice.ask('account', {});
    expect(await alice.api.get(views.accountAnswer, '/account')).toEqual(account);
    expect(account.orders.map(({ orderId }) => orderId)).toEqual([open.orderId]);
    await alice.ask('cancelAll', {});
  });
});
