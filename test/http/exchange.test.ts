import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from './testServer.ts';

/** The routes of an exchange, over the real engine and read model: what one person after the other would do. */
let postgres: TestPostgres;
let server: TestServer;
let operator: string;
let alice: string;
let bob: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated());
  operator = await server.operator();
  alice = await server.trader('alice');
  bob = await server.trader('bob');
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

const HOUR = 3_600_000;
const get = (token: string | undefined, path: string) => server.call('GET', path, token === undefined ? {} : { token });
const post = (token: string, path: string, body: unknown = {}) => server.call('POST', path, { token, body });
const create = (id: string, more: object = {}) =>
  post(operator, '/markets', {
    id,
    title: `Will ${id} happen?`,
    criteria: 'As the test says.',
    closeTime: server.clock.now + HOUR,
    ...more,
  });
const buy = (token: string, market: string, outcome: string, price: string, size: string, more: object = {}) =>
  post(token, '/orders', { market, outcome, side: 'buy', price, size, ...more });

describe('markets', () => {
  test('an operator creates one, and everybody sees it', async () => {
    const reply = await create('rain', { category: 'weather', source: 'the sky' });
    expect(reply.status).toBe(201);
    expect(reply.body.market).toMatchObject({ id: 'rain', status: 'open', type: 'book', tickSize: '0.01' });
    const seen = await get(undefined, '/markets/rain');
    expect(seen.body).toMatchObject({
      id: 'rain',
      title: 'Will rain happen?',
      criteria: 'As the test says.',
      criteriaHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      category: 'weather',
      source: 'the sky',
      createdBy: 'operator',
      lotSize: '0.01',
      outcomes: [{ outcome: 'YES' }, { outcome: 'NO' }],
      closeTime: server.clock.now + HOUR,
    });
    expect(server.told.changed).toContain('rain');
  });

  test.each([
    ['CONFLICT', 'id', { id: 'rain' }],
    ['INVALID_REQUEST', 'id', { id: 'Rain' }],
    ['INVALID_REQUEST', 'closeTime', { closeTime: 1 }],
    ['INVALID_REQUEST', 'tickSize', { tickSize: '0.03' }],
    ['INVALID_REQUEST', 'liquidity', { liquidity: '10' }],
    ['INVALID_REQUEST', 'outcomes', { outcomes: ['a', 'a'] }],
    ['INVALID_REQUEST', 'outcomes', { outcomes: ['a'] }],
    ['INVALID_REQUEST', 'hybridThreshold', { hybridThreshold: '10' }],
    ['INVALID_REQUEST', 'hybridThreshold', { type: 'hybrid', hybridThreshold: '0' }],
    ['INVALID_REQUEST', 'fees.taker', { fees: { taker: 1_001 } }],
    ['INVALID_REQUEST', 'fees', { fees: { taker: 10, maker: -11 } }],
    ['INVALID_REQUEST', 'fees.base', { fees: { taker: 10, base: 'money' } }],
    ['INVALID_REQUEST', 'prior', { prior: ['0.5', '0.5'] }],
    ['INVALID_REQUEST', 'prior', { type: 'lmsr', prior: ['0.5', '0.4'] }],
    ['INVALID_REQUEST', 'prior', { type: 'lmsr', prior: { YES: '0.5', MAYBE: '0.5' } }],
    ['INVALID_REQUEST', 'prior', { type: 'lmsr', prior: ['0.5'] }],
    ['INVALID_REQUEST', 'prior', { type: 'lmsr', prior: '0.5' }],
    ['INVALID_REQUEST', 'prior.1', { type: 'lmsr', prior: ['0.5', 0.5] }],
    ['INVALID_REQUEST', 'prior.NO', { type: 'lmsr', prior: { YES: '0.5', NO: '50%' } }],
    ['INVALID_REQUEST', 'prior', { type: 'lmsr', prior: { YES: '0.4', NO: '0.6', ['__proto__']: '0' } }],
    ['INVALID_REQUEST', 'bands', { bands: { min: '0.1' } }],
    ['INVALID_REQUEST', 'bands', { type: 'lmsr', bands: { min: '0.6', max: '0.7' } }],
    ['INVALID_REQUEST', 'bands', { type: 'lmsr', bands: { min: '0' } }],
    ['INVALID_REQUEST', 'collar', { collar: '1' }],
    ['INVALID_REQUEST', 'maxOrderSize', { maxOrderSize: '0' }],
    ['INVALID_REQUEST', 'positionLimit', { positionLimit: '0.001' }],
    ['INVALID_REQUEST', 'state', { state: 'open' }],
  ])('%s by %s: %j', async (code, field, more) => {
    const reply = await create('wrong', more);
    expect(reply.body.error).toMatchObject({ code, field });
    expect(reply.status).toBe(code === 'CONFLICT' ? 409 : 400);
    expect((await get(undefined, '/markets/wrong')).body.error.code).toBe('UNKNOWN_MARKET');
  });

  test('a definition that fits the body but not the journal’s record is refused', async () => {
    const control = '\u0001'; // six bytes in JSON
    const texts = { criteria: control.repeat(10_000), source: control.repeat(880) };
    const reply = await create('wrong', texts);
    expect(reply.body.error).toMatchObject({ code: 'INVALID_REQUEST', limit: { name: 'marketRecordBytes' } });
  });

  test('are listed newest first, filtered, by pages', async () => {
    await create('list-1', { category: 'list' });
    await create('list-2', { category: 'list', type: 'lmsr', liquidity: '50' });
    await create('list-3', { category: 'list', outcomes: ['a', 'b', 'c'] });
    const ids = (body: Record<string, unknown>) => (body.markets as { id: string }[]).map(({ id }) => id);
    const first = await get(undefined, '/markets?category=list&limit=2');
    expect(ids(first.body)).toEqual(['list-3', 'list-2']);
    const second = await get(undefined, `/markets?category=list&limit=2&cursor=${first.body.nextCursor}`);
    expect(ids(second.body)).toEqual(['list-1']);
    expect(second.body.nextCursor).toBeUndefined();
    expect(ids((await get(undefined, '/markets?category=list&type=lmsr')).body)).toEqual(['list-2']);
    expect(ids((await get(undefined, '/markets?category=list&status=halted')).body)).toEqual([]);
  });

  test('a maker is funded by the house', async () => {
    const { body } = await get(undefined, '/markets/list-2');
    expect(body).toMatchObject({ liquidity: '50.00', outcomes: [{ ammPrice: '0.50' }, { ammPrice: '0.50' }] });
    const audit = await get(operator, '/audit');
    expect(audit.body).toMatchObject({ conserved: true, house: '-34.657360' });
  });

  test('the close time moves while the market trades', async () => {
    const closeTime = server.clock.now + 2 * HOUR;
    const reply = await server.call('PATCH', '/markets/rain', { token: operator, body: { closeTime } });
    expect(reply.status).toBe(200);
    expect((await get(undefined, '/markets/rain')).body).toMatchObject({ closeTime });
    const past = await server.call('PATCH', '/markets/rain', { token: operator, body: { closeTime: 5 } });
    expect(past.body.error).toMatchObject({ code: 'INVALID_REQUEST', field: 'closeTime' });
  });
});

