import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { COSTS } from '../../src/gateway/limits/costs.ts';
import { streams } from '../../src/protocol/streams.ts';
import type { Message } from './support/gateway.ts';
import { TestGateway } from './support/gateway.ts';
import { brief, Places, q, quote, told } from './support/quoting.ts';

/** Mass quotes and their channel over real sockets on the real engine. */

let gateway: TestGateway;
let places: Places;
beforeAll(async () => {
  gateway = await TestGateway.start({ accounts: 60 });
  places = new Places(gateway);
});
afterEach(() => expect(gateway.errors).toEqual([]));
afterAll(() => gateway.stop());

describe('a mass quote', () => {
  test('shows, replaces, keeps and removes', async () => {
    const { maker, market } = await places.make();
    const answer = await quote(maker, [{ market, bid: q('0.40'), ask: q('0.60') }]);
    expect(answer).toMatchObject({ results: [{ ok: true }], seq: expect.any(Number) });
    const book = async () => {
      const watcher = await gateway.client();
      await watcher.ok('subscribe', { channels: [{ ch: 'book', market }] });
      const { bids, asks } = await watcher.until(({ type }) => type === 'snapshot');
      watcher.connection.terminate();
      return { bids, asks };
    };
    expect(await book()).toEqual({ bids: [['0.40', '10.00']], asks: [['0.60', '10.00']] });
    await quote(maker, [{ market, bid: q('0.41', '5') }]);
    expect(await book()).toEqual({ bids: [['0.41', '5.00']], asks: [['0.60', '10.00']] });
    // The other side of NO is the same book; another outcome is another instrument.
    await quote(maker, [
      { market, ask: null },
      { market, outcome: 'NO', ask: q('0.62', '1') },
    ]);
    expect(await book()).toEqual({
      bids: [
        ['0.41', '5.00'],
        ['0.38', '1.00'],
      ],
      asks: [],
    });
  });

  test('may speak of many markets and outcomes, and against them', async () => {
    const { maker, market } = await places.make();
    const cup = `${market}-cup`;
    await gateway.createMarket(cup, { outcomes: ['A', 'B', 'C'] });
    const { results } = await quote(maker, [
      { market, bid: q('0.40') },
      { market: cup, outcome: 'A', bid: q('0.20'), ask: q('0.30') },
      { market: cup, outcome: 'B', against: true, bid: q('0.50') },
    ]);
    expect(results).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    const seen = await gateway.client();
    await seen.ok('subscribe', { channels: [{ ch: 'book', market: cup }] });
    expect((await seen.until(({ type }) => type === 'snapshot')).books).toEqual([
      { outcome: 'A', bids: [['0.20', '10.00']], asks: [['0.30', '10.00']] },
      { outcome: 'B', bids: [], asks: [['0.50', '10.00']] },
      { outcome: 'C', bids: [], asks: [] },
    ]);
    seen.connection.terminate();
  });

  test('has a result for each quote, and each side, with the field of the request', async () => {
    const { maker, taker, market } = await places.make();
    await gateway.createMarket(`${market}-cup`, { outcomes: ['A', 'B', 'C'] });
    await gateway.createMarket(`${market}-shut`);
    await gateway.step('HALT', gateway.deps.data.bySlug(`${market}-shut`)?.market ?? -1);
    await taker.ok('place', { market, side: 'sell', size: '1', price: '0.45' });
    const { results } = await quote(maker, [
      { market: 'nowhere', bid: q('0.1') },
      { market, outcome: 'MAYBE', bid: q('0.1') },
      { market: `${market}-cup`, bid: q('0.1') },
      { market, against: true, bid: q('0.1') },
      { market, bid: q('0.45'), ask: q('0.60') },
      { market, bid: q('1.2'), ask: q('0.555') },
      { market, bid: q('0.4', '0'), ask: q('0.6', '0.001') },
      { market, bid: q('0.4', '10000001'), ask: q('0.6', '-1') },
      { market: `${market}-shut`, bid: q('0.4'), ask: null },
      { market, outcome: 'NO', bid: q('0.1', '9000000') },
      { market, bid: null },
    ]);
    const brief = results.map(({ ok, error, bid, ask }: Message) => [
      ok,
      ...[error, bid, ask].map((fault) => fault && `${fault.code} ${fault.field} ${fault.limit?.name ?? ''}`.trim()),
    ]);
    expect(brief).toEqual([
      [false, 'UNKNOWN_MARKET quotes.0.market', undefined, undefined],
      [false, 'UNKNOWN_OUTCOME quotes.1.outcome', undefined, undefined],
      [false, 'INVALID_REQUEST quotes.2.outcome', undefined, undefined],
      [false, 'INVALID_REQUEST quotes.3.against', undefined, undefined],
      [false, undefined, 'POST_ONLY_WOULD_TRADE quotes.4.bid.price', undefined],
      [false, undefined, 'PRICE_OUT_OF_RANGE quotes.5.bid.price', 'PRICE_NOT_ON_TICK quotes.5.ask.price'],
      [false, undefined, 'SIZE_INVALID quotes.6.bid.size', 'SIZE_NOT_ON_LOT quotes.6.ask.size'],
      [false, undefined, 'LIMIT_EXCEEDED quotes.7.bid.size orderSize', 'SIZE_INVALID quotes.7.ask.size'],
      [false, undefined, 'MARKET_NOT_OPEN quotes.8.market', undefined],
      [true, undefined, undefined, undefined],
      [true, undefined, undefined, undefined],
    ]);
    // What one cannot pay for.
    const [poor] = (await quote(maker, [{ market, outcome: 'NO', bid: q('0.2', '9000000') }])).results;
    expect(poor.bid).toMatchObject({ code: 'INSUFFICIENT_FUNDS', field: expect.stringMatching(/^quotes\.0\.bid\./) });
  });

  test('is refused as a whole where it is none, or comes too late, or from somebody who may not', async () => {
    const { maker, market } = await places.make();
    const quotes = [{ market, bid: q('0.4') }];
    for (const [fields, field] of [
      [{ quotes }, 'group'],
      [{ group: 'a b', quotes }, 'group'],
      [{ group: 'mm', quotes: [] }, 'quotes'],
      [{ group: 'mm', quotes: new Array(101).fill(quotes[0]) }, 'quotes'],
      [{ group: 'mm', quotes: [{ market, bid: { price: '0.4' } }] }, 'quotes.0.bid.size'],
      [{ group: 'mm', quotes: [{ market, more: 1 }] }, 'quotes.0.more'],
    ] as const) {
      expect(await maker.refused('quotes', fields)).toMatchObject({ code: 'INVALID_REQUEST', field });
    }
    expect(await maker.refused('quotes', { group: 'mm', quotes, deadline: gateway.now - 1 })).toMatchObject({
      ...{ code: 'DEADLINE_PASSED', field: 'deadline' },
    });
    const anonymous = await gateway.client();
    expect((await anonymous.refused('quotes', { group: 'mm', quotes })).code).toBe('UNAUTHENTICATED');
    anonymous.connection.terminate();
    const stranger = await gateway.client(1_000);
    expect((await stranger.refused('quotes', { group: 'mm', quotes })).code).toBe('NOT_FOUND');
    stranger.connection.terminate();
    for (let i = 0; i < 32; i++) await quote(maker, quotes, `g-${i}`);
    expect(await maker.refused('quotes', { group: 'one-more', quotes })).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', field: 'group', limit: { name: 'quoteGroupsPerAccount', value: 32 } },
    });
  });

  test('of which nothing can be sent is answered all the same', async () => {
    const { maker } = await places.make();
    const answer = await quote(maker, [{ market: 'nowhere' }]);
    expect(answer).toMatchObject({ results: [{ ok: false, error: { field: 'quotes.0.market' } }] });
    expect(answer.seq).toBeGreaterThan(0);
  });

  test('a hybrid without its book takes no quotes', async () => {
    const { maker, market } = await places.make({ type: 'hybrid' });
    const [result] = (await quote(maker, [{ market, bid: q('0.4'), ask: q('0.6') }])).results;
    expect(result).toMatchObject({ ok: false, bid: { field: 'quotes.0.market' }, ask: { field: 'quotes.0.market' } });
  });
});

