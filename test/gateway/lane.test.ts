import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import { EngineLoop } from '../../src/engines/loop/engineLoop.ts';
import { Ring } from '../../src/engines/loop/ring.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { COMMAND } from '../../src/engines/records/commands.ts';
import {
  CANCELS_OUTSTANDING_MORE,
  COMMANDS_OUTSTANDING_MAX,
  RingPort,
} from '../../src/gateway/engine-port/ringPort.ts';
import { Latency } from '../../src/gateway/latency/latency.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import { createMarketRecord, openAccountRecord } from '../../src/gateway/services/commandRecords.ts';
import type { GatewayContext } from '../../src/gateway/sessions/context.ts';
import { CANCELS_IN_FLIGHT_MORE } from '../../src/gateway/sessions/limits.ts';
import type { Session } from '../../src/gateway/sessions/session.ts';
import { Sessions } from '../../src/gateway/sessions/sessions.ts';
import type { Transport } from '../../src/gateway/sessions/transport.ts';
import { Streams } from '../../src/gateway/streams/streams.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/limits.ts';
import { identity, type Message, START } from './support/gateway.ts';

/** Sessions over the real port, loop and engine, whose journal confirms nothing while the test holds it. */
class HeldExchange {
  private held = false;
  private confirms: (() => void)[] = [];
  private readonly input: Ring;
  private readonly loop: EngineLoop;
  readonly port: RingPort;
  readonly data: MarketData;
  readonly streams: Streams;
  readonly sessions: Sessions;

  constructor(inputWords: number, limits: Partial<Limits> = {}) {
    const engine = new Engine();
    this.input = new Ring(Ring.memory(inputWords));
    const output = new Ring(Ring.memory(1 << 18));
    this.loop = new EngineLoop({
      engine,
      journal: {
        append: () => (this.held ? new Promise((confirm) => this.confirms.push(confirm)) : Promise.resolve()),
      },
      input: this.input,
      output,
      now: () => START,
      onCommitted: () => {},
      onFatal: (error) => {
        throw error;
      },
    });
    this.port = new RingPort(this.input, output, 0, 0);
    this.data = new MarketData(engine.image());
    this.streams = new Streams(this.port, this.data);
    this.port.onGroup = this.streams.onGroup;
    const context: GatewayContext = {
      port: this.port,
      data: this.data,
      streams: this.streams,
      authenticator: {
        verifyAccessToken: async (token) => identity(Number(token), START),
        verifyApiKey: async () => identity(1, START),
      },
      authChanges: { on: () => () => {} },
      reads: { order: async () => null, orderFills: async () => [] },
      follower: { waitFor: async () => true },
      clock: () => START,
      rateLimits: false,
      limits: { ...DEFAULT_LIMITS, ...limits },
      latency: new Latency(),
      onError: (error) => {
        throw error;
      },
      draining: false,
    };
    this.sessions = new Sessions(context);
    this.loop.start();
  }

  async begin(): Promise<void> {
    for (const account of [1, 2]) await this.port.request(openAccountRecord(this.port, account, 1e12));
    const definition = JSON.stringify({ title: 't', criteria: 'c', criteriaHash: 'h', outcomes: ['YES', 'NO'] });
    const terms = { slug: 'rain', definition, type: 0, outcomes: 2, tickSize: 100, closeTime: START + 1e9 };
    await this.port.request(createMarketRecord(this.port, 0, { ...terms, liquidity: 0, disputeWindowMs: 0 }));
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    for (const confirm of this.confirms.splice(0)) confirm();
  }

  async stop(): Promise<void> {
    this.sessions.stop();
    this.streams.stop();
    await this.loop.stop();
  }

  async client(account: number): Promise<HeldClient> {
    const client = new HeldClient(this.sessions);
    client.session = this.sessions.open(client, String(account));
    await client.until(() => client.session.identity !== undefined && client.session.held === undefined);
    return client;
  }
}

class HeldClient implements Transport {
  readonly address = '127.0.0.1';
  readonly answers = new Map<number, Message>();
  readonly order: number[] = [];
  session!: Session;
  private id = 0;
  private readonly sessions: Sessions;

  constructor(sessions: Sessions) {
    this.sessions = sessions;
  }

  send(messages: readonly string[]): void {
    for (const text of messages) {
      const message: Message = JSON.parse(text);
      this.answers.set(message.id, message);
      this.order.push(message.id);
    }
  }
  bufferedBytes(): number {
    return 0;
  }
  ping(): void {}
  close(): void {}

  /** Sends without waiting; returns the id. */
  say(op: string, fields: object = {}): number {
    this.sessions.receive(this.session, JSON.stringify({ id: ++this.id, op, ...fields }));
    return this.id;
  }

  place(price = '0.10'): number {
    return this.say('place', { market: 'rain', side: 'buy', size: '1', price });
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise((resolve) => setImmediate(resolve));
  }

  async answer(id: number): Promise<Message> {
    await this.until(() => this.answers.has(id));
    return this.answers.get(id);
  }
}

/** Places orders, letting the loop take what it will, until one is refused; ids of all. */
async function flood(client: HeldClient): Promise<{ sent: number[]; refused: Message }> {
  const sent: number[] = [];
  for (;;) {
    for (let i = 0; i < 50; i++) sent.push(client.place());
    // Refusals by the gateway come at once, answers of the engine not while the journal is held.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    const refused = [...client.answers.values()].find(({ ok }) => ok === false);
    if (refused !== undefined) return { sent, refused };
  }
}

