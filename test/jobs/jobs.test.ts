import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { BUY, COMMAND, SELL } from '../../src/engines/records/commands.ts';
import type { JobsPort } from '../../src/gateway/services/ports.ts';
import type { JobTiming } from '../../src/jobs/jobs.ts';
import type { CommandPort } from '../../src/jobs/ports.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { redisServer, startTestRedis, type TestRedis } from '../support/redis.ts';
import { JobsExchange } from './exchange.ts';

/** The whole of jobs over a real queue, once on Postgres and once on Redis. */

const DEADLOCK_DETECTED = '40P01';
const redisProgram = redisServer();
if (redisProgram === null) console.warn('redis-server is not installed: the jobs are tested on Postgres alone');
const stores = redisProgram === null ? ['postgres'] : ['postgres', 'redis'];

/** Far above what anything here takes: a deadline, not a measurement. */
const DEADLINE = { timeout: 45_000, interval: 5 };
const QUICK: JobTiming = { sweepEveryMs: 50, lateAfterMs: 300, rescueEveryMs: 1_000 };
/** Nothing is found by looking: what happens was planned. */
const NO_SWEEP: JobTiming = { sweepEveryMs: 3_600_000 };
const HOUR_MS = 3_600_000;

let postgres: TestPostgres;
let redis: TestRedis | undefined;
beforeAll(async () => {
  postgres = await startTestPostgres();
  if (redisProgram !== null) redis = await startTestRedis(redisProgram);
});
afterAll(async () => {
  await redis?.stop();
  await postgres.stop();
});

