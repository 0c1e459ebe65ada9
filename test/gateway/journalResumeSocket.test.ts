import { expect, test } from 'vitest';
import { BUFFER_MAX } from '../../src/gateway/sessions/limits.ts';
import { connect } from '../../src/sdk/index.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { StallingProxy } from './conformance/stallingProxy.ts';
import { Client, TestGateway } from './support/gateway.ts';
import { TestJournal } from './support/journal.ts';

const ORDERS = 25_000;
const AT_ONCE = 2_500;

test('a gap of more bytes than a connection may leave unread comes whole over a socket that stalls', async () => {
  const postgres = await startTestPostgres();
  const journal = await TestJournal.begin(await postgres.migrated(), { stalledAloneMs: 50 });
  const gateway = await TestGateway.start({ logBytes: 64 * 1024, journal: journal.of });
  await gateway.createMarket('rain');
  const trader = await gateway.client(1);
  const first = await trader.place({ size: '1', price: '0.10' });
  for (let i = 0; i < ORDERS; i += AT_ONCE) {
    const placed = Array.from({ length: AT_ONCE }, (_, j) => {
      const clientOrderId = `${i + j}`.padStart(36, '-');
      return trader.request('place', { market: 'rain', side: 'buy', size: '1', price: '0.20', clientOrderId });
    });
    await Promise.all(placed);
    await trader.ok('cancelAll');
  }
  await journal.written();

  const proxy = await StallingProxy.start(gateway.url);
  const slow = new Client(await connect({ url: proxy.url, token: '1' }));
  await slow.ok('subscribe', { channels: [{ ch: 'orders', since: first.order.seq }] });
  proxy.stall();
  // Until the replay was given up for lack of a reader, or everything is in the buffers of the network.
  while (journal.ends.length === 0) await new Promise((resolve) => setImmediate(resolve));
  proxy.goOn();
  await slow.until(({ type }) => type === 'caught-up');
  const orders = slow.messages.filter(({ order }) => order !== undefined);
  // Each was placed and canceled, the first one, too.
  expect(orders).toHaveLength(2 * ORDERS + 1);
  expect(new Set(orders.map(({ order }) => `${order.orderId} ${order.status}`)).size).toBe(orders.length);
  expect(orders.reduce((sum, message) => sum + JSON.stringify(message).length, 0)).toBeGreaterThan(1.5 * BUFFER_MAX);
  expect(slow.messages.some(({ type }) => type === 'snapshot')).toBe(false);
  expect(journal.troubles).toEqual([]);

  slow.connection.terminate();
  await proxy.stop();
  await gateway.stop();
  await journal.stop();
  await postgres.stop();
});
