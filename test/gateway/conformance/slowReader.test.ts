import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BUFFER_MAX } from '../../../src/gateway/sessions/limits.ts';
import { type Client, TestGateway } from '../support/gateway.ts';
import { Book, Chain } from '../support/mirror.ts';
import { StallingProxy } from './stallingProxy.ts';
import { WIRES } from './wires.ts';

/** More than a kernel keeps of a connection that nobody reads, with what the session lets wait before it drops public messages. */
const PUBLIC_BYTES = 8 * 1024 * 1024;
/** What a trade is worth in bytes on `trades`, at least. */
const TRADE_BYTES = 150;
const BATCH = 50;
/** No connection takes so much unread. */
const ROUNDS_MAX = 5_000;

let gateway: TestGateway;
let proxy: StallingProxy;
let trader: Client;

beforeEach(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  proxy = await StallingProxy.start(gateway.url);
  const maker = await gateway.client(2);
  await maker.place({ side: 'sell', size: '100000', price: '0.60' });
  trader = await gateway.client(1);
});
afterEach(async () => {
  await proxy.stop();
  await gateway.stop();
});

const order = { op: 'place', market: 'rain', side: 'buy', size: '0.01', price: '0.60', tif: 'IOC' };
const trade = () => trader.ok('batch', { requests: Array.from({ length: BATCH }, () => order) });

describe.each(WIRES)('a reader of $name that stops reading', (wire) => {
  test('loses public messages, and goes on with a snapshot', async () => {
    const reader = await wire.open(gateway, { url: proxy.url });
    const channels = ['book', 'trades'].map((ch) => ({ ch, market: 'rain' }));
    await reader.ok({ id: 1, op: 'subscribe', channels });
    proxy.stall();
    for (let sent = 0; sent < PUBLIC_BYTES; sent += BATCH * TRADE_BYTES) await trade();
    proxy.goOn();
    const again = (ch: string) =>
      reader.until((message) => message.type === 'snapshot' && message.ch === ch && message.seq > 10);
    const [{ seq }] = await Promise.all([again('book'), again('trades')]);
    await trade();
    const last = await reader.until((message) => message.ch === 'book' && message.seq > seq);
    const book = new Book();
    const since = reader.of('book').findLastIndex(({ type }) => type === 'snapshot');
    for (const message of reader.of('book').slice(since)) book.take(message);
    expect(book.chain.seq).toBe(last.seq);
    expect(gateway.server.connections()).toBe(3);
    reader.close();
  });

  test('is closed where its private messages would be lost, and has those before', async () => {
    const reader = await wire.open(gateway, { token: '1', url: proxy.url });
    await reader.ok({ id: 1, op: 'subscribe', channels: [{ ch: 'orders' }, { ch: 'fills' }] });
    proxy.stall();
    for (let round = 0; gateway.server.connections() === 3 && round < ROUNDS_MAX; round++) await trade();
    expect(gateway.server.connections()).toBe(2);
    proxy.goOn();
    expect(await reader.ended).toMatchObject({ code: 4006 });
    for (const ch of ['orders', 'fills']) {
      const chain = new Chain();
      for (const message of reader.of(ch)) chain.take(message);
    }
    // What the transport puts around them counts, too.
    expect(JSON.stringify(reader.log).length).toBeGreaterThan(0.9 * BUFFER_MAX);
  });
});
