import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import type { Reply } from '../../src/gateway/engine-port/enginePort.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import type { MarketState } from '../../src/gateway/market-data/marketState.ts';
import {
  closeTimeRecord,
  createMarketRecord,
  openAccountRecord,
  payoutsRecord,
  reasonRecord,
  stepRecord,
} from '../../src/gateway/services/commandRecords.ts';
import { type Jobs, type JobTiming, startJobs } from '../../src/jobs/jobs.ts';
import type { CommandPort } from '../../src/jobs/ports.ts';
import { ReadModelWriter } from '../../src/persistence/read-model/readModelWriter.ts';
import type { FollowerProgress } from '../../src/persistence/read-model/reads.ts';
import { sqlReads } from '../../src/persistence/read-model/sqlReads.ts';
import { TestEngine } from '../http/testEngine.ts';
import type { TestDatabase } from '../support/postgres.ts';

export type SeenCommand = { kind: number; market: number; seq: number; time: number };
export type NewTestMarket = {
  closeTime: number;
  outcomes?: string[];
  category?: string;
  disputeWindowMs?: number;
  /** b in lots: a market of the maker alone */
  b?: number;
};

/** Commands sent together at most: as many as surely fit into the ring. */
const TOGETHER = 1_000;

/**
 * The engine, market data and read model around jobs, on this thread. The clock is the real one, moved forward at will, or
 * one that stands still but for that.
 */
export class JobsExchange {
  readonly engine: TestEngine;
  readonly markets: MarketData;
  readonly seen: SeenCommand[] = [];
  readonly errors: object[] = [];
  readonly database: TestDatabase;
  readonly follower: FollowerProgress;
  private readonly writer: ReadModelWriter;
  private readonly running: Jobs[] = [];
  private readonly clock: () => number;
  private offset = 0;

  private constructor(database: TestDatabase, engine: TestEngine, writer: ReadModelWriter, clock: () => number) {
    this.clock = clock;
    this.database = database;
    this.engine = engine;
    this.writer = writer;
    this.markets = new MarketData(engine.engine.image());
    engine.port.onGroup = (events, from, doneAt) => this.markets.apply(events, from, doneAt);
    engine.onCommand = (command, at, events, doneAt) => {
      this.seen.push({
        kind: command.i32[at + R.KIND] as number,
        market: command.i32[at + R.MARKET] as number,
        seq: command.f64[(at + R.SEQ) >> 1] as number,
        time: command.f64[(at + R.TIME) >> 1] as number,
      });
      writer.add(command, at, events, 0, doneAt);
    };
    this.follower = {
      get appliedSeq() {
        return writer.head.seq;
      },
      async waitFor(seq) {
        if (writer.head.seq < seq) await writer.flush(engine.engine.seq, engine.engine.digest);
        return writer.head.seq >= seq;
      },
    };
  }

  static async start(database: TestDatabase, clock: () => number = Date.now): Promise<JobsExchange> {
    let now = clock;
    const engine = new TestEngine(() => now());
    const writer = await ReadModelWriter.open(database.url, 0, engine.engine.image());
    const exchange = new JobsExchange(database, engine, writer, clock);
    now = exchange.now;
    return exchange;
  }

  readonly now = (): number => this.clock() + this.offset;

  /** Moves the clock of the engine and of jobs forward. */
  pass(ms: number): void {
    this.offset += ms;
  }

  /** Jobs as one process has them. Several of them over one store are several processes. */
  async jobs(options: { redisUrl?: string; port?: CommandPort; timing?: JobTiming } = {}): Promise<Jobs> {
    const { database, markets, follower, now } = this;
    const jobs = await startJobs({
      databaseUrl: database.url,
      sql: database.sql,
      reads: sqlReads(database.sql),
      port: this.engine.port,
      log: {
        error: (fields) => this.errors.push(fields),
        warn: () => {},
        info: () => {},
      },
      markets,
      follower,
      now,
      ...options,
    });
    this.running.push(jobs);
    return jobs;
  }

  async close(): Promise<void> {
    await Promise.all(this.running.map((jobs) => jobs.close()));
    await this.writer.close();
  }

  async open(accounts: number): Promise<void> {
    await this.each(accounts, (i) => openAccountRecord(this.engine.port, i + 1, 1_000_000_000));
  }