test('a mass quote costs by its length, however it is written; where it is too much, what only removes is taken', async () => {
  const limited = await TestGateway.start({
    rateLimits: true,
    limits: { requestsPerConnection: { perSecond: 0.001, burst: COSTS.auth.cost + 50 } },
  });
  await limited.createMarket('rain');
  const socket = await limited.socket();
  const frame = (id: number, bid: Message) =>
    JSON.stringify({ id, op: 'quotes', group: 'mm', quotes: new Array(100).fill({ market: 'rain', bid }) });
  socket.ws.send('{"id":0,"op":"auth","token":"1"}');
  await socket.next(0);
  // Read from its bytes, and by the schema.
  for (const text of [frame(1, q('0.40')), `${frame(2, q('0.41'))} `, frame(3, q('0.42')), frame(4, null)]) {
    socket.ws.send(text);
  }
  const byId = new Map<number, Message>();
  for (const index of [1, 2, 3, 4]) {
    const answer = await socket.next(index);
    byId.set(answer.id, answer);
  }
  expect([1, 2, 3, 4].map((id) => byId.get(id)?.ok)).toEqual([true, true, false, true]);
  expect(byId.get(3)?.error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
  socket.ws.terminate();
  await limited.stop();
});

describe('cancelQuotes', () => {
  test('takes a group or all, a market or all', async () => {
    const { maker, market } = await places.make();
    const other = `${market}-b`;
    await gateway.createMarket(other);
    const both = [
      { market, bid: q('0.40'), ask: q('0.60') },
      { market: other, bid: q('0.40') },
    ];
    await quote(maker, both, 'a');
    await quote(maker, both, 'b');
    const rests = await maker.ok('place', { market, side: 'buy', ...q('0.30') });
    const canceled = async (fields: Message) => {
      const answer = await maker.ok('cancelQuotes', fields);
      expect(answer).toEqual({
        id: expect.any(Number),
        ok: true,
        canceled: expect.any(Number),
        seq: expect.any(Number),
      });
      return answer.canceled;
    };
    expect(await canceled({ group: 'nobody' })).toBe(0);
    expect(await canceled({ group: 'a', market: other })).toBe(1);
    expect(await canceled({ group: 'a' })).toBe(2);
    expect(await canceled({ market })).toBe(2);
    expect(await canceled({})).toBe(1);
    expect(await canceled({})).toBe(0);
    expect(await maker.refused('cancelQuotes', { market: 'nowhere' })).toMatchObject({
      ...{ code: 'UNKNOWN_MARKET', field: 'market' },
    });
    expect((await maker.ok('account')).orders).toMatchObject([{ orderId: rests.order.orderId }]);
  });
});

describe('the channel', () => {
  test('begins with what stands, tells each change once, and resumes', async () => {
    const { maker, taker, market, account } = await places.make();
    await quote(maker, [{ market, bid: q('0.40'), ask: q('0.60') }]);
    const listener = await gateway.client(account);
    await listener.ok('subscribe', { channels: [{ ch: 'quotes' }] });
    const snapshot = await listener.until(({ type }) => type === 'snapshot');
    expect(snapshot.quotes.map((one: Message) => brief({ quote: one }))).toEqual([
      'bid 0.40 10.00 open',
      'ask 0.60 10.00 open',
    ]);
    expect(snapshot.quotes[0]).toMatchObject({ group: 'mm', market, outcome: 'YES' });
    expect(snapshot.groups).toEqual([{ group: 'mm', protection: null, filled: '0.00', delta: '0.00' }]);

    await quote(maker, [{ market, bid: q('0.41', '5'), ask: q('0.60', '4') }]);
    await taker.ok('place', { market, side: 'buy', size: '1', price: '0.60' });
    await quote(maker, [{ market, outcome: 'NO', bid: q('0.2', '1') }], 'second');
    await maker.ok('quoteGroup', { group: 'second', protection: { windowMs: 1, frozenMs: 0, maxSize: '5' } });
    await quote(maker, [{ market, bid: null }]);
    const { seq } = await maker.ok('cancelQuotes', {});
    const messages = await told(listener);
    expect(
      messages.slice(1).map((one) => (one.quote ? brief(one) : `${one.type} ${one.cause} ${one.group.group}`)),
    ).toEqual(
      expect.arrayContaining([
        'bid 0.41 5.00 open',
        'ask 0.60 4.00 open',
        'ask 0.60 3.00 open',
        'protection created second',
        'protection configured second',
        'bid 0.20 1.00 open',
        'bid 0.41 5.00 canceled CANCELED',
        'ask 0.60 3.00 canceled CANCELED',
        'bid 0.20 1.00 canceled CANCELED',
      ]),
    );
    expect(messages.at(-1)?.seq).toBe(seq);
    for (let i = 1; i < messages.length; i++) expect(messages[i]?.prev).toBe(messages[i - 1]?.seq);

    // From any complete place the same follows.
    for (let from = 0; from < messages.length; from++) {
      const { seq: since, more } = messages[from] as Message;
      if (more === true) continue;
      const again = await gateway.client(account);
      await again.ok('subscribe', { channels: [{ ch: 'quotes', since }] });
      const replayed = await told(again);
      expect(replayed.slice(0, -1)).toEqual(messages.slice(from + 1));
      expect(replayed.at(-1)).toMatchObject({ type: 'caught-up' });
      again.connection.terminate();
    }
  });

  test('may be about one market; what concerns a group is told in each', async () => {
    const { maker, market } = await places.make();
    const other = `${market}-b`;
    await gateway.createMarket(other);
    await maker.ok('subscribe', { channels: [{ ch: 'quotes', market }] });
    await quote(maker, [
      { market: other, bid: q('0.4') },
      { market, bid: q('0.3') },
    ]);
    const messages = await told(maker);
    expect(messages.map(({ type, cause, market: of, quote: one }) => [of, type ?? one.market, cause])).toEqual(
      expect.arrayContaining([
        [market, 'snapshot', undefined],
        [market, 'protection', 'created'],
        [market, market, undefined],
      ]),
    );
    expect(messages).toHaveLength(3);
    await maker.ok('subscribe', { channels: [{ ch: 'quotes', market }] });
    const again = (await told(maker)).at(-1);
    expect(again?.quotes).toMatchObject([{ market, price: '0.30' }]);
    const mixed = await maker.refused('subscribe', { channels: [{ ch: 'quotes' }] });
    expect(mixed).toMatchObject({ code: 'INVALID_REQUEST', field: 'channels.0.market' });
  });

  test('is one’s own, and quotes are not among the orders; their fills say their group', async () => {
    const { maker, taker, market, account } = await places.make();
    for (const client of [maker, taker]) {
      await client.ok('subscribe', { channels: [{ ch: 'orders' }, { ch: 'fills' }, { ch: 'quotes' }] });
    }
    await quote(maker, [{ market, bid: q('0.40'), ask: q('0.60') }]);
    const order = await maker.ok('place', { market, side: 'buy', ...q('0.39') });
    await taker.ok('place', { market, side: 'sell', size: '15', price: '0.39' });
    await maker.ok('ping');
    const fills = (await maker.of('fills')).filter(({ type }) => type === undefined);
    expect(fills).toMatchObject([
      { group: 'mm', side: 'buy', price: '0.40', size: '10.00', liquidity: 'maker' },
      { orderId: order.order.orderId, side: 'buy', price: '0.39', size: '5.00', liquidity: 'maker' },
    ]);
    expect(fills[1]).not.toHaveProperty('group');
    for (const fill of fills) streams.fills.parse(fill);
    const orders = (await maker.of('orders')).filter(({ type }) => type === undefined);
    expect(new Set(orders.map((message) => message.order.orderId))).toEqual(new Set([order.order.orderId]));
    expect((await maker.ok('account')).orders).toMatchObject([{ orderId: order.order.orderId }]);
    expect((await told(taker)).map(({ type }) => type)).toEqual(['snapshot']);
    expect((await taker.of('fills')).filter(({ type }) => type === undefined)[0]).not.toHaveProperty('group');
    // Nor does the snapshot of the orders have them.
    const again = await gateway.client(account);
    await again.ok('subscribe', { channels: [{ ch: 'orders' }] });
    const snapshot = await again.until(({ type }) => type === 'snapshot');
    expect(snapshot.orders.map(({ orderId }: Message) => orderId)).toEqual([order.order.orderId]);
    // The order of a quote has no name of its own.
    const { orderId } = fills[0] as Message;
    for (const [op, fields] of [
      ['cancel', {}],
      ['amend', { size: '1' }],
    ] as const) {
      expect(await maker.refused(op, { market, orderId, ...fields })).toMatchObject({
        ...{ code: 'UNKNOWN_ORDER', field: 'orderId' },
      });
    }
    again.connection.terminate();
  });
});

test('groups and their names survive whoever listens: an image has them', async () => {
  const { maker, market, account } = await places.make();
  await quote(maker, [{ market, bid: q('0.40') }], 'first');
  await quote(maker, [{ market, bid: q('0.40') }], 'second');
  const image = gateway.engine.engine.image();
  const names = image.quoteGroups.filter((group) => group.account === account);
  expect(names).toEqual([
    { account, group: 1, name: 'first' },
    { account, group: 2, name: 'second' },
  ]);
});