describe('orders', () => {
  test('rest, trade by minting, and are seen in their client’s own terms', async () => {
    const resting = await buy(alice, 'rain', 'YES', '0.60', '10', { clientOrderId: 'a-1' });
    expect(resting.status).toBe(201);
    expect(resting.body.order).toMatchObject({ status: 'open', side: 'buy', outcome: 'YES', price: '0.60', fills: [] });
    const book = await get(undefined, '/markets/rain/book');
    expect(book.body).toMatchObject({ market: 'rain', bids: [['0.60', '10.00']], asks: [] });

    const taken = await buy(bob, 'rain', 'NO', '0.45', '4');
    expect(taken.body.order).toMatchObject({
      status: 'filled',
      side: 'buy',
      outcome: 'NO',
      price: '0.45',
      avgPrice: '0.40',
    });
    expect(taken.body.order.fills).toMatchObject([{ price: '0.40', size: '4.00', liquidity: 'taker', venue: 'book' }]);

    const seen = await get(bob, `/orders/${taken.body.order.orderId}`);
    expect(seen.body.order).toEqual({ ...taken.body.order, seq: expect.any(Number) });
    const fills = await get(bob, '/fills?market=rain');
    expect(fills.body.fills).toMatchObject([
      { outcome: 'NO', side: 'buy', price: '0.40', size: '4.00', liquidity: 'taker' },
    ]);
    const maker = await get(alice, '/fills');
    expect(maker.body.fills).toMatchObject([
      { outcome: 'YES', side: 'buy', price: '0.60', clientOrderId: 'a-1', liquidity: 'maker' },
    ]);

    expect((await get(alice, '/account')).body).toMatchObject({
      balance: '997.600000',
      held: '3.600000',
      available: '994.000000',
      positions: [{ market: 'rain', outcome: 'YES', size: '4.00', costBasis: '2.400000', avgPrice: '0.60' }],
      orders: [{ clientOrderId: 'a-1', filled: '4.00', remaining: '6.00', status: 'open' }],
    });
    expect((await get(bob, '/positions')).body.positions).toMatchObject([{ outcome: 'NO', size: '4.00' }]);
    expect((await get(bob, '/positions?market=list-1')).body.positions).toEqual([]);
  });

  test('a repeated clientOrderId answers the order again; another order under it is a conflict', async () => {
    const again = await buy(alice, 'rain', 'YES', '0.60', '10', { clientOrderId: 'a-1' });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ duplicate: true, order: { filled: '4.00' } });
    const other = await buy(alice, 'rain', 'YES', '0.61', '10', { clientOrderId: 'a-1' });
    expect(other.status).toBe(409);
    expect(other.body.error.code).toBe('CLIENT_ORDER_ID_CONFLICT');
  });

  test.each([
    [400, 'INVALID_REQUEST', { price: undefined }],
    [400, 'INVALID_REQUEST', { price: 0.5 }],
    [404, 'UNKNOWN_MARKET', { market: 'nowhere' }],
    [422, 'UNKNOWN_OUTCOME', { outcome: 'PERHAPS' }],
    [422, 'PRICE_OUT_OF_RANGE', { price: '1' }],
    [422, 'PRICE_NOT_ON_TICK', { price: '0.555' }],
    [422, 'SIZE_INVALID', { size: '0' }],
    [422, 'SIZE_NOT_ON_LOT', { size: '0.001' }],
    [422, 'INSUFFICIENT_FUNDS', { size: '100000' }],
    [422, 'POST_ONLY_WOULD_TRADE', { outcome: 'NO', price: '0.50', postOnly: true }],
  ])('%i %s: %j', async (status, code, more) => {
    const reply = await buy(bob, 'rain', 'YES', '0.50', '1', more);
    expect(reply.status).toBe(status);
    expect(reply.body.error.code).toBe(code);
  });

  test('are amended and canceled by id, by their owner alone', async () => {
    const { orderId } = (await buy(bob, 'rain', 'YES', '0.30', '5')).body.order;
    const patch = (token: string, body: object) => server.call('PATCH', `/orders/${orderId}`, { token, body });
    expect((await patch(bob, { size: '3' })).body).toMatchObject({ keptPriority: true, order: { size: '3.00' } });
    expect((await patch(bob, { price: '0.31' })).body).toMatchObject({ keptPriority: false, order: { price: '0.31' } });
    expect((await patch(bob, {})).body.error.code).toBe('INVALID_REQUEST');
    expect((await patch(alice, { size: '2' })).body.error.code).toBe('UNKNOWN_ORDER');
    expect((await get(alice, `/orders/${orderId}`)).status).toBe(404);
    const cancel = (token: string) => server.call('DELETE', `/orders/${orderId}`, { token });
    expect((await cancel(alice)).body.error.code).toBe('UNKNOWN_ORDER');
    expect((await cancel(bob)).body.order).toMatchObject({ orderId, status: 'canceled', reason: 'CANCELED' });
    expect((await cancel(bob)).body.error.code).toBe('UNKNOWN_ORDER');
    expect((await get(bob, '/orders/0')).status).toBe(404);
  });

  test('are listed by state and page, newest first', async () => {
    for (const price of ['0.11', '0.12', '0.13']) await buy(bob, 'rain', 'YES', price, '1');
    const prices = (body: Record<string, unknown>) => (body.orders as { price: string }[]).map(({ price }) => price);
    const first = await get(bob, '/orders?status=open&limit=2');
    expect(prices(first.body)).toEqual(['0.13', '0.12']);
    const second = await get(bob, `/orders?status=open&limit=2&cursor=${first.body.nextCursor}`);
    expect(prices(second.body)).toEqual(['0.11']);
    expect((await get(bob, '/orders?status=closed')).body.orders).toMatchObject([
      { status: 'canceled' },
      { status: 'filled' },
    ]);
    const canceled = await server.call('DELETE', '/orders?market=rain', { token: bob });
    expect(canceled.body).toEqual({ canceled: 3 });
    expect((await get(bob, '/orders?status=open')).body.orders).toEqual([]);
  });
});

