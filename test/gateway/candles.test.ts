import { afterAll, beforeAll, expect, test } from 'vitest';
import { MarketHistory } from '../../src/gateway/services/marketHistory.ts';
import { Refusal } from '../../src/gateway/services/refusal.ts';
import type { CandleSource } from '../../src/gateway/streams/candleReader.ts';
import { Follower } from '../../src/persistence/follower/follower.ts';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../../src/persistence/journal/journalWriter.ts';
import { sqlReads } from '../../src/persistence/read-model/sqlReads.ts';
import { candlesAt } from '../../src/persistence/read-model/statements/candles.ts';
import type { CANDLE_INTERVALS } from '../../src/protocol/wire.ts';
import { random } from '../follower/script.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { DrivenStreams, Reader } from './support/drivenStreams.ts';
import { type Message, TestGateway } from './support/gateway.ts';
import { Chain } from './support/mirror.ts';

type Interval = (typeof CANDLE_INTERVALS)[number];

const MARKETS = ['two', 'three', 'hybrid', 'lmsr', 'hybrid-three'];

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

/** An exchange in small: a driven engine with its streams, its journal, and a follower that works when it is told to. */
class Small {
  readonly driven = new DrivenStreams();
  private readonly database: TestDatabase;
  private readonly writer: JournalWriter;
  private readonly next = random(7);
  /** In words of the driver’s journal, and as a seq. */
  private written = 0;
  private followed = 0;
  reads = 0;

  private constructor(database: TestDatabase, writer: JournalWriter) {
    this.database = database;
    this.writer = writer;
    const { driver } = this.driven;
    for (let account = 1; account <= 4; account++) driver.open(account, 1e12);
    driver.createMarket('two', { takerFee: 20 });
    driver.createMarket('three', { outcomes: 3 });
    driver.createMarket('hybrid', { type: 'hybrid', b: 5_000 });
    driver.createMarket('lmsr', { type: 'lmsr', b: 5_000 });
    driver.createMarket('hybrid-three', { type: 'hybrid', outcomes: 3, b: 5_000 });
    driver.configure(2, { book: true });
    driver.configure(4, { book: true });
    const source: CandleSource = {
      waitFor: async () => false,
      candles: (query) => {
        this.reads++;
        return candlesAt(database.sql, 0, query);
      },
    };
    this.driven.begin({ candles: source });
  }

  static async start(): Promise<Small> {
    const database = await postgres.migrated();
    const { epoch, head } = await acquireEpoch(database.sql, 0);
    return new Small(database, new JournalWriter(database.url, 0, epoch, head));
  }

  /** Random orders that trade, and time that passes: seconds, now and then hours. */
  trade(commands: number): void {
    const { driven, next } = this;
    const upTo = (n: number) => Math.floor(next() * n);
    for (let i = 0; i < commands; i++) {
      driven.driver.time += upTo(50) === 0 ? upTo(40_000_000) : upTo(900);
      const market = upTo(MARKETS.length);
      const outcomes = driven.market(market).outcomes.length;
      driven.act((driver) =>
        driver.place(1 + upTo(4), market, {
          side: upTo(2) === 0 ? 'buy' : 'sell',
          outcome: upTo(outcomes),
          price: 500 * (5 + upTo(9)),
          size: 1 + upTo(300),
          stp: 'expire-maker',
          tif: market === 3 ? 'IOC' : 'GTC',
        }),
      );
    }
  }

  /** Brings the read model up to what has happened. */
  async follow(): Promise<void> {
    const { driver } = this.driven;
    const { journal, engine } = driver;
    const payload = journal.bytes.slice(this.written * 4, journal.words * 4);
    const firstSeq = this.followed + 1;
    const batch = { firstSeq, lastSeq: engine.seq, commandCount: engine.seq - firstSeq + 1 };
    await this.writer.append({ ...batch, outputDigest: engine.digest, payload });
    this.followed = engine.seq;
    this.written = journal.words;
    const follower = await Follower.start({ databaseUrl: this.database.url, shard: 0 });
    follower.stop();
    await follower.run();
  }

  /** What HTTP answers, of the outcomes that are kept. */
  async history(slug: string, interval: Interval): Promise<Message[]> {
    const { data, driver } = this.driven;
    const history = new MarketHistory({
      reads: sqlReads(this.database.sql),
      follower: { appliedSeq: driver.engine.seq, waitFor: async () => true },
      port: this.driven.port,
      markets: data,
      clock: () => driver.time,
    });
    const all: Message[] = [];
    const market = data.bySlug(slug);
    for (const outcome of market?.outcomes ?? []) {
      if (market?.mirrors && outcome === market.outcomes[1]) continue;
      const query = { outcome, interval, from: 0, limit: 1_000 };
      const answer = await history.candles(slug, query);
      if (answer instanceof Refusal) throw new Error(answer.error.code);
      for (const candle of answer.candles as Message[]) all.push({ outcome, ...candle });
    }
    // The outcomes of one time are in their order already.
    return all.sort((a, b) => a.start - b.start);
  }

  async close(): Promise<void> {
    this.driven.stop();
    await this.writer.close();
  }
}

/** A client’s candles: the newest state of each. */
class Kept {
  readonly chain = new Chain();
  readonly candles = new Map<string, Message>();
  readonly reader = new Reader();
  snapshots = 0;

