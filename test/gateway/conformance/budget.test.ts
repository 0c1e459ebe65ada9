import { describe, expect, test } from 'vitest';
import { answers } from '../../../src/protocol/answers.ts';
import { type Message, TestGateway } from '../support/gateway.ts';
import { WIRES } from './wires.ts';

const rain = { market: 'rain' };
const order = { op: 'place', ...rain, side: 'buy', size: '1', price: '0.40' };
const cancel = { op: 'cancel', ...rain, orderId: '1' };
const bid = { price: '0.30', size: '1' };

/** What each costs, and of which budget, as docs/PROTOCOL.md has it. */
const COSTS: readonly (readonly [request: object, requests: number, cancels: number])[] = [
  [{ op: 'ping' }, 1, 0],
  [order, 1, 0],
  [{ ...order, price: '7' }, 1, 0],
  [{ op: 'amend', ...rain, orderId: '1', size: '1' }, 1, 0],
  [cancel, 0, 1],
  [{ op: 'cancelAll' }, 0, 1],
  [{ op: 'replace', cancel: { orderId: '1' }, place: { ...order, op: undefined } }, 2, 0],
  [{ op: 'batch', requests: [order, order, cancel] }, 3, 0],
  [{ op: 'batch', requests: [cancel, cancel] }, 0, 2],
  [{ op: 'quotes', group: 'g', quotes: Array.from({ length: 5 }, () => ({ ...rain, bid })) }, 2, 0],
  [{ op: 'quotes', group: 'g', quotes: [{ ...rain, bid: null }] }, 0, 1],
  [{ op: 'cancelQuotes' }, 0, 1],
  [{ op: 'quoteGroup', group: 'g' }, 1, 0],
  [{ op: 'cancelOnDisconnect', enabled: true }, 1, 0],
  [{ op: 'cancelAfter', timeoutMs: 0 }, 0, 1],
  [{ op: 'quote', ...rain, side: 'buy', size: '1' }, 5, 0],
  [{ op: 'order', orderId: '1' }, 5, 0],
  [{ op: 'account' }, 10, 0],
  [{ op: 'auth', token: '1' }, 10, 0],
  [{ op: 'subscribe', channels: ['book', 'trades'].map((ch) => ({ ch, ...rain })) }, 10, 0],
  [{ op: 'unsubscribe', channels: [{ ch: 'book', ...rain }] }, 1, 0],
];

/** It does not fill meanwhile. */
const fixed = (burst: number) => ({ perSecond: 0.001, burst });

describe.each(WIRES)('over $name', (wire) => {
  test('an answer tells what is left, and every operation takes what it costs', async () => {
    const limits = { requestsPerConnection: fixed(1_000), cancelsPerConnection: fixed(500) };
    const gateway = await TestGateway.start({ rateLimits: true, limits });
    await gateway.createMarket('rain');
    const peer = await wire.open(gateway);
    const asked = async (request: object): Promise<Message> =>
      (await peer.ask({ id: 1, ...request, budget: true })).budget;
    const { requests, cancels } = await asked({ op: 'auth', token: '1' });
    expect([requests, cancels]).toEqual([990, 500]);
    let left = { requests, cancels };
    for (const [request, ofRequests, ofCancels] of COSTS) {
      left = { requests: left.requests - ofRequests, cancels: left.cancels - ofCancels };
      expect(await asked(request), JSON.stringify(request)).toEqual(left);
    }
    const without = await peer.ok({ id: 2, op: 'ping' });
    expect(answers.ping.parse(without)).toStrictEqual(without);
    expect(without).not.toHaveProperty('budget');
    peer.close();
    await gateway.stop();
  });

  test('who has none left is told when to come again, and may cancel', async () => {
    const gateway = await TestGateway.start({ rateLimits: true, limits: { requestsPerConnection: fixed(15) } });
    await gateway.createMarket('rain');
    const peer = await wire.open(gateway);
    await peer.ok({ id: 1, op: 'auth', token: '1' });
    await peer.ok({ id: 2, ...order });
    const refused = await peer.ask({ id: 3, op: 'account', budget: true });
    expect(refused).toMatchObject({ ok: false, error: { code: 'RATE_LIMITED' }, budget: { requests: 4 } });
    // Six tokens at a thousandth of one a second.
    expect(refused.error.retryAfterMs).toBeGreaterThan(5_000_000);
    expect(refused.error.retryAfterMs).toBeLessThanOrEqual(6_000_000);
    expect(await peer.ok({ id: 4, op: 'cancelAll' })).toMatchObject({ canceled: 1 });
    await peer.ok({ id: 5, op: 'ping' });
    peer.close();
    await gateway.stop();
  });
});
