import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/engines/limits.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from './testServer.ts';

/** What operators set, and what it means for those who trade; orders of every kind over HTTP, and in history. */
let postgres: TestPostgres;
let server: TestServer;
let operator: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated());
  operator = await server.operator();
  await create('rain');
  await create('race', { outcomes: ['a', 'b', 'c'] });
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
  test('a hybrid shows what it was given, and what an operator changes', async () => {
    const reply = await create('mixed', {
      ...{ type: 'hybrid', liquidity: '50', hybridThreshold: '1000', prior: { NO: '0.75', YES: '0.25' } },
      ...{ bands: { min: '0.05' }, fees: { taker: 20, maker: -5 }, collar: '0.1', positionLimit: '500' },
    });
    const gina = await server.trader('gina');
    expect(reply.body.market).toMatchObject({
      ...{ type: 'hybrid', book: false, liquidity: '50.00', hybridThreshold: '1000.000000', collar: '0.10' },
      ...{ prior: { YES: '0.25', NO: '0.75' }, bands: { min: '0.05', max: '0.999' }, positionLimit: '500.00' },
      ...{
        fees: { taker: 20, maker: -5, base: 'notional' },
        outcomes: [{ ammPrice: expect.stringMatching(/^0\.25/) }, {}],
      },
    });
    const configure = (body: object) => post(operator, '/markets/mixed/configure', body);
    const changed = await configure({ collar: null, maxOrderSize: '100', book: true });
    expect(changed.status).toBe(200);
    expect(changed.body.market).toMatchObject({ book: true, maxOrderSize: '100.00', positionLimit: '500.00' });
    expect(changed.body.market).not.toHaveProperty('collar');
    expect((await buy(gina, 'mixed', 'YES', '0.10', '1')).body.order).toMatchObject({ tif: 'GTC', status: 'open' });
    expect((await buy(gina, 'mixed', 'YES', '0.10', '101')).body.error).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', limit: { name: 'maxOrderSize', value: '100.00' } },
    });
    await server.call('DELETE', '/orders?market=mixed', { token: gina });
    for (const [body, field] of [
      [{}, undefined],
      [{ collar: '0' }, 'collar'],
      [{ maxOrderSize: '20000000' }, 'maxOrderSize'],
      [{ book: false }, 'book'],
    ] as const) {
      expect((await configure(body)).body.error).toMatchObject({ code: 'INVALID_REQUEST', ...(field && { field }) });
    }
    const book = await post(operator, '/markets/rain/configure', { book: true });
    expect(book.body.error).toMatchObject({ code: 'INVALID_REQUEST', field: 'book' });
  });

  test('a maker gets more liquidity, never less, and its prices stay', async () => {
    const topUp = (id: string, liquidity: string) => post(operator, `/markets/${id}/top-up`, { liquidity });
    const raised = await topUp('mixed', '80');
    expect(raised.body.market).toMatchObject({ liquidity: '80.00' });
    const [yes] = (raised.body.market as { outcomes: { ammPrice: string }[] }).outcomes;
    expect(Number(yes?.ammPrice)).toBeCloseTo(0.25, 4);
    for (const liquidity of ['80', '10', '0', '20000000'])
      expect((await topUp('mixed', liquidity)).body.error).toMatchObject({ field: 'liquidity' });
    expect((await topUp('rain', '80')).body.error).toMatchObject({ code: 'INVALID_REQUEST', field: 'liquidity' });
    expect((await get(operator, '/audit')).body.conserved).toBe(true);
  });
});

describe('an account at risk', () => {
  const risk = (username: string, body: object) => post(operator, `/accounts/${username}/risk`, body);

  test('may have few orders open, or none: a block cancels them', async () => {
    await create('risky');
    const dave = await server.trader('dave');
    const order = (price: string) => buy(dave, 'risky', 'YES', price, '1');
    expect((await risk('dave', { openOrders: 1 })).body).toMatchObject({ account: 'dave', canceled: 0 });
    await order('0.10');
    expect((await order('0.11')).body.error).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', limit: { name: 'openOrdersPerAccount', value: 1 } },
    });
    expect((await risk('dave', { blocked: true })).body).toMatchObject({ canceled: 1 });
    const refused = await order('0.10');
    expect(refused.status).toBe(403);
    expect(refused.body.error.code).toBe('FORBIDDEN');
    expect((await get(dave, '/orders?market=risky')).body.orders).toMatchObject([{ reason: 'KILL_SWITCH' }]);
    await risk('dave', { blocked: false, openOrders: null });
    for (const price of ['0.10', '0.11']) expect((await order(price)).status).toBe(201);
    await server.call('DELETE', '/orders?market=risky', { token: dave });
    expect((await risk('nobody', { blocked: true })).status).toBe(404);
    expect((await risk('dave', { openOrders: 0 })).body.error).toMatchObject({ field: 'openOrders' });
    expect((await risk('dave', { openOrders: LIMITS.openOrdersPerAccount + 1 })).status).toBe(400);
    expect((await risk('dave', { openOrders: LIMITS.openOrdersPerAccount })).status).toBe(200);
    await risk('dave', { openOrders: null });
  });
});

describe('orders of other kinds', () => {
  test('are placed over HTTP as well, and their terms are in history', async () => {
    const [erin, frank] = [await server.trader('erin'), await server.trader('frank')];
    const expiresAt = server.clock.now + HOUR;
    const terms = { tif: 'GTD', expiresAt, stp: 'expire-both', postOnly: true };
    const placed = await buy(erin, 'rain', 'NO', '0.05', '2', { ...terms, clientOrderId: 'gtd-1' });
    expect(placed.body.order).toMatchObject(terms);
    const { orderId } = placed.body.order;
    expect((await get(erin, `/orders/${orderId}`)).body.order).toMatchObject({
      ...terms,
      outcome: 'NO',
      price: '0.05',
    });
    await server.call('DELETE', `/orders/${orderId}`, { token: erin });
    const reducing = await buy(erin, 'rain', 'NO', '0.05', '2', { reduceOnly: true });
    expect(reducing.body.error).toMatchObject({ code: 'REDUCE_ONLY_WOULD_INCREASE', limit: { name: 'freeShares' } });
    const against = await buy(erin, 'race', 'b', '0.20', '1', { against: true, clientOrderId: 'against-1' });
    expect(against.body.order).toMatchObject({ outcome: 'b', against: true, side: 'buy', price: '0.20' });
    expect((await get(erin, '/orders?market=race')).body.orders).toMatchObject([{ against: true, price: '0.20' }]);
    await buy(frank, 'race', 'b', '0.80', '1');
    expect((await get(erin, '/fills?market=race')).body.fills).toMatchObject([
      { outcome: 'b', against: true, side: 'buy', price: '0.20', liquidity: 'maker' },
    ]);
  });
});

test('nothing failed on the way', () => {
  expect(server.errors).toEqual([]);
  server.engine.engine.checkInvariants();
});
