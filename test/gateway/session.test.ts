import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Latency } from '../../src/gateway/latency/latency.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import { createMarketRecord, openAccountRecord } from '../../src/gateway/services/commandRecords.ts';
import type { GatewayContext } from '../../src/gateway/sessions/context.ts';
import { BUFFER_MAX, PUBLIC_BUFFER_MAX } from '../../src/gateway/sessions/limits.ts';
import type { Session } from '../../src/gateway/sessions/session.ts';
import { Sessions } from '../../src/gateway/sessions/sessions.ts';
import type { Transport } from '../../src/gateway/sessions/transport.ts';
import { Streams } from '../../src/gateway/streams/streams.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/limits.ts';
import { TestEngine } from '../http/testEngine.ts';
import { identity, type Message, START } from './support/gateway.ts';
import { Book } from './support/mirror.ts';

/** What a session does with a reader that is slow or greedy, on a transport that says how far behind it is. */
class SlowTransport implements Transport {
  readonly address = '127.0.0.1';
  readonly sent: Message[] = [];
  buffered = 0;
  closed: number | undefined;
  session!: Session;

  send(messages: readonly string[]): void {
    for (const text of messages) this.sent.push(JSON.parse(text));
  }
  bufferedBytes(): number {
    return this.buffered;
  }
  ping(): void {}
  close(code: number): void {
    this.closed = code;
    sessions.ended(this.session);
  }
}

/** Buckets that do not fill while a test runs. */
const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  requestsPerConnection: { perSecond: 0.001, burst: 100 },
  faultyRequests: { perSecond: 0.001, burst: 30 },
};
const engine = new TestEngine(() => START);
const data = new MarketData(engine.engine.image());
const streams = new Streams(engine.port, data);
engine.port.onGroup = streams.onGroup;
const context: GatewayContext = {
  port: engine.port,
  data,
  streams,
  authenticator: {
    verifyAccessToken: async (token) => identity(Number(token), START),
    verifyApiKey: async () => identity(1, START),
  },
  authChanges: { on: () => () => {} },
  reads: { order: async () => null, orderFills: async () => [] },
  follower: { waitFor: async () => true },
  clock: () => START,
  rateLimits: true,
  limits: LIMITS,
  latency: new Latency(),
  onError: (error) => {
    throw error;
  },
  draining: false,
};
const sessions = new Sessions(context);

function open(token?: string): SlowTransport {
  const transport = new SlowTransport();
  transport.session = sessions.open(transport, token);
  return transport;
}
const say = (transport: SlowTransport, message: object) => sessions.receive(transport.session, JSON.stringify(message));

/** Places an order and waits until everything about it has been handed out. */
let orders = 0;
async function trade(trader: SlowTransport, price: string): Promise<void> {
  const id = ++orders;
  say(trader, { id, op: 'place', market: 'rain', side: 'buy', size: '1', price });
  await answered(trader, id);
}
async function answered(transport: SlowTransport, id: number): Promise<Message> {
  for (;;) {
    const answer = transport.sent.find((message) => message.id === id);
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

beforeAll(async () => {
  await engine.port.request(openAccountRecord(engine.port, 1, 1e12));
  const definition = JSON.stringify({ title: 't', criteria: 'c', criteriaHash: 'h', outcomes: ['YES', 'NO'] });
  const terms = { slug: 'rain', definition, type: 0, outcomes: 2, tickSize: 100, closeTime: START + 1e9 };
  await engine.port.request(createMarketRecord(engine.port, 0, { ...terms, liquidity: 0, disputeWindowMs: 0 }));
});
afterAll(() => {
  sessions.stop();
  streams.stop();
});

describe('a slow reader', () => {
  test('misses public messages, then gets a snapshot in their place; private ones it gets all', async () => {
    const trader = open('1');
    const reader = open('1');
    const channels = [{ ch: 'book', market: 'rain' }, { ch: 'trades', market: 'rain' }, { ch: 'orders' }];
    say(reader, { id: 1, op: 'subscribe', channels });
    await answered(reader, 1);
    await trade(trader, '0.10');
    reader.buffered = PUBLIC_BUFFER_MAX + 1;
    await trade(trader, '0.11');
    await trade(trader, '0.12');
    await trade(trader, '0.13');
    reader.buffered = 0;
    reader.session.drained();
    await trade(trader, '0.14');
    const books = reader.sent.filter(({ ch }) => ch === 'book');
    // The message that fills the buffer is written still; those after it are not.
    expect(books.map(({ type, bids }) => [type, bids.length])).toEqual([
      ['snapshot', 0],
      ['delta', 1],
      ['delta', 1],
      ['snapshot', 4],
      ['delta', 1],
    ]);
    const book = new Book();
    for (const message of books) book.take(message);
    expect(book.checked).toBe(5);
    expect(reader.sent.filter(({ ch, order }) => ch === 'orders' && order !== undefined)).toHaveLength(5);
  });

  test('far behind is closed', async () => {
    const trader = open('1');
    const reader = open('1');
    say(reader, { id: 1, op: 'subscribe', channels: [{ ch: 'orders' }] });
    await answered(reader, 1);
    reader.buffered = BUFFER_MAX + 1;
    await trade(trader, '0.15');
    expect(reader.closed).toBe(4006);
    await trade(trader, '0.16');
  });
});

describe('a greedy client', () => {
  test('is told when to come back, may cancel meanwhile, and is closed when it does not listen', async () => {
    const client = open('1');
    say(client, { id: 1, op: 'account' });
    await answered(client, 1);
    let id = 1;
    let limited: Message | undefined;
    while (limited === undefined && id < LIMITS.requestsPerConnection.burst * 2) {
      say(client, { id: ++id, op: 'ping' });
      await Promise.resolve();
      limited = client.sent.find(({ ok }) => ok === false);
    }
    expect(limited).toMatchObject({ error: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
    expect(id).toBeGreaterThanOrEqual(LIMITS.requestsPerConnection.burst - 20);
    say(client, { id: ++id, op: 'cancelAll', market: 'rain' });
    expect(await answered(client, id)).toMatchObject({ ok: true });
    for (let i = 0; client.closed === undefined && i < LIMITS.faultyRequests.burst * 3; i++)
      say(client, { id: 1, op: 'ping' });
    expect(client.closed).toBe(4007);
  });
});
