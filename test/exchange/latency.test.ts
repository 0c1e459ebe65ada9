import { afterAll, beforeAll, expect, test } from 'vitest';
import { latencyView, limitsView } from '../../src/protocol/http.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { Client } from './support/client.ts';
import { openMarket } from './support/markets.ts';

/** Limits and stage times of a running exchange, whose engine has a thread and a journal of its own. */
let exchange: Exchange;
let alice: Client;
beforeAll(async () => {
  const limits = { connectionsPerAddress: 77, requestsPerConnection: { perSecond: 0.001, burst: 500 } };
  exchange = await startExchange({ env: { BRIER_RATE_LIMITS: 'on', BRIER_LIMITS: JSON.stringify(limits) } });
  const operator = await Client.operator(exchange);
  alice = await Client.register(exchange, 'alice');
  await openMarket(operator, 'rain');
});
afterAll(() => exchange?.stop());

test('an answer tells when its order was carried out and when it was durable', async () => {
  let after = 0;
  for (let i = 0; i < 50; i++) {
    const order = { market: 'rain', side: 'buy', size: '1', price: '0.10' } as const;
    const { timing } = await alice.ask('place', { ...order, timing: true });
    const { receivedAt = 0, sequenced = -1, committed = -1, sent = -1 } = timing ?? {};
    expect(receivedAt).toBeGreaterThanOrEqual(after);
    expect([0, sequenced, committed, sent]).toEqual([0, sequenced, committed, sent].sort((a, b) => a - b));
    // A commit reaches the disk; nothing does so in no time.
    expect(committed).toBeGreaterThan(sequenced);
    after = receivedAt + sent;
  }
});

test('the percentiles are those of the orders', async () => {
  const { stages } = await alice.api.get(latencyView, '/latency');
  expect(stages.total.count).toBeGreaterThanOrEqual(50);
  expect(stages.committed.p50).toBeGreaterThan(1);
  expect(stages.total.max).toBeGreaterThanOrEqual(stages.committed.p50);
  const metrics = await (await fetch(`${exchange.url}/metrics`)).text();
  for (const stage of ['sequenced', 'committed', 'sent', 'total']) {
    expect(metrics).toMatch(
      new RegExp(`^brier_request_stage_seconds\\{stage="${stage}",quantile="0.99"\\} [0-9.e-]+$`, 'm'),
    );
  }
});

test('limits are those of the configuration', async () => {
  const { rateLimits, limits } = await alice.api.get(limitsView, '/limits');
  expect(rateLimits).toBe(true);
  expect(limits).toMatchObject({ connectionsPerAddress: 77, requestsPerConnection: { perSecond: 0.001, burst: 500 } });
  const { budget } = await alice.ask('ping', { budget: true });
  // The login took 10, each of 50 orders and this ping 1.
  expect(budget).toEqual({ requests: 439, cancels: 8_000 });
});
