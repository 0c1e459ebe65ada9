import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configureRecord, type MarketRisk } from '../../src/gateway/services/commandRecords.ts';
import { answers } from '../../src/protocol/answers.ts';
import { streams } from '../../src/protocol/streams.ts';
import type { Client, Message } from './support/gateway.ts';
import { START, TestGateway } from './support/gateway.ts';

/** Every kind of order and market that the engine knows, asked for and told as clients see it. */
let gateway: TestGateway;
let alice: Client;
let bob: Client;
let watcher: Client;

beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  await gateway.createMarket('race', { outcomes: ['Ann', 'Ben', 'Cleo'] });
  await gateway.createMarket('both', { type: 'hybrid', hybridThreshold: 5_000_000 });
  await gateway.createMarket('paid', { fees: { taker: 100, maker: -50, base: 0 } });
  await gateway.createMarket('limits', { risk: { collar: 500, orderLots: 2_000, positionLots: 3_000 } });
  await gateway.createMarket('call');
  [alice, bob, watcher] = await Promise.all([gateway.client(1), gateway.client(2), gateway.client()]);
  const channels = [{ ch: 'orders' }, { ch: 'fills' }];
  for (const client of [alice, bob]) await client.ok('subscribe', { channels });
});
afterAll(() => gateway?.stop());

const [RAIN, , , , LIMITS, CALL] = [0, 1, 2, 3, 4, 5];
const all = async (client: Client): Promise<void> => {
  await client.ok('cancelAll');
};
/** What a private channel has told since the last time. */
const seen = new Map<string, number>();
async function news(client: Client, ch: 'orders' | 'fills'): Promise<Message[]> {
  const key = `${ch} ${client === alice}`;
  const messages = (await client.of(ch)).filter(({ type }) => type !== 'snapshot' && type !== 'heartbeat');
  const fresh = messages.slice(seen.get(key) ?? 0);
  seen.set(key, messages.length);
  for (const message of fresh) {
    const schema = message.type === 'self-trade' ? streams.selfTrade : streams[ch];
    expect(schema.parse(message)).toStrictEqual(message);
  }
  return fresh;
}
const parsed = (message: Message) => answers.place.parse(message).order;

describe('an order that expires', () => {
  test('shows until when, and is gone when somebody comes for it', async () => {
    const expiresAt = gateway.now + 5_000;
    const placed = await alice.place({ size: '10', price: '0.55', tif: 'GTD', expiresAt, clientOrderId: 'g-1' });
    expect(parsed(placed)).toMatchObject({ tif: 'GTD', expiresAt, status: 'open' });
    expect((await alice.ok('account')).orders).toMatchObject([{ tif: 'GTD', expiresAt }]);
    gateway.now += 5_000;
    const missed = await bob.place({ side: 'sell', size: '1', price: '0.55', tif: 'IOC' });
    expect(missed.order).toMatchObject({ status: 'canceled', reason: 'IOC', fills: [] });
    expect((await news(alice, 'orders')).at(-1)).toMatchObject({ order: { status: 'canceled', reason: 'EXPIRED' } });
    const past = { market: 'rain', side: 'buy', size: '1', price: '0.5', tif: 'GTD', expiresAt: START };
    expect(await alice.refused('place', past)).toMatchObject({ code: 'INVALID_REQUEST', field: 'expiresAt' });
  });
});

describe('an order that only reduces', () => {
  test('is refused beyond what is held, and says how much that is', async () => {
    const order = { market: 'rain', side: 'sell', size: '5', price: '0.5', reduceOnly: true };
    expect(await alice.refused('place', order)).toMatchObject({
      ...{ code: 'REDUCE_ONLY_WOULD_INCREASE', field: 'size' },
      limit: { name: 'freeShares', value: '0.00' },
    });
    await bob.place({ side: 'sell', size: '3', price: '0.50' });
    await alice.place({ size: '3', price: '0.50' });
    expect(await alice.refused('place', order)).toMatchObject({ limit: { value: '3.00' } });
    const { order: placed } = await alice.place({ ...order, size: '3', price: '0.70' });
    expect(placed).toMatchObject({ reduceOnly: true, status: 'open' });
    await all(alice);
    await news(alice, 'orders');
  });
});