describe.each(stores)('jobs on %s', (store) => {
  let exchange: JobsExchange;
  const open = async (): Promise<JobsExchange> => {
    exchange = await JobsExchange.start(await postgres.migrated());
    return exchange;
  };
  const start = (options: { port?: CommandPort; timing?: JobTiming } = {}) =>
    exchange.jobs({ ...options, ...(store === 'redis' && { redisUrl: redis?.url ?? '' }) });
  const wipe = async (): Promise<void> => {
    if (store === 'redis') return redis?.wipe();
    // Running jobs hold locks in an order of their own: the server ends a deadlock by refusing one of the two.
    for (let wiped = false; !wiped; ) {
      const dropped = exchange.database.sql.unsafe('drop schema brier_jobs cascade');
      wiped = await dropped.then(
        () => true,
        (error: { code?: string }) => {
          if (error.code !== DEADLOCK_DETECTED) throw error;
          return false;
        },
      );
    }
  };
  const commands = (kind: number, market: number) =>
    exchange.seen.filter((one) => one.kind === kind && one.market === market);
  afterEach(async () => {
    await exchange.close();
    await redis?.wipe();
  });

  test('a market closes at its time, not before, and nothing rests in it any more', async () => {
    await open();
    const jobs: JobsPort = await start({ timing: NO_SWEEP });
    await exchange.open(1);
    const closeTime = exchange.now() + 400;
    const market = await exchange.create('closing', { closeTime });
    const later = await exchange.create('later', { closeTime: closeTime + HOUR_MS });
    await exchange.order(1, market, BUY, 4_000, 100);
    jobs.marketChanged('closing');
    jobs.marketChanged('later');
    await vi.waitUntil(() => market.status === 'closed', DEADLINE);
    const [close, ...more] = commands(COMMAND.CLOSE, market.market);
    expect(close?.time).toBeGreaterThanOrEqual(closeTime);
    expect(more).toEqual([]);
    expect(market.closeTime).toBe(closeTime);
    expect(await exchange.query('QUERY_AUDIT', {})).toMatchObject({ held: 0, orders: 0, conserved: true });
    expect(later.status).toBe('open');
  });

  test('a close time that moves is kept, whichever way it moves', async () => {
    await open();
    const jobs = await start({ timing: NO_SWEEP });
    const sooner = await exchange.create('sooner', { closeTime: exchange.now() + HOUR_MS });
    const first = exchange.now() + 300;
    const later = await exchange.create('later', { closeTime: first });
    jobs.marketChanged('sooner');
    jobs.marketChanged('later');
    await exchange.setCloseTime(later, first + 700);
    await exchange.setCloseTime(sooner, first + 350);
    jobs.marketChanged('sooner');
    jobs.marketChanged('later');
    await vi.waitUntil(() => later.status === 'closed' && sooner.status === 'closed', DEADLINE);
    expect(later.closeTime).toBe(first + 700);
    expect(sooner.closeTime).toBe(first + 350);
    expect(commands(COMMAND.CLOSE, later.market)).toHaveLength(1);
    expect(commands(COMMAND.CLOSE, later.market)[0]?.time).toBeGreaterThanOrEqual(first + 700);
  });

  test('a job that was lost is found', async () => {
    await open();
    const jobs = await start({ timing: QUICK });
    const market = await exchange.create('lost', { closeTime: exchange.now() + HOUR_MS });
    jobs.marketChanged('lost');
    await jobs.sweep();
    await wipe();
    exchange.pass(HOUR_MS + 1_000);
    await vi.waitUntil(() => market.status === 'closed', DEADLINE);
    expect(jobs.rescuedCount).toBeGreaterThan(0);
  });

  test('a queue that goes away and comes back is worked on again', async () => {
    await open();
    const jobs = await start({ timing: QUICK });
    const market = await exchange.create('patient', { closeTime: exchange.now() + HOUR_MS });
    jobs.marketChanged('patient');
    await jobs.sweep();
    if (store === 'redis') await redis?.crash();
    else postgres.crash();
    jobs.marketChanged('patient');
    exchange.pass(HOUR_MS + 1_000);
    if (store === 'redis') await redis?.restart();
    await vi.waitUntil(() => market.status === 'closed', DEADLINE);
  });

  test('what fell due while nobody was there is done at the start', async () => {
    await open();
    await exchange.open(2);
    const due = await exchange.create('due', { closeTime: exchange.now() + HOUR_MS });
    const called = await exchange.create('called-off', { closeTime: exchange.now() + HOUR_MS });
    const proposed = await exchange.create('proposed', { closeTime: exchange.now() + 1_000, disputeWindowMs: HOUR_MS });
    for (const market of [called, proposed]) {
      await exchange.order(1, market, BUY, 6_000, 100);
      await exchange.order(2, market, SELL, 6_000, 100);
    }
    exchange.pass(2_000);
    await start({ timing: NO_SWEEP });
    await vi.waitUntil(() => proposed.status === 'closed', DEADLINE);
    await exchange.void(called);
    await exchange.resolve(proposed, [10_000, 0]);
    await exchange.close();
    exchange.pass(2 * HOUR_MS);
    await start({ timing: NO_SWEEP });
    await vi.waitUntil(
      () => [called, proposed].every((one) => one.settlementDone) && due.status === 'closed',
      DEADLINE,
    );
    expect(proposed.status).toBe('resolved');
    expect(await exchange.query('QUERY_AUDIT', {})).toMatchObject({ escrow: 0, conserved: true });
    expect(await exchange.query('QUERY_ACCOUNT', { account: 1 })).toMatchObject({ balance: 1_000_400_000 });
  });

  test('thousands of holders are paid while others trade, and nobody twice when the payer dies', async () => {
    await open();
    const HOLDERS = 5_000;
    await exchange.open(HOLDERS + 1);
    const market = await exchange.create('many', { closeTime: exchange.now() + HOUR_MS });
    const other = await exchange.create('other', { closeTime: exchange.now() + 100 * HOUR_MS });
    // Pairs: one buys YES at 60 ¢ of the other, who then holds NO.
    await exchange.orders(HOLDERS, market, (i) => ({ account: i + 1, side: i % 2, price: 6_000, lots: 100 }));
    exchange.pass(HOUR_MS);
    const dying = new DyingPort(exchange.engine.port);
    const first = await start({ port: dying, timing: NO_SWEEP });
    await vi.waitUntil(() => market.status === 'closed', DEADLINE);
    dying.diesAfter(5);
    await exchange.resolve(market, [10_000, 0]);
    first.settle('many');
    let trades = 0;
    const trading = (async () => {
      // Each order fills the one before, so that however long the payers take, nobody reaches the limit of open orders.
      for (; !market.settlementDone; trades++) await exchange.order(11 + (trades % 7), other, trades % 2, 100, 1);
    })();
    await vi.waitUntil(() => dying.dead, DEADLINE);
    expect(market.settlementDone).toBe(false);
    const paidByFirst = market.settled;
    expect(paidByFirst).toBeGreaterThan(0);

    // Two more come, as after a restart that was done twice: the job of the first is still marked as being worked on.
    const [second, third] = await Promise.all([start({ timing: QUICK }), start({ timing: QUICK })]);
    second.settle('many');
    third.settle('many');
    await vi.waitUntil(() => market.settlementDone, DEADLINE);
    await trading;
    dying.bury();

    expect(market.settled).toBe(HOLDERS);
    expect(market.paid).toBe((HOLDERS / 2) * 1_000_000);
    for (const account of [1, HOLDERS - 1]) {
      expect((await exchange.query('QUERY_ACCOUNT', { account })).balance).toBe(1_000_400_000);
      expect((await exchange.query('QUERY_ACCOUNT', { account: account + 1 })).balance).toBe(999_600_000);
    }
    expect(await exchange.query('QUERY_SETTLEMENT', { market: market.market })).toMatchObject({ escrow: 0 });
    expect(await exchange.query('QUERY_AUDIT', {})).toMatchObject({ conserved: true });
    const batches = commands(COMMAND.SETTLE_BATCH, market.market);
    expect(batches.length).toBeGreaterThan(10);
    // Between most batches somebody else’s command was sequenced.
    const together = batches.filter((one, i) => one.seq === (batches[i - 1]?.seq ?? 0) + 1);
    expect(together.length).toBeLessThan(batches.length / 2);
    expect(trades).toBeGreaterThan(batches.length / 2);
  });

  test('a job that gives up is told of, and its work is taken up again later', async () => {
    await open();
    const away = new RefusingPort(exchange.engine.port);
    const jobs = await start({ port: away, timing: { ...QUICK, attempts: 3, backoffMs: 10 } });
    const market = await exchange.create('unlucky', { closeTime: exchange.now() + 1_000 });
    exchange.pass(1_000);
    jobs.marketChanged('unlucky');
    await vi.waitUntil(async () => (await jobs.failures(10)).length > 0, DEADLINE);
    const [failure] = await jobs.failures(10);
    expect(failure).toMatchObject({ queue: 'markets', name: 'close', market: 'unlucky', attempts: 3 });
    expect(failure?.error).toContain('OVERLOADED');
    expect(jobs.failedCount).toBeGreaterThan(0);
    expect(exchange.errors).not.toEqual([]);
    away.refusing = false;
    exchange.pass(HOUR_MS);
    await vi.waitUntil(() => market.status === 'closed', DEADLINE);
  });

  test('a resolution is followed by a report of what the read model knows then', async () => {
    await open();
    await exchange.open(2);
    const jobs = await start({ timing: NO_SWEEP });
    const market = await exchange.create('scored', { closeTime: exchange.now() + HOUR_MS, category: 'weather' });
    await exchange.order(1, market, BUY, 8_000, 100);
    await exchange.order(2, market, SELL, 8_000, 100);
    exchange.pass(HOUR_MS);
    jobs.marketChanged('scored');
    await vi.waitUntil(() => market.status === 'closed', DEADLINE);
    expect(await jobs.calibration.market('scored')).toBeNull();
    await exchange.resolve(market, [10_000, 0]);
    jobs.settle('scored');
    const { sql } = exchange.database;
    const stored = () => sql<{ seq: number; scored: number }[]>`
      select seq, (report ->> 'scored')::int as scored from brier.calibration_reports order by id`;
    await vi.waitUntil(async () => (await stored()).at(-1)?.scored === 1, DEADLINE);
    const settledAt = commands(COMMAND.SETTLE_BATCH, market.market).at(-1)?.seq;
    expect((await stored()).at(-1)?.seq).toBeGreaterThanOrEqual(settledAt ?? 0);
    const own = await jobs.calibration.market('scored');
    expect(own).toMatchObject({ market: 'scored', scored: 1, groups: [{ key: 'scored', horizonMs: 0 }] });
    expect(own?.groups[0]?.scores.brierBinary).toBeCloseTo(0.04, 12);
  });
});