  take(): this {
    for (const message of this.reader.take()) {
      this.chain.take(message);
      if (message.type === 'snapshot') this.snapshots++;
      for (const candle of message.candles ?? (message.candle === undefined ? [] : [message.candle])) {
        this.candles.set(`${candle.start} ${candle.outcome}`, candle);
      }
    }
    return this;
  }

  async begun(): Promise<void> {
    while (this.take().snapshots === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

const channel = (market: string, interval: Interval) => ({ ch: 'candles' as const, market, interval });

test('live candles are those of the read model, wherever it was when they began', { timeout: 120_000 }, async () => {
  const small = await Small.start();
  const kept = new Map<string, Kept>();
  const subscribe = (interval: Interval) => {
    for (const market of MARKETS) {
      const one = new Kept();
      small.driven.subscribe(one.reader, channel(market, interval));
      kept.set(`${market} ${interval}`, one);
    }
  };
  // Nothing has been read yet; then the read model is behind; then it has everything.
  small.trade(300);
  subscribe('1s');
  subscribe('1d');
  small.trade(100);
  await small.follow();
  for (const one of kept.values()) await one.begun();
  small.trade(200);
  subscribe('1m');
  subscribe('4h');
  // What happens while the database answers is counted once.
  small.trade(50);
  for (const one of kept.values()) await one.begun();
  await small.follow();
  subscribe('15s');
  for (const one of kept.values()) await one.begun();
  small.trade(400);
  // A newcomer has everybody told what they are owed.
  const newcomers = new Map<string, Kept>();
  for (const name of kept.keys()) {
    const [market, interval] = name.split(' ') as [string, Interval];
    const one = new Kept();
    small.driven.subscribe(one.reader, channel(market, interval));
    newcomers.set(name, one);
  }
  await small.follow();
  let compared = 0;
  for (const [name, one] of kept) {
    const [market, interval] = name.split(' ') as [string, Interval];
    const all = await small.history(market, interval);
    const seen = [...one.take().candles.values()];
    const from = Math.min(...seen.map(({ start }) => start));
    expect(new Set(seen), name).toEqual(new Set(all.filter(({ start }) => start >= from)));
    const newest = [...(newcomers.get(name) as Kept).take().candles.values()];
    expect(newest.length, name).toBeGreaterThan(0);
    expect(newest, name).toEqual(all.slice(all.length - newest.length));
    compared += seen.length;
  }
  expect(compared).toBeGreaterThan(500);
  await small.close();
});

test('a channel is read once for all who come, and goes on a while when they have left', async () => {
  const small = await Small.start();
  small.trade(50);
  await small.follow();
  for (let i = 0; i < 20; i++) small.driven.subscribe(new Reader(), channel('two', '1m')).end();
  const one = new Kept();
  small.driven.subscribe(one.reader, channel('two', '1m'));
  await one.begun();
  expect(small.reads).toBe(1);
  await small.close();
});

test('over the wire: intervals are channels of their own; without a read model there are none', async () => {
  const gateway = await TestGateway.start({
    sweepMs: 20,
    candles: { candles: async () => ({ seq: 0, rows: [] }), waitFor: async () => true },
  });
  await gateway.createMarket('rain');
  const client = await gateway.client();
  const channels = [
    { ch: 'candles', market: 'rain' },
    { ch: 'candles', market: 'rain', interval: '1s' },
  ];
  const { subscribed } = await client.ok('subscribe', { channels });
  expect(subscribed).toEqual([{ ...channels[0], interval: '1m' }, channels[1]]);
  await client.until(({ ch, interval, type }) => ch === 'candles' && interval === '1s' && type === 'snapshot');
  const [maker, taker] = [await gateway.client(1), await gateway.client(2)];
  await maker.place({ side: 'sell', size: '4', price: '0.60' });
  const { order } = await taker.place({ size: '3', price: '0.60' });
  for (const interval of ['1m', '1s']) {
    const message = await client.until((one) => one.interval === interval && one.candle !== undefined);
    expect(message).toMatchObject({
      seq: order.seq,
      candle: { outcome: 'YES', open: '0.60', size: '3.00', trades: 1 },
    });
  }
  const beats = (message: Message) => message.type === 'heartbeat' && message.interval === '1m';
  expect(await client.until((message) => beats(message) && message.seq === order.seq)).toMatchObject({ ch: 'candles' });
  for (const [fields, field] of [
    [{ ...channels[0], conflateMs: 100 }, 'conflateMs'],
    [{ ...channels[0], depth: 1 }, 'depth'],
    [{ ...channels[0], interval: '2m' }, 'interval'],
    [{ ch: 'trades', market: 'rain', interval: '1m' }, 'interval'],
  ] as const) {
    const error = await client.refused('subscribe', { channels: [fields] });
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', field: `channels.0.${field}` });
  }
  const { subscribed: left } = await client.ok('unsubscribe', { channels: [channels[0]] });
  expect(left).toEqual([channels[1]]);
  await gateway.stop();

  const without = await TestGateway.start();
  await without.createMarket('rain');
  const error = await (await without.client()).refused('subscribe', { channels });
  expect(error).toMatchObject({ code: 'UNAVAILABLE', field: 'channels.0.ch' });
  await without.stop();
});