test('a ring full of orders still takes cancels, and answers in the order of the requests', async () => {
  const exchange = new HeldExchange(1 << 12);
  await exchange.begin();
  const [maker, greedy] = [await exchange.client(1), await exchange.client(2)];
  const resting = [];
  for (let i = 0; i < 5; i++) resting.push((await maker.answer(maker.place('0.20'))).order.orderId);

  exchange.hold();
  // The first commit waits, and the loop fills the batch behind it until that is full: 8,192 commands, then the ring.
  const { refused } = await flood(greedy);
  expect(refused).toMatchObject({ error: { code: 'OVERLOADED', retryAfterMs: expect.any(Number) } });
  expect(await greedy.answer(greedy.place())).toMatchObject({ error: { code: 'OVERLOADED' } });

  const [a, b, c, d, e] = resting;
  const market = 'rain';
  const taken = [
    maker.say('cancel', { market, orderId: a }),
    maker.say('batch', { requests: [{ op: 'cancel', market, orderId: b }] }),
    maker.say('cancelAfter', { timeoutMs: 60_000 }),
    maker.say('cancelQuotes'),
    maker.say('quotes', { group: 'a', quotes: [{ market, bid: null, ask: null }] }),
    maker.say('cancelAll', { market }),
  ];
  const replaced = maker.say('batch', {
    requests: [
      { op: 'cancel', market, orderId: c },
      { op: 'place', market, side: 'buy', size: '1', price: '0.10' },
    ],
  });
  const quoted = maker.say('quotes', { group: 'a', quotes: [{ market, bid: { price: '0.05', size: '1' } }] });
  const amended = maker.say('amend', { market, orderId: d, size: '0.5' });
  const queried = maker.say('order', { orderId: e });
  for (const id of [replaced, quoted, amended, queried]) {
    expect(await maker.answer(id)).toMatchObject({ ok: false, error: { code: 'OVERLOADED' } });
  }
  expect(taken.some((id) => maker.answers.has(id))).toBe(false);

  exchange.release();
  expect(await maker.answer(taken[0] as number)).toMatchObject({ ok: true, order: { reason: 'CANCELED' } });
  expect(await maker.answer(taken[1] as number)).toMatchObject({ results: [{ ok: true }] });
  expect(await maker.answer(taken[2] as number)).toMatchObject({ cancelAt: START + 60_000 });
  expect(await maker.answer(taken[3] as number)).toMatchObject({ ok: true, canceled: 0 });
  expect(await maker.answer(taken[4] as number)).toMatchObject({ ok: true, results: [{ ok: true }] });
  expect(await maker.answer(taken[5] as number)).toMatchObject({ ok: true, canceled: 3 });
  expect(maker.order.slice(-taken.length)).toEqual(taken);
  // The flood is carried out, too: whatever was taken is answered.
  await greedy.until(() => greedy.session.inFlight === 0);
  expect(await greedy.answer(greedy.place())).toMatchObject({ ok: true });
  await exchange.stop();
});

test('of one connection, too, cancels are taken beyond its requests without an answer', async () => {
  const exchange = new HeldExchange(1 << 16, { requestsInFlight: 20 });
  await exchange.begin();
  const client = await exchange.client(1);
  exchange.hold();
  for (let i = 0; i < 20; i++) client.place();
  expect(await client.answer(client.place())).toMatchObject({
    error: { code: 'RATE_LIMITED', limit: { name: 'requestsInFlight', value: 20 } },
  });
  const cancels = Array.from({ length: CANCELS_IN_FLIGHT_MORE }, () => client.say('cancelAll'));
  expect(await client.answer(client.say('cancelAll'))).toMatchObject({
    error: { code: 'RATE_LIMITED', limit: { name: 'cancelsInFlight', value: 20 + CANCELS_IN_FLIGHT_MORE } },
  });
  exchange.release();
  expect(await client.answer(cancels[0] as number)).toMatchObject({ ok: true, canceled: 20 });
  await client.answer(cancels.at(-1) as number);
  await exchange.stop();
});

let port: RingPort;
beforeAll(() => {
  // Nobody reads it: what is sent stays outstanding.
  port = new RingPort(new Ring(Ring.memory(1 << 22)), new Ring(Ring.memory(1 << 8)), 0, 0, { answerTimeoutMs: 1e9 });
});
afterAll(() => {
  // The port polls while something is outstanding; its timers do not hold the process.
  Reflect.set(port, 'first', Reflect.get(port, 'last'));
});

test('the port keeps places for cancels and for what is no order, whoever sends it', () => {
  const send = (kind: number, removing = false) =>
    port.send(port.buffer.begin(kind, R.BODY), { done: () => {} }, removing);
  for (let i = 0; i < COMMANDS_OUTSTANDING_MAX; i++) send(COMMAND.PLACE);
  expect(port.outstanding).toBe(COMMANDS_OUTSTANDING_MAX);
  for (const kind of [COMMAND.PLACE, COMMAND.AMEND, COMMAND.BATCH, COMMAND.QUOTES, COMMAND.QUERY_ACCOUNT]) {
    expect(send(kind)).toBe(false);
  }
  const others = [
    ...[COMMAND.CANCEL, COMMAND.CANCEL_ALL, COMMAND.CANCEL_QUOTES, COMMAND.CANCEL_AFTER, COMMAND.CONNECTION],
    ...[COMMAND.HALT, COMMAND.SET_ACCOUNT_RISK, COMMAND.CLOSE],
  ];
  for (const kind of others) expect(send(kind)).toBe(true);
  expect(send(COMMAND.BATCH, true)).toBe(true);
  for (let i = others.length + 1; i < CANCELS_OUTSTANDING_MORE; i++) send(COMMAND.CANCEL);
  expect(port.outstanding).toBe(COMMANDS_OUTSTANDING_MAX + CANCELS_OUTSTANDING_MORE);
  expect(send(COMMAND.CANCEL)).toBe(false);
});
