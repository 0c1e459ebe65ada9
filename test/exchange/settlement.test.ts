import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import * as views from '../../src/protocol/http.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { request } from './support/api.ts';
import { Client } from './support/client.ts';
import { openMarket } from './support/markets.ts';

/** How markets end on a running exchange: who is paid what, by whom, and that no money comes or goes. */
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
  await Promise.all([alice, bob].map((client) => client.subscribe([{ ch: 'account' }, { ch: 'orders' }])));
});
afterAll(() => exchange?.stop());

const HOUR_MS = 3_600_000;
/** A step of a market’s life: 200 done, 202 a job does the rest. */
const step = (status: 200 | 202, market: string, action: string, body: object = {}) =>
  operator.api.call(views.lifecycleView, status, 'POST', `/markets/${market}/${action}`, body);
const settlement = (market: string, query = '') =>
  operator.api.get(views.settlementView, `/markets/${market}/settlement${query}`);
const micros = (money: string) => Math.round(Number(money) * 1e6);
const balance = async (client: Client) => micros((await client.ask('account', {})).balance);
const balances = () => Promise.all([balance(alice), balance(bob)]);
const audit = () => operator.api.get(views.auditView, '/audit');
/** Hears of the market’s life from here on. */
async function watch(market: string) {
  await operator.subscribe([{ ch: 'market', market }]);
  return (status: string) => operator.stream('market', market).until((message) => message.status === status);
}