describe('history', () => {
  test('trades, candles and prices, in the terms of either outcome', async () => {
    expect((await get(undefined, '/markets/rain/trades')).body.trades).toMatchObject([
      { outcome: 'YES', price: '0.60', size: '4.00', side: 'sell', venue: 'book' },
    ]);
    expect((await get(undefined, '/markets/rain/trades?outcome=NO')).body.trades).toMatchObject([
      { outcome: 'NO', price: '0.40', size: '4.00', side: 'buy' },
    ]);
    const candles = async (query: string) => (await get(undefined, `/markets/rain/candles?${query}`)).body.candles;
    expect(await candles('interval=1m')).toMatchObject([
      { open: '0.60', close: '0.60', size: '4.00', volume: '2.400000', trades: 1 },
    ]);
    expect(await candles('interval=1m&outcome=NO')).toMatchObject([{ open: '0.40', volume: '1.600000' }]);
    const prices = async (query: string) => (await get(undefined, `/markets/rain/prices?${query}`)).body.prices;
    expect(await prices('outcome=YES')).toMatchObject([{ outcome: 'YES', price: '0.60' }]);
    expect(await prices('outcome=NO')).toMatchObject([{ outcome: 'NO', price: '0.40' }]);
    for (const path of ['trades', 'candles', 'prices']) {
      expect((await get(undefined, `/markets/nowhere/${path}`)).status).toBe(404);
      expect((await get(undefined, `/markets/rain/${path}?outcome=PERHAPS`)).status).toBe(422);
    }
  });

  test('a quote says what an order would cost', async () => {
    const quote = (query: string) => get(undefined, `/markets/rain/quote?${query}`);
    expect((await quote('side=buy&outcome=NO&size=2')).body).toMatchObject({
      size: '2.00',
      cost: '0.800000',
      avgPrice: '0.40',
      venues: [{ venue: 'book', size: '2.00', cost: '0.800000' }],
    });
    expect((await quote('side=buy')).body.error).toMatchObject({ code: 'INVALID_REQUEST', field: 'size' });
  });

  test('the ledger tells every change of the balance', async () => {
    const { entries } = (await get(bob, '/ledger')).body;
    expect(entries).toMatchObject([
      { cause: 'trade', change: '-1.600000', balance: '998.400000', market: 'rain' },
      { cause: 'opened', change: '1000.000000', balance: '1000.000000' },
    ]);
  });
});

