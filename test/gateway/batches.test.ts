import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answers, type BatchResult } from '../../src/protocol/answers.ts';
import { type Client, type Message, TestGateway } from './support/gateway.ts';

let gateway: TestGateway;
let alice: Client;
let watcher: Client;

beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  await gateway.createMarket('race', { outcomes: ['Ann', 'Ben', 'Cleo'] });
  [alice, watcher] = await Promise.all([gateway.client(1), gateway.client()]);
  await alice.ok('subscribe', { channels: [{ ch: 'orders' }] });
});
afterAll(() => gateway?.stop());

/** What the account’s orders have told since the last time. */
let seen = 0;
async function news(): Promise<Message[]> {
  const messages = (await alice.of('orders')).filter(({ type }) => type === undefined);
  const fresh = messages.slice(seen);
  seen = messages.length;
  return fresh;
}

describe('several requests at once', () => {
  const batch = async (requests: object[], more: object = {}): Promise<BatchResult[]> =>
    answers.batch.parse(await alice.ok('batch', { requests, ...more })).results;
  const place = (market: string, clientOrderId: string, more: object = {}) => ({
    ...{ op: 'place', market, side: 'buy', size: '1', price: '0.10', clientOrderId },
    ...more,
  });

  test('are one command, in several markets, each with its own answer', async () => {
    const results = await batch([
      place('rain', 'b-1'),
      place('race', 'b-2', { outcome: 'Ann' }),
      { op: 'amend', market: 'rain', clientOrderId: 'b-1', size: '0.5' },
      { op: 'cancel', market: 'race', clientOrderId: 'b-1' },
      place('nowhere', 'b-3'),
      place('rain', 'b-4', { price: 0.5 }),
      place('rain', 'b-5', { price: '2' }),
      { op: 'cancel', market: 'race', clientOrderId: 'b-2' },
    ]);
    expect(results).toMatchObject([
      { ok: true, order: { clientOrderId: 'b-1', size: '1.00', fills: [] } },
      { ok: true, order: { market: 'race', outcome: 'Ann' } },
      { ok: true, order: { size: '0.50' }, keptPriority: true },
      { ok: false, error: { code: 'UNKNOWN_ORDER', field: 'clientOrderId' } },
      { ok: false, error: { code: 'UNKNOWN_MARKET', field: 'market' } },
      { ok: false, error: { code: 'INVALID_REQUEST', field: 'price' } },
      { ok: false, error: { code: 'PRICE_OUT_OF_RANGE', field: 'price' } },
      { ok: true, order: { status: 'canceled' } },
    ]);
    const seqs = results.flatMap((result) => (result.ok ? [result.order.seq] : []));
    expect(new Set(seqs).size).toBe(1);
    const told = (await news()).filter(({ seq }) => seq === seqs[0]);
    expect(told.map(({ order, more }) => [order.clientOrderId, order.status, more])).toEqual([
      ['b-1', 'open', true],
      ['b-2', 'open', true],
      ['b-1', 'open', true],
      ['b-2', 'canceled', undefined],
    ]);
  });

  test('that were sent before answer again, and tell nothing twice', async () => {
    await news();
    const results = await batch([place('rain', 'b-6'), place('rain', 'b-7'), place('rain', 'b-6')]);
    expect(results).toMatchObject([{ ok: true }, { ok: true }, { ok: true, duplicate: true }]);
    expect(results[2]).not.toHaveProperty('order.fills');
    expect(await news()).toMatchObject([
      { order: { clientOrderId: 'b-6' }, more: true },
      { order: { clientOrderId: 'b-7' } },
    ]);
  });

  test('may stop where one fails', async () => {
    const requests = [place('rain', 'b-8'), place('rain', 'b-9', { price: '2' }), place('rain', 'b-10')];
    expect(await batch(requests, { stopOnFailure: true })).toMatchObject([
      { ok: true },
      { ok: false, error: { code: 'PRICE_OUT_OF_RANGE' } },
      { ok: false, error: { code: 'CONFLICT' } },
    ]);
    const faulty = [place('nowhere', 'b-11'), place('rain', 'b-12')];
    expect(await batch(faulty, { stopOnFailure: true })).toMatchObject([
      { ok: false },
      { error: { code: 'CONFLICT' } },
    ]);
    expect(await batch(faulty)).toMatchObject([{ ok: false }, { ok: true }]);
    await alice.ok('cancelAll');
  });

  test('need a login', async () => {
    const requests = [place('rain', 'b-13')];
    expect(await watcher.refused('batch', { requests })).toMatchObject({ code: 'UNAUTHENTICATED' });
    const replaced = { cancel: { orderId: '5' }, place: { market: 'rain', side: 'buy', size: '1', price: '0.5' } };
    expect(await watcher.refused('replace', replaced)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('replace one order by another, or leave both as they are', async () => {
    const quote = { market: 'rain', side: 'buy', size: '1', price: '0.11' };
    await alice.place({ ...quote, clientOrderId: 'r-1' });
    const replace = async (fields: object): Promise<BatchResult[]> =>
      answers.replace.parse(await alice.ok('replace', fields as Record<string, unknown>)).results;
    const next = { ...quote, price: '0.12', clientOrderId: 'r-2' };
    expect(await replace({ cancel: { clientOrderId: 'r-1' }, place: next })).toMatchObject([
      { ok: true, order: { clientOrderId: 'r-1', status: 'canceled' } },
      { ok: true, order: { clientOrderId: 'r-2', status: 'open', fills: [] } },
    ]);
    const third = { ...next, clientOrderId: 'r-3' };
    const gone = { cancel: { clientOrderId: 'r-1' }, place: third };
    expect(await replace(gone)).toMatchObject([
      { ok: false, error: { code: 'UNKNOWN_ORDER' } },
      { ok: false, error: { code: 'CONFLICT' } },
    ]);
    expect(await replace({ ...gone, onFailure: 'allow' })).toMatchObject([{ ok: false }, { ok: true }]);
    // A new order that is none leaves the old one alone.
    for (const [fault, code, field] of [
      [{ price: undefined }, 'INVALID_REQUEST', 'place.price'],
      [{ outcome: 'MAYBE' }, 'UNKNOWN_OUTCOME', 'place.outcome'],
      [{ market: 'nowhere' }, 'UNKNOWN_MARKET', 'place.market'],
    ] as const) {
      const wrong = { cancel: { clientOrderId: 'r-3' }, place: { ...third, ...fault } };
      expect(await alice.refused('replace', wrong)).toMatchObject({ code, field });
    }
    expect(await alice.refused('replace', { cancel: {}, place: next })).toMatchObject({ field: 'cancel.orderId' });
    expect((await alice.ok('order', { clientOrderId: 'r-3' })).order).toMatchObject({ status: 'open' });
    await alice.ok('cancelAll');
  });
});
