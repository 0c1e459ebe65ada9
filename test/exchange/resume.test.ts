import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect as connectTo } from '../../src/persistence/postgres/connect.ts';
import { type Connection, ConnectionLost, connect } from '../../src/sdk/connection.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { Client, type Login, register } from './support/client.ts';
import { described, journaledEvents } from './support/journaledEvents.ts';
import { openMarket } from './support/markets.ts';
import { Random } from './support/random.ts';
import { ResumingReader } from './support/resumingReader.ts';

const SEED = Number(process.env.SEED ?? 20_261_123);
/** More of the same, for a machine that has the time: minutes between the crash and the end, instead of so many requests. */
const MINUTES = Number(process.env.BRIER_RESUME_MINUTES ?? 0);
const REQUESTS = 700;
const TRADERS = 3;
/** Of each trader’s account: one that is away for moments, and one for long. */
const AWAY = [10, 400];
const MARKETS = ['rain', 'snow'];
/** Some hundred commands: what is older must come from the journal. */
const LOG_BYTES = 64 * 1024;
const IN_FLIGHT = 6;
const CHANNELS = ['orders', 'quotes', 'fills'] as const;

type Trader = { login: Login; connection: Connection | undefined };

describe(`a client that is cut off at random (SEED=${SEED})`, () => {
  const random = new Random(SEED);
  let exchange: Exchange;
  let traders: Trader[];
  let readers: { reader: ResumingReader; login: Login; away: number; backAt: number }[];
  /** Answers that have come, in all. */
  let answered = 0;
  let cuts = 0;

  const start = (dataDir?: string) =>
    startExchange({ streams: { logBytes: LOG_BYTES }, ...(dataDir !== undefined && { dataDir }) });

  beforeAll(async () => {
    exchange = await start();
    const operator = await Client.operator(exchange);
    for (const id of MARKETS) await openMarket(operator, id);
    await operator.close();
    traders = [];
    readers = [];
    for (let i = 0; i < TRADERS; i++) {
      const login = await register(exchange.url, `trader-${i}`);
      traders.push({ login, connection: undefined });
      for (const away of AWAY) {
        const reader = new ResumingReader(CHANNELS, described);
        readers.push({ reader, login, away, backAt: 0 });
      }
    }
  });
  afterAll(() => exchange?.stop());

  async function connectTraders(): Promise<void> {
    for (const trader of traders) {
      trader.connection = await connect({ url: exchange.url, token: trader.login.accessToken });
    }
  }

  /** Orders, and quotes that are withdrawn when too much of them is filled. */
  async function request({ connection }: Trader, market: string): Promise<unknown> {
    const size = String(random.integer(1, 20));
    if (random.chance(0.04)) return connection?.request('cancelAll', { market });
    if (random.chance(0.02)) {
      const protection = { windowMs: 60_000, frozenMs: 1, maxSize: '60' };
      return connection?.request('quoteGroup', { group: 'g', protection });
    }
    if (random.chance(0.2)) {
      const [bid, ask] = [random.integer(40, 50), random.integer(50, 60)];
      const entry = { market, bid: { price: `0.${bid}`, size }, ask: { price: `0.${ask}`, size } };
      return connection?.request('quotes', { group: 'g', quotes: [entry] });
    }
    const side = random.pick(['buy', 'sell'] as const);
    const stp = random.pick(['expire-taker', 'expire-maker', 'expire-both', 'decrement'] as const);
    return connection?.request('place', {
      market,
      side,
      outcome: random.pick(['YES', 'NO']),
      size,
      price: `0.${random.integer(44, 56)}`,
      stp,
    });
  }

  /** One request of a trader and, by chance, an end or a beginning of some reader’s connection. */
  async function step(trader: Trader): Promise<void> {
    await request(trader, random.pick(MARKETS));
    answered++;
    const one = random.pick(readers);
    if (one.reader.isConnected && random.chance(0.15)) {
      one.reader.cut();
      cuts++;
      one.backAt = answered + random.integer(0, one.away);
    } else if (!one.reader.isConnected && answered >= one.backAt)
      await one.reader.join(exchange.url, one.login.accessToken);
  }

  /** Trades until `enough`; a trader ends with its connection. */
  async function trade(enough: () => boolean): Promise<void> {
    const work = async (trader: Trader): Promise<void> => {
      try {
        while (!enough()) await step(trader);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
      }
    };
    await Promise.all(traders.flatMap((trader) => Array.from({ length: IN_FLIGHT }, () => work(trader))));
  }

  const more = (requests: number) => {
    const until = answered + requests;
    return () => answered >= until;
  };

  async function restart(): Promise<void> {
    for (const { reader } of readers) reader.cut();
    exchange = await start(exchange.dataDir);
    await connectTraders();
  }

  async function expectEverythingOnce(): Promise<void> {
    for (const { reader } of readers) reader.cut();
    await Promise.all(readers.map(({ reader, login }) => reader.join(exchange.url, login.accessToken)));
    await Promise.all(readers.map(({ reader }) => reader.caughtUp()));
    const sql = connectTo(exchange.databaseUrl(), { applicationName: 'test', max: 1 });
    const journaled = await journaledEvents(sql);
    const users = await sql<{ id: number; username: string }[]>`select id, username from brier.users`;
    await sql.end();
    for (const { reader, login } of readers) {
      const expected = journaled.get(users.find(({ username }) => username === login.username)?.id ?? -1);
      for (const ch of CHANNELS) {
        const { told, begin, passedOver } = reader.channels[ch] as (typeof reader.channels)[string];
        expect({ ch, passedOver }).toEqual({ ch, passedOver: 0 });
        expect(told.map(({ seq, text }) => `${seq} ${text}`)).toEqual(
          expected?.[ch].filter(({ seq }) => seq > begin).map(({ seq, text }) => `${seq} ${text}`),
        );
        expect(told.length).toBeGreaterThan(0);
      }
    }
  }

  test(
    'has every order, quote and fill of the journal, once and in order, across crashes of both',
    async () => {
      await connectTraders();
      for (const { reader, login } of readers) await reader.join(exchange.url, login.accessToken);
      await trade(more(REQUESTS));
      await expectEverythingOnce();

      // kill -9 in the middle: memory is gone, and no snapshot was written.
      const kill = exchange.aim();
      const crashed = trade(() => false);
      const enough = more(REQUESTS / 2);
      while (!enough()) await new Promise((resolve) => setImmediate(resolve));
      await kill();
      await crashed;
      await restart();
      await trade(more(REQUESTS));
      await expectEverythingOnce();

      // An orderly stop leaves a snapshot, from which some of the gaps can be told and others cannot.
      for (const { reader, away } of readers) if (away > 10) reader.cut();
      await trade(more(REQUESTS / 2));
      for (const trader of traders) await trader.connection?.close();
      await exchange.stop();
      await restart();
      const end = performance.now() + MINUTES * 60_000;
      const done = more(REQUESTS);
      await trade(() => done() && performance.now() >= end);
      await expectEverythingOnce();
      expect(cuts).toBeGreaterThan(50);
      const all = readers.flatMap(({ reader }) => Object.values(reader.channels).flatMap(({ told }) => told));
      for (const word of ['self', 'tripped', 'maker', 'canceled']) {
        expect(all.filter(({ text }) => text.includes(word)).length, word).toBeGreaterThan(0);
      }
      expect(exchange.stderr).toEqual([]);
    },
    280_000 + MINUTES * 90_000,
  );
});