describe('deposits', () => {
  const deposit = (username: string, body: object, token = operator) =>
    post(token, `/accounts/${username}/deposits`, body);

  test('are credited once per reference', async () => {
    const first = await deposit('carol-the-unknown', { amount: '5', reference: 'wire-1' });
    expect(first.status).toBe(404);
    const credited = await deposit('bob', { amount: '25.5', reference: 'wire-1' });
    expect(credited.status).toBe(201);
    expect(credited.body).toMatchObject({ account: 'bob', amount: '25.500000', reference: 'wire-1' });
    const repeated = await deposit('bob', { amount: '25.50', reference: 'wire-1' });
    expect(repeated.status).toBe(200);
    expect(repeated.body.duplicate).toBe(true);
    expect((await deposit('bob', { amount: '26', reference: 'wire-1' })).status).toBe(409);
    expect((await deposit('alice', { amount: '25.5', reference: 'wire-1' })).status).toBe(409);
    expect((await get(bob, '/account')).body).toMatchObject({ balance: '1023.900000' });
    expect((await get(bob, '/ledger?limit=1')).body.entries).toMatchObject([{ cause: 'deposit', reference: 'wire-1' }]);
  });

  test.each(['0', '-5', '0.0000001', '1000000001'])('refuses the amount %s', async (amount) => {
    const reply = await deposit('bob', { amount, reference: 'wire-2' });
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatchObject({ code: 'INVALID_REQUEST', field: 'amount' });
  });
});