describe('an order that meets one of its own', () => {
  const own = (stp: string | undefined, price = '0.50') => alice.place({ side: 'sell', size: '2', price, stp });

  test('is refused where it would take alone', async () => {
    await alice.place({ size: '5', price: '0.50', clientOrderId: 'own-1' });
    expect(await alice.refused('place', { market: 'rain', side: 'sell', size: '2', price: '0.50' })).toMatchObject({
      code: 'SELF_TRADE',
      field: 'price',
    });
  });

  test('shrinks both, and both channels of the account tell why', async () => {
    await news(alice, 'orders');
    const { order } = await own('decrement');
    expect(order).toMatchObject({ stp: 'decrement', status: 'canceled', reason: 'SELF_TRADE', fills: [] });
    const [prevented, resting, taken] = await news(alice, 'orders');
    expect(prevented).toMatchObject({
      ...{ type: 'self-trade', seq: order.seq, more: true },
      selfTrade: {
        market: 'rain',
        outcome: 'YES',
        price: '0.50',
        size: '2.00',
        stp: 'decrement',
        orderId: order.orderId,
      },
    });
    expect(resting).toMatchObject({ order: { clientOrderId: 'own-1', size: '3.00', status: 'open' }, more: true });
    expect(taken).toMatchObject({ order: { orderId: order.orderId, status: 'canceled' } });
  });

  test('takes the resting one away, across YES and NO', async () => {
    const { order } = await alice.place({ outcome: 'NO', size: '1', price: '0.50', stp: 'expire-maker' });
    expect(order).toMatchObject({ outcome: 'NO', side: 'buy', status: 'open', stp: 'expire-maker' });
    const told = await news(alice, 'orders');
    expect(told).toMatchObject([
      { type: 'self-trade', selfTrade: { restingOrderId: told[1]?.order.orderId, stp: 'expire-maker' } },
      { order: { clientOrderId: 'own-1', status: 'canceled', reason: 'SELF_TRADE' } },
      { order: { outcome: 'NO', status: 'open' } },
    ]);
    await all(alice);
    await news(alice, 'orders');
  });

  test('is told again to one who resumes', async () => {
    await alice.place({ size: '5', price: '0.50' });
    const since = (await alice.ok('account')).seq;
    const { order } = await own('expire-both');
    const resumed = await gateway.client(1);
    await resumed.ok('subscribe', { channels: [{ ch: 'orders', market: 'rain', since }] });
    const told = (await resumed.of('orders')).filter(({ type }) => type !== 'heartbeat');
    expect(told).toMatchObject([
      { type: 'self-trade', prev: since, selfTrade: { orderId: order.orderId, size: '2.00' } },
      { order: { status: 'canceled', reason: 'SELF_TRADE' } },
      { order: { orderId: order.orderId, status: 'canceled' } },
      { type: 'caught-up' },
    ]);
  });
});

test('a market order stops at its worst price', async () => {
  for (const price of ['0.40', '0.45']) await bob.place({ side: 'sell', size: '1', price });
  const order = parsed(await alice.place({ type: 'market', size: '2', price: '0.42' }));
  expect(order).toMatchObject({
    type: 'market',
    price: '0.42',
    filled: '1.00',
    reason: 'NO_LIQUIDITY',
    avgPrice: '0.40',
  });
  const no = parsed(await alice.place({ type: 'market', outcome: 'NO', side: 'sell', size: '1', price: '0.54' }));
  expect(no).toMatchObject({ outcome: 'NO', side: 'sell', price: '0.54', filled: '1.00', avgPrice: '0.55' });
  const zero = { market: 'rain', side: 'buy', type: 'market', size: '1', price: '0' };
  expect(await alice.refused('place', zero)).toMatchObject({ code: 'PRICE_OUT_OF_RANGE', field: 'price' });
});