/** A port whose owner dies after some settlement commands: what it sent last is never answered. */
class DyingPort implements CommandPort {
  dead = false;
  private left = Number.POSITIVE_INFINITY;
  private readonly port: CommandPort;
  private readonly unanswered: (() => void)[] = [];

  constructor(port: CommandPort) {
    this.port = port;
  }

  get buffer() {
    return this.port.buffer;
  }

  get seq() {
    return this.port.seq;
  }

  diesAfter(commands: number): void {
    this.left = commands;
  }

  async request(at: number): ReturnType<CommandPort['request']> {
    if (this.dead) this.buffer.clear();
    else {
      const reply = await this.port.request(at);
      if (--this.left > 0) return reply;
    }
    this.dead = true;
    return new Promise((_, reject) => {
      this.unanswered.push(() => reject(new Error('dead')));
    });
  }

  /** Lets its process end. */
  bury(): void {
    for (const reject of this.unanswered) reject();
  }
}

/** A port to an engine that takes nothing. */
class RefusingPort implements CommandPort {
  refusing = true;
  private readonly port: CommandPort;

  constructor(port: CommandPort) {
    this.port = port;
  }

  get buffer() {
    return this.port.buffer;
  }

  get seq() {
    return this.port.seq;
  }

  async request(at: number): ReturnType<CommandPort['request']> {
    if (!this.refusing) return this.port.request(at);
    this.buffer.clear();
    return { code: 'OVERLOADED', count: 0, seq: this.seq };
  }
}