describe('the end of a market', () => {
  test('halt, resume, close, dry run, resolve, settlement', async () => {
    const halted = await post(operator, '/markets/rain/halt', { reason: 'a storm' });
    expect(halted.status).toBe(200);
    expect((await buy(bob, 'rain', 'YES', '0.50', '1')).body.error.code).toBe('MARKET_NOT_OPEN');
    expect((await post(operator, '/markets/rain/halt')).body.error.code).toBe('CONFLICT');
    expect((await post(operator, '/markets/rain/resume')).status).toBe(200);
    expect((await post(operator, '/markets/rain/resolve', { outcome: 'YES' })).body.error.code).toBe('CONFLICT');

    const closed = await post(operator, '/markets/rain/close');
    expect(closed.status).toBe(200);
    expect(closed.body.market).toMatchObject({
      status: 'closed',
      closingPrices: [{ outcome: 'YES', price: '0.60' }, {}],
    });
    expect((await get(alice, '/account')).body).toMatchObject({ held: '0.000000', orders: [] });

    const dry = await get(operator, '/markets/rain/settlement?outcome=NO');
    expect(dry.body).toMatchObject({
      dryRun: true,
      conserved: true,
      payouts: { YES: '0.00', NO: '1.00' },
      totalPayout: '4.000000',
      escrow: '4.000000',
      top: [{ account: 'bob', payout: '4.000000' }],
    });
    expect((await get(operator, '/markets/rain/settlement?outcome=PERHAPS')).status).toBe(422);

    const wrong = await post(operator, '/markets/rain/resolve', { payouts: { YES: '0.5' } });
    expect(wrong.body.error).toMatchObject({ code: 'INVALID_REQUEST', field: 'payouts' });
    const unknown = await post(operator, '/markets/rain/resolve', { payouts: { YES: '0.5', MAYBE: '0.5' } });
    expect(unknown.body.error).toMatchObject({ code: 'UNKNOWN_OUTCOME', field: 'payouts.MAYBE' });
    const hidden = { payouts: { YES: '0.25', NO: '0.75', ['__proto__']: '0' } };
    const { status, body } = await post(operator, '/markets/rain/resolve', hidden);
    expect(body.error).toMatchObject({ code: 'UNKNOWN_OUTCOME', field: 'payouts.__proto__' });
    expect(status).toBe(422);
    const resolved = await post(operator, '/markets/rain/resolve', { payouts: { YES: '0.25', NO: '0.75' } });
    expect(resolved.status).toBe(202);
    expect(resolved.body.market).toMatchObject({ status: 'proposed', resolution: { YES: '0.25', NO: '0.75' } });
    expect(server.told.settle).toEqual(['rain']);
    const report = await get(operator, '/markets/rain/settlement');
    expect(report.body).toMatchObject({
      dryRun: false,
      status: 'proposed',
      payouts: { YES: '0.25', NO: '0.75' },
      progress: { done: 0, finished: false },
    });
    expect((await get(operator, '/audit')).body.conserved).toBe(true);
  });

  test.each([
    [undefined, 'either the outcome that wins or the payouts', {}],
    [undefined, 'either the outcome that wins or the payouts', { outcome: 'YES', payouts: { YES: '1', NO: '0' } }],
    [undefined, 'either the outcome that wins or the payouts', { winner: 'YES' }],
    ['outcome', 'expected string', { outcome: 1 }],
    ['reason', 'reason', { outcome: 'YES', reason: 'it rained' }],
    ['payouts.YES', 'expected string', { payouts: { YES: 1, NO: 0 } }],
    ['payouts.YES', 'from "0" to "1"', { payouts: { YES: '1.5', NO: '0' } }],
  ])('a resolution that is none names %s and says “%s”: %j', async (field, words, body) => {
    const { error } = (await post(operator, '/markets/rain/resolve', body)).body;
    expect([error.code, error.field]).toEqual(['INVALID_REQUEST', field]);
    expect(error.message).toContain(words);
  });

  test('a proposal is disputed within its window, then proposed anew', async () => {
    await create('snow', { disputeWindowMs: HOUR });
    await post(operator, '/markets/snow/close');
    await post(operator, '/markets/snow/resolve', { outcome: 'YES' });
    expect((await post(operator, '/markets/snow/dispute', {})).body.error).toMatchObject({ field: 'reason' });
    const disputed = await post(operator, '/markets/snow/dispute', { reason: 'it was sleet' });
    expect(disputed.body.market).toMatchObject({ status: 'disputed', reason: 'it was sleet' });
    expect((await post(operator, '/markets/snow/resolve', { outcome: 'NO' })).status).toBe(202);
  });

  test('a void needs a reason', async () => {
    await create('fog');
    expect((await post(operator, '/markets/fog/void', {})).body.error).toMatchObject({ field: 'reason' });
    const voided = await post(operator, '/markets/fog/void', { reason: 'nobody looked' });
    expect(voided.status).toBe(202);
    expect(voided.body.market).toMatchObject({ status: 'voided', reason: 'nobody looked' });
    expect(server.told.settle.at(-1)).toBe('fog');
  });
});

test('calibration takes its query to the report', async () => {
  expect((await get(undefined, '/calibration?horizon=6h&category=weather&from=5')).body).toEqual({
    asked: { from: 5, category: 'weather', horizonMs: 6 * HOUR },
  });
  expect((await get(undefined, '/calibration?horizon=soon')).body.error).toMatchObject({ field: 'horizon' });
  expect((await get(undefined, '/calibration/rain')).status).toBe(404);
  const svg = await get(undefined, '/calibration.svg');
  expect(svg.headers.get('content-type')).toBe('image/svg+xml');
});

test('nothing failed on the way', () => {
  expect(server.errors).toEqual([]);
  server.engine.engine.checkInvariants();
});