describe('among several outcomes', () => {
  const race = { market: 'race', outcome: 'Ben' };

  test('NO of one is the other side of its book', async () => {
    const against = { ...race, against: true, side: 'buy', size: '4', price: '0.40', clientOrderId: 'n-1' };
    const resting = parsed(await alice.place(against));
    expect(resting).toMatchObject({ outcome: 'Ben', against: true, side: 'buy', price: '0.40', status: 'open' });
    expect(await alice.place(against)).toMatchObject({ duplicate: true, order: { against: true } });
    expect(await alice.refused('place', { ...against, against: undefined })).toMatchObject({
      code: 'CLIENT_ORDER_ID_CONFLICT',
    });
    await news(alice, 'fills');
    const { order } = await bob.place({ ...race, size: '1', price: '0.60' });
    expect(order).toMatchObject({ outcome: 'Ben', side: 'buy', status: 'filled', avgPrice: '0.60' });
    expect(await news(alice, 'fills')).toMatchObject([
      { outcome: 'Ben', against: true, side: 'buy', price: '0.40', liquidity: 'maker' },
    ]);
    const { positions } = await alice.ok('account');
    expect(positions.filter(({ market }: Message) => market === 'race')).toMatchObject([
      { outcome: 'Ann', size: '1.00' },
      { outcome: 'Cleo', size: '1.00' },
    ]);
    await all(alice);
    const rain = { market: 'rain', side: 'buy', size: '1', price: '0.5', outcome: 'NO', against: true };
    expect(await alice.refused('place', rain)).toMatchObject({ code: 'INVALID_REQUEST', field: 'against' });
  });

  test('one is bought by selling the others: the legs are public, the set is the taker’s fill', async () => {
    await watcher.ok('subscribe', { channels: [{ ch: 'trades', market: 'race' }] });
    await bob.place({ market: 'race', outcome: 'Ann', side: 'buy', size: '2', price: '0.30' });
    await bob.place({ market: 'race', outcome: 'Cleo', side: 'buy', size: '2', price: '0.25' });
    for (const client of [alice, bob]) await news(client, 'fills');
    const order = parsed(await alice.place({ ...race, size: '2', price: '0.50', tif: 'IOC' }));
    expect(order).toMatchObject({ status: 'filled', filled: '2.00', avgPrice: '0.45' });
    expect(order.fills).toMatchObject([{ price: '0.45', size: '2.00', liquidity: 'taker', venue: 'book' }]);
    expect(await news(alice, 'fills')).toMatchObject([{ outcome: 'Ben', side: 'buy', price: '0.45', size: '2.00' }]);
    expect(await news(bob, 'fills')).toMatchObject([
      { outcome: 'Ann', side: 'buy', price: '0.30', liquidity: 'maker' },
      { outcome: 'Cleo', side: 'buy', price: '0.25', liquidity: 'maker' },
    ]);
    const trades = (await watcher.of('trades')).filter(({ seq, type }) => seq === order.seq && type === undefined);
    expect(trades).toMatchObject([
      { outcome: 'Ann', side: 'sell', price: '0.30', more: true },
      { outcome: 'Cleo', side: 'sell', price: '0.25' },
    ]);
  });
});