  async create(slug: string, market: NewTestMarket): Promise<MarketState> {
    const { port } = this.engine;
    const { outcomes = ['YES', 'NO'], category } = market;
    const definition = JSON.stringify({
      ...{ title: slug, criteria: 'as stated', criteriaHash: 'ab', outcomes },
      ...(category !== undefined && { category }),
    });
    const at = createMarketRecord(port, 0, {
      slug,
      definition,
      type: market.b === undefined ? C.MARKET_TYPE.book : C.MARKET_TYPE.lmsr,
      outcomes: outcomes.length,
      tickSize: 100,
      closeTime: market.closeTime,
      liquidity: market.b ?? 0,
      disputeWindowMs: market.disputeWindowMs ?? 0,
    });
    accepted(await port.request(at));
    return this.markets.bySlug(slug) as MarketState;
  }

  async setCloseTime({ market }: MarketState, closeTime: number): Promise<void> {
    accepted(await this.engine.port.request(closeTimeRecord(this.engine.port, 0, market, closeTime)));
  }

  /** Closes it now. */
  async end({ market }: MarketState): Promise<void> {
    accepted(await this.engine.port.request(stepRecord(this.engine.port, 'CLOSE', 0, market)));
  }

  async resolve({ market }: MarketState, payouts: number[]): Promise<void> {
    accepted(await this.engine.port.request(payoutsRecord(this.engine.port, 'RESOLVE', 0, market, payouts)));
  }

  async void({ market }: MarketState): Promise<void> {
    accepted(await this.engine.port.request(reasonRecord(this.engine.port, 'VOID', 0, market, 'called off')));
  }

  /** A limit order that rests or trades; ticks and lots. Where a maker makes the market alone it takes what it can get. */
  async order(
    account: number,
    { market, type }: MarketState,
    side: number,
    price: number,
    lots: number,
    outcome = 0,
  ): Promise<Reply> {
    const at = this.orderRecord(account, market, side, price, lots);
    const { i32 } = this.engine.port.buffer;
    const tif = type === 'lmsr' ? C.TIF.IOC : C.TIF.GTC;
    i32[at + C.PLACE_TERMS] = side | (tif << 2) | (outcome << 8);
    return accepted(await this.engine.port.request(at));
  }

  /** `count` limit orders, many at a time. */
  async orders(
    count: number,
    { market }: MarketState,
    order: (i: number) => { account: number; side: number; price: number; lots: number },
  ): Promise<void> {
    await this.each(count, (i) => {
      const { account, side, price, lots } = order(i);
      return this.orderRecord(account, market, side, price, lots);
    });
  }

  async query(kind: 'QUERY_AUDIT' | 'QUERY_ACCOUNT' | 'QUERY_SETTLEMENT', of: { account?: number; market?: number }) {
    const { port } = this.engine;
    const at = port.buffer.begin(C.COMMAND[kind], C.RESOLVE_PAYOUTS);
    port.buffer.i32[at + R.ACCOUNT] = of.account ?? 0;
    port.buffer.i32[at + R.MARKET] = of.market ?? -1;
    return (await port.request(at)).json as Record<string, number | boolean>;
  }

  private orderRecord(account: number, market: number, side: number, price: number, lots: number): number {
    const { buffer } = this.engine.port;
    const at = buffer.begin(C.COMMAND.PLACE, C.PLACE_WORDS);
    buffer.i32[at + R.ACCOUNT] = account;
    buffer.i32[at + R.MARKET] = market;
    buffer.i32[at + C.PLACE_TERMS] = side;
    buffer.i32[at + C.PLACE_PRICE] = price;
    buffer.i32[at + C.PLACE_SIZE] = lots;
    return at;
  }

  private async each(count: number, record: (i: number) => number): Promise<void> {
    for (let from = 0; from < count; from += TOGETHER) {
      const some = Array.from({ length: Math.min(TOGETHER, count - from) }, (_, i) =>
        this.engine.port.request(record(from + i)),
      );
      for (const reply of await Promise.all(some)) accepted(reply);
    }
  }
}

function accepted(reply: Reply): Reply {
  if (reply.code !== undefined) throw new Error(`refused: ${reply.code} ${reply.field}`);
  return reply;
}
