import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as protocol from '../../src/protocol/answers.ts';
import type { Message } from './support/gateway.ts';
import { TestGateway } from './support/gateway.ts';
import { brief, Places, q, quote, told } from './support/quoting.ts';

/** Market-maker protection over real sockets on the real engine. */

let gateway: TestGateway;
let places: Places;
beforeAll(async () => {
  gateway = await TestGateway.start({ accounts: 10 });
  places = new Places(gateway);
});
afterEach(() => expect(gateway.errors).toEqual([]));
afterAll(() => gateway.stop());

describe('protection', () => {
  const window = { windowMs: 1_000, frozenMs: 5_000 };

  test('withdraws the group in the command of the fill that hits it, and says so with the same seq', async () => {
    const { maker, taker, market } = await places.make();
    const other = `${market}-b`;
    await gateway.createMarket(other);
    await maker.ok('subscribe', { channels: [{ ch: 'quotes' }, { ch: 'fills' }] });
    const protection = { ...window, maxSize: '15.00' };
    const answer = await maker.ok('quoteGroup', { group: 'mm', protection });
    protocol.answers.quoteGroup.parse(answer);
    expect(answer).toMatchObject({ group: 'mm', protection, filled: '0.00', delta: '0.00' });
    expect(answer).not.toHaveProperty('frozenUntil');
    await quote(maker, [
      { market, bid: q('0.40'), ask: q('0.60') },
      { market: other, bid: q('0.40') },
    ]);
    await quote(maker, [{ market, outcome: 'NO', ask: q('0.65') }], 'untouched');
    await taker.ok('place', { market, side: 'sell', size: '5', price: '0.40' });
    const { order } = await taker.ok('place', { market, side: 'buy', size: '10', price: '0.60', tif: 'IOC' });
    expect(order.filled).toBe('10.00');
    const messages = (await told(maker)).filter(({ seq }) => seq === order.seq);
    expect(messages.filter((one) => one.quote).map(brief)).toEqual([
      'ask 0.60 0.00 filled',
      'bid 0.40 5.00 canceled PROTECTION',
      'bid 0.40 10.00 canceled PROTECTION',
    ]);
    const { group, cause } = messages.find(({ type }) => type === 'protection') as Message;
    const frozenUntil = gateway.now + 5_000;
    expect([cause, group]).toEqual([
      'tripped',
      { group: 'mm', protection, filled: '15.00', delta: '-5.00', frozenUntil },
    ]);
    expect((await maker.of('fills')).at(-1)).toMatchObject({ seq: order.seq, group: 'mm' });

    const refused = await maker.refused('quotes', { group: 'mm', quotes: [{ market, bid: q('0.40') }] });
    expect(refused).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', field: 'group', retryAfterMs: 5_000 },
      limit: { name: 'marketMakerProtection', value: frozenUntil },
    });
    // To remove is always possible.
    await quote(maker, [{ market, bid: null }]);
    const asked = await maker.ok('quoteGroup', { group: 'mm' });
    expect(asked).toMatchObject({ frozenUntil, filled: '0.00' });
    gateway.now += 5_000;
    await quote(maker, [{ market, bid: q('0.40') }]);
  });

  test('by net size; until it is reset', async () => {
    const { maker, taker, market } = await places.make();
    const protection = { windowMs: 1_000, frozenMs: 0, maxDelta: '8.00' };
    await maker.ok('quoteGroup', { group: 'mm', protection });
    await quote(maker, [{ market, bid: q('0.40'), ask: q('0.60') }]);
    await taker.ok('place', { market, side: 'sell', size: '5', price: '0.40', tif: 'IOC' });
    await taker.ok('place', { market, side: 'buy', size: '7', price: '0.60', tif: 'IOC' });
    await maker.ok('subscribe', { channels: [{ ch: 'quotes' }] });
    expect((await maker.until(({ type }) => type === 'snapshot')).groups).toMatchObject([
      { protection, filled: '12.00', delta: '-2.00' },
    ]);
    const taken = await taker.ok('place', {
      market,
      outcome: 'NO',
      side: 'sell',
      size: '9',
      price: '0.40',
      tif: 'IOC',
    });
    // Of the ask 3 were left: −5 in all, no hit.
    expect(taken.order.filled).toBe('3.00');
    await quote(maker, [{ market, ask: q('0.60') }]);
    const hit = await taker.ok('place', { market, side: 'buy', size: '9', price: '0.60', tif: 'IOC' });
    // The fill that hits the limit happens in full.
    expect(hit.order.filled).toBe('9.00');
    const trip = (await told(maker)).at(-1);
    expect(trip).toMatchObject({ seq: hit.order.seq, cause: 'tripped', group: { delta: '-14.00', frozenUntil: null } });
    const error = await maker.refused('quotes', { group: 'mm', quotes: [{ market, bid: q('0.40') }] });
    expect(error).toMatchObject({ limit: { name: 'marketMakerProtection', value: 'reset' } });
    expect(error).not.toHaveProperty('retryAfterMs');
    const reset = await maker.ok('quoteGroup', { group: 'mm', reset: true });
    expect(reset).toMatchObject({ group: 'mm', filled: '0.00', delta: '0.00' });
    expect(reset).not.toHaveProperty('frozenUntil');
    await quote(maker, [{ market, bid: q('0.40') }]);
    expect((await told(maker)).map(({ cause }) => cause).filter(Boolean)).toEqual(['tripped', 'reset']);
    const lifted = await maker.ok('quoteGroup', { group: 'mm', protection: null });
    expect(lifted.protection).toBeNull();
  });

  test('is refused where it is none, and of a group that is not there', async () => {
    const { maker } = await places.make();
    for (const [protection, field] of [
      [window, 'protection'],
      [{ ...window, maxSize: '0' }, 'protection.maxSize'],
      [{ ...window, maxSize: '10000001' }, 'protection.maxSize'],
      [{ ...window, windowMs: 0, maxSize: '1' }, 'protection.windowMs'],
      [{ ...window, frozenMs: 86_400_001, maxSize: '1' }, 'protection.frozenMs'],
      [{ ...window, maxSize: '1', more: 1 }, 'protection.more'],
    ] as const) {
      expect(await maker.refused('quoteGroup', { group: 'mm', protection })).toMatchObject({
        ...{ code: 'INVALID_REQUEST', field },
      });
    }
    for (const fields of [{}, { reset: true }]) {
      expect(await maker.refused('quoteGroup', { group: 'nobody', ...fields })).toMatchObject({
        ...{ code: 'NOT_FOUND', field: 'group' },
      });
    }
  });
});