describe('a hybrid market', () => {
  test('gets its book when it has traded enough; then both venues serve', async () => {
    await watcher.ok('subscribe', {
      channels: [
        { ch: 'market', market: 'both' },
        { ch: 'book', market: 'both' },
      ],
    });
    expect(parsed(await alice.place({ market: 'both', size: '1', price: '0.30' })).tif).toBe('IOC');
    const rests = { market: 'both', side: 'buy', size: '1', price: '0.30', tif: 'GTC' };
    expect(await alice.refused('place', rests)).toMatchObject({ code: 'INVALID_REQUEST', field: 'tif' });
    const { order } = await alice.place({ market: 'both', type: 'market', size: '12' });
    expect(order.fills).toMatchObject([{ venue: 'amm' }]);
    const states = (await watcher.of('market')).filter(({ type }) => type !== 'heartbeat');
    for (const state of states) streams.market.parse(state);
    expect(states.map(({ seq, book }) => [seq === order.seq, book])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(parsed(await bob.place({ market: 'both', size: '5', price: '0.50' }))).toMatchObject({
      ...{ tif: 'GTC', status: 'open' },
    });
    const quote = await alice.ok('quote', { market: 'both', side: 'sell', size: '20' });
    expect(quote.venues.map(({ venue }: Message) => venue)).toEqual(['amm', 'book', 'amm']);
    const sold = parsed(await alice.place({ market: 'both', side: 'sell', type: 'market', size: '20' }));
    expect(sold.fills?.map(({ venue }) => venue)).toEqual(['amm', 'book', 'amm']);
    expect(await watcher.of('book')).toContainEqual(
      expect.objectContaining({ seq: sold.seq, bids: [['0.50', '0']], amm: expect.anything() }),
    );
  });
});

test('fees are in the order and in each fill, rebates below zero', async () => {
  await bob.place({ market: 'paid', side: 'sell', size: '10', price: '0.50' });
  await news(bob, 'fills');
  const quote = await alice.ok('quote', { market: 'paid', side: 'buy', size: '4' });
  expect(quote).toMatchObject({ cost: '2.000000', fees: '0.020000' });
  const order = parsed(await alice.place({ market: 'paid', size: '4', price: '0.50' }));
  expect(order).toMatchObject({ fees: '0.020000', fills: [{ fee: '0.020000' }] });
  expect(await news(bob, 'fills')).toMatchObject([{ fee: '-0.010000', liquidity: 'maker' }]);
  await all(bob);
});

describe('limits of a market', () => {
  const limits = { market: 'limits', side: 'buy', size: '1', price: '0.50' };
  const configure = (risk: MarketRisk) =>
    gateway.engine.port.request(configureRecord(gateway.engine.port, 0, LIMITS, risk, false));

  test('are named where they are met', async () => {
    expect(await alice.refused('place', { ...limits, size: '20.01' })).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', field: 'size', limit: { name: 'maxOrderSize', value: '20.00' } },
    });
    await alice.place({ ...limits, size: '20' });
    expect(await alice.refused('place', { ...limits, size: '11' })).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', limit: { name: 'positionLimit', value: '30.00' } },
    });
    await bob.place({ ...limits, side: 'sell' });
    expect(await bob.refused('place', { ...limits, price: '0.56' })).toMatchObject({
      ...{ code: 'PRICE_OUT_OF_RANGE', field: 'price', limit: { name: 'collar', value: '0.55' } },
    });
    await all(alice);
  });

  test('are told when they change', async () => {
    const client = await gateway.client();
    await client.ok('subscribe', { channels: [{ ch: 'market', market: 'limits' }] });
    await configure({ collar: 0, orderLots: -100, positionLots: 100_000 });
    const [before, after] = await client.of('market');
    expect(before).toMatchObject({ collar: '0.05', maxOrderSize: '20.00', positionLimit: '30.00' });
    expect(after).toMatchObject({ status: 'open', maxOrderSize: '20.00', positionLimit: '1000.00' });
    expect(streams.market.parse(after)).not.toHaveProperty('collar');
    await bob.place({ ...limits, price: '0.99' });
    await all(bob);
  });
});

test('a halted market collects orders for an auction, out of sight, and trades at one price', async () => {
  const call = { market: 'call', side: 'buy' };
  const client = await gateway.client();
  await client.ok('subscribe', { channels: ['market', 'book', 'trades'].map((ch) => ({ ch, market: 'call' })) });
  await gateway.step('HALT', CALL as number, true);
  expect((await client.of('market')).at(-1)).toMatchObject({ status: 'halted', auction: true });
  expect(parsed(await alice.place({ ...call, size: '5', price: '0.60' }))).toMatchObject({ status: 'open', fills: [] });
  expect(parsed(await bob.place({ ...call, side: 'sell', size: '3', price: '0.50' }))).toMatchObject({
    status: 'open',
  });
  expect(await alice.refused('place', { ...call, type: 'market', size: '1' })).toMatchObject({
    code: 'MARKET_NOT_OPEN',
  });
  expect((await client.of('book')).filter(({ type }) => type === 'delta')).toEqual([]);
  for (const one of [alice, bob]) await news(one, 'fills');
  await gateway.step('RESUME', CALL as number);
  expect((await client.of('market')).at(-1)).toMatchObject({ status: 'open' });
  expect((await client.of('market')).at(-1)).not.toHaveProperty('auction');
  const [fill] = await news(alice, 'fills');
  expect(fill).toMatchObject({ side: 'buy', size: '3.00', liquidity: 'maker' });
  expect(await news(bob, 'fills')).toMatchObject([{ side: 'sell', price: fill?.price, liquidity: 'maker' }]);
  expect((await client.of('trades')).at(-1)).toMatchObject({ price: fill?.price, size: '3.00' });
  expect((await client.of('book')).at(-1)).toMatchObject({ bids: [['0.60', '2.00']], asks: [] });
  await all(alice);
});

test('nothing failed on the way, and every market is as it was', () => {
  expect(gateway.errors).toEqual([]);
  gateway.engine.engine.checkInvariants();
  expect(gateway.deps.data.markets[RAIN]).toMatchObject({ slug: 'rain', bookOn: true });
});