describe('a market that is decided', () => {
  const market = 'cup';
  let becomes: Awaited<ReturnType<typeof watch>>;
  let before: number[];

  beforeAll(async () => {
    await openMarket(operator, market, { category: 'sport' });
    becomes = await watch(market);
    before = await balances();
    await alice.place({ market, side: 'buy', price: '0.60', size: '10' });
    await bob.place({ market, side: 'buy', outcome: 'NO', price: '0.40', size: '10' });
    await alice.place({ market, side: 'buy', price: '0.55', size: '5' });
    await bob.place({ market, side: 'sell', price: '0.65', size: '2' });
  });

  test('stops and goes on: orders stay', async () => {
    await step(200, market, 'halt', { reason: 'a storm' });
    await becomes('halted');
    const refused = await alice.refused('place', { market, side: 'buy', price: '0.50', size: '1' });
    expect(refused).toMatchObject({ code: 'MARKET_NOT_OPEN', field: 'market' });
    await step(200, market, 'resume');
    await becomes('open');
    expect((await alice.ask('account', {})).orders).toMatchObject([{ market, price: '0.55', status: 'open' }]);
  });

  test('is not paid before it is closed', async () => {
    const error = await operator.api.refused('POST', `/markets/${market}/resolve`, { outcome: 'YES' });
    expect(error.code).toBe('CONFLICT');
  });

  test('closes: orders are canceled, their money is free, the closing prices are kept', async () => {
    const { seq } = await step(200, market, 'close');
    expect(await becomes('closed')).toMatchObject({
      seq,
      closingPrices: [
        { outcome: 'YES', price: '0.60', source: 'mid' },
        { outcome: 'NO', price: '0.40', source: 'mid' },
      ],
    });
    for (const client of [alice, bob]) {
      expect(await client.stream('orders').at(seq)).toMatchObject({
        order: { status: 'canceled', reason: 'MARKET_CLOSED' },
      });
      expect(await client.stream('account').at(seq)).toMatchObject({ held: '0.000000' });
    }
    expect(await alice.refused('place', { market, side: 'buy', price: '0.50', size: '1' })).toMatchObject({
      code: 'MARKET_NOT_OPEN',
    });
  });

  test('a dry run says what either outcome would pay, and changes nothing', async () => {
    const state = await audit();
    expect(await settlement(market, '?outcome=YES')).toMatchObject({
      dryRun: true,
      totalPayout: '10.000000',
      conserved: true,
      top: [{ account: 'alice', payout: '10.000000' }],
    });
    expect(await settlement(market, '?outcome=NO')).toMatchObject({ top: [{ account: 'bob' }] });
    expect(await audit()).toEqual(state);
    expect(await alice.api.refused('GET', `/markets/${market}/settlement`)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is resolved once: every share of the outcome is paid $1, whatever is asked again', async () => {
    await step(202, market, 'resolve', { outcome: 'YES' });
    const resolved = await becomes('resolved');
    expect(resolved).toMatchObject({ resolution: { YES: '1.00', NO: '0.00' } });
    const paid = await alice.stream('account').until((message) => message.seq >= resolved.seq);
    expect(paid).toMatchObject({ positions: [{ market, outcome: 'YES', size: '0.00', realizedPnl: '4.000000' }] });
    expect(await settlement(market)).toMatchObject({
      status: 'resolved',
      dryRun: false,
      paid: '10.000000',
      escrow: '0.000000',
      conserved: true,
      progress: { finished: true },
    });
    expect(await balances()).toEqual([(before[0] ?? 0) + 4e6, (before[1] ?? 0) - 4e6]);
    for (const body of [{ outcome: 'NO' }, { outcome: 'YES' }]) {
      expect((await operator.api.refused('POST', `/markets/${market}/resolve`, body)).code).toBe('CONFLICT');
    }
    expect((await operator.api.refused('POST', `/markets/${market}/void`, { reason: 'too late' })).code).toBe(
      'CONFLICT',
    );
    expect(await audit()).toMatchObject({ conserved: true, escrow: '0.000000' });
  });

  test('counts in the calibration report', async () => {
    // History waits for the read model, from which the report is made.
    await alice.api.get(views.ledgerView, '/ledger?limit=1');
    const report = await operator.api.get(views.calibrationView, `/calibration?market=${market}`);
    expect(report).toMatchObject({ scored: 1, excluded: { voided: 0, unpriced: 0 } });
    const scores = z.object({ groups: z.array(z.object({ by: z.string(), scores: z.looseObject({}) })) });
    const overall = scores.parse(report).groups.find(({ by }) => by === 'overall');
    // (0.6 − 1)²
    expect(JSON.stringify(overall?.scores)).toContain('0.16');
    const one = await operator.api.get(views.calibrationView, `/calibration/${market}`);
    expect(one).toMatchObject({ market, scored: expect.any(Number) });
    expect(await operator.api.refused('GET', '/calibration/nowhere')).toMatchObject({ code: 'NOT_FOUND' });
    const svg = await request(exchange.url, 'GET', '/calibration.svg');
    expect(svg.headers.get('content-type')).toBe('image/svg+xml');
    expect(svg.text).toMatch(/^<svg /);
  });
});

describe('parts', () => {
  test('every outcome of a maker’s market may be paid a part; the house gets what is left', async () => {
    const market = 'thirds';
    const before = await balances();
    const house = micros((await audit()).house);
    await openMarket(operator, market, { type: 'lmsr', liquidity: '50', outcomes: ['A', 'B', 'C'] });
    const becomes = await watch(market);
    await alice.place({ market, side: 'buy', outcome: 'A', type: 'market', size: '10' });
    await bob.place({ market, side: 'buy', outcome: 'B', type: 'market', size: '5' });
    const held = await balances();
    await step(200, market, 'close');
    const refused = await operator.api.refused('POST', `/markets/${market}/resolve`, {
      payouts: { A: '0.5', B: '0.3' },
    });
    expect(refused).toMatchObject({ code: 'INVALID_REQUEST', field: 'payouts' });
    await step(202, market, 'resolve', { payouts: { A: '0.5', B: '0.3', C: '0.2' } });
    await becomes('resolved');
    const after = await balances();
    expect(after).toEqual([(held[0] ?? 0) + 5e6, (held[1] ?? 0) + 1.5e6]);
    const { house: houseAfter, ...sums } = await audit();
    expect(sums).toMatchObject({ conserved: true, escrow: '0.000000', amm: '0.000000' });
    const lost = before.reduce((sum, one, i) => sum + one - (after[i] ?? 0), 0);
    expect(micros(houseAfter)).toBe(house + lost);
  });
});

describe('disputes', () => {
  test('an outcome that is contested is not paid; who is right may be decided anew', async () => {
    const market = 'contested';
    await openMarket(operator, market, { disputeWindowMs: HOUR_MS });
    const becomes = await watch(market);
    await alice.place({ market, side: 'buy', price: '0.50', size: '2' });
    await bob.place({ market, side: 'sell', price: '0.50', size: '2' });
    await step(200, market, 'close');
    await step(202, market, 'resolve', { outcome: 'NO' });
    const proposed = await becomes('proposed');
    expect(proposed.disputeUntil).toBeGreaterThan(Date.now());
    await step(200, market, 'dispute', { reason: 'it rained' });
    expect(await becomes('disputed')).toMatchObject({ reason: 'it rained' });
    await step(202, market, 'resolve', { outcome: 'YES' });
    expect(await becomes('proposed')).toMatchObject({ resolution: { YES: '1.00', NO: '0.00' } });
    expect(await settlement(market)).toMatchObject({ status: 'proposed', paid: '0.000000' });
  });

  test('what nobody contests is paid when the window has passed', async () => {
    const market = 'uncontested';
    await openMarket(operator, market, { disputeWindowMs: 500 });
    const becomes = await watch(market);
    const before = await balance(alice);
    await alice.place({ market, side: 'buy', price: '0.50', size: '2' });
    await bob.place({ market, side: 'sell', price: '0.50', size: '2' });
    await step(200, market, 'close');
    await step(202, market, 'resolve', { outcome: 'YES' });
    const resolved = await becomes('resolved');
    await alice.stream('account').until(({ seq }) => seq >= resolved.seq);
    expect(await balance(alice)).toBe(before + 1e6);
  });
});

describe('a market that is called off', () => {
  test.each([
    ['book', {}],
    ['lmsr', { type: 'lmsr', liquidity: '30' }],
  ])('%s: everybody has what they had, gains and losses are undone', async (kind, more) => {
    const market = `off-${kind}`;
    await openMarket(operator, market, more);
    const becomes = await watch(market);
    const { house: _, ...books } = await audit();
    const before = await balances();
    const trade = { market, type: 'limit' as const, tif: 'IOC' as const };
    if (kind === 'book') {
      // Bob sells dear and buys back cheap.
      await alice.place({ market, side: 'buy', price: '0.60', size: '10' });
      await bob.place({ ...trade, side: 'sell', price: '0.60', size: '10' });
      await alice.place({ market, side: 'sell', price: '0.30', size: '10' });
      await bob.place({ ...trade, side: 'buy', price: '0.30', size: '10' });
      await alice.place({ market, side: 'buy', price: '0.20', size: '10' });
      expect(await balance(bob)).toBe((before[1] ?? 0) + 3e6);
    } else {
      await alice.place({ ...trade, side: 'buy', outcome: 'YES', price: '0.90', size: '10' });
      await bob.place({ ...trade, side: 'buy', outcome: 'NO', price: '0.90', size: '25.01' });
      await alice.place({ ...trade, side: 'sell', outcome: 'YES', price: '0.10', size: '3.33' });
    }
    await step(202, market, 'void', { reason: 'no referee' });
    const voided = await becomes('voided');
    expect(voided).toMatchObject({ reason: 'no referee' });
    await bob.stream('account').until(({ seq }) => seq > voided.seq);
    expect(await balances()).toEqual(before);
    expect(await settlement(market)).toMatchObject({ status: 'voided', owed: '0.000000', conserved: true });
    expect(await audit()).toMatchObject({ conserved: true, cash: books.cash, held: books.held });
  });
});

describe('the close time', () => {
  test('is kept: the market closes by itself, and takes no order from then on', async () => {
    const market = 'punctual';
    const closeTime = Date.now() + 2_000;
    await openMarket(operator, market, { closeTime });
    const becomes = await watch(market);
    const { seq } = await alice.place({ market, side: 'buy', price: '0.10', size: '1' });
    expect(await becomes('closed')).toMatchObject({ closeTime });
    expect(await alice.stream('orders').until((message) => message.seq > seq)).toMatchObject({
      order: { market, status: 'canceled', reason: 'MARKET_CLOSED' },
    });
    expect(await alice.refused('place', { market, side: 'buy', price: '0.10', size: '1' })).toMatchObject({
      code: 'MARKET_NOT_OPEN',
    });
  });

  test('may be moved while there is trading', async () => {
    const market = 'patient';
    await openMarket(operator, market, { closeTime: Date.now() + 60_000 });
    const closeTime = Date.now() + HOUR_MS;
    await operator.api.call(views.lifecycleView, 200, 'PATCH', `/markets/${market}`, { closeTime });
    expect(await operator.api.get(views.marketView, `/markets/${market}`)).toMatchObject({ status: 'open', closeTime });
  });
});
