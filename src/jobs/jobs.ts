import { insertFailure, newestFailures } from '../persistence/jobs/failures.ts';
import type { Sql } from '../persistence/postgres/connect.ts';
import type { FollowerProgress, Reads } from '../persistence/read-model/reads.ts';
import { closeMarket } from './closeMarket.ts';
import type { JobContext } from './context.ts';
import { Planner } from './planner.ts';
import type { CommandPort, JobLog, JobMarket, JobMarkets } from './ports.ts';
import {
  type EndedJob,
  type JobQueue,
  type JobStore,
  migrateStore,
  openQueue,
  type QueueOptions,
  type RunningJob,
} from './queues.ts';
import { reportCalibration } from './reportCalibration.ts';
import { CalibrationService } from './reports/calibrationService.ts';
import { prune } from './retention.ts';
import { settleMarket } from './settleMarket.ts';
import { Throttle } from './throttle.ts';

/** How often all markets are looked at for work whose job was lost. */
export const SWEEP_EVERY_MS = 5_000;
/** A report of all markets, besides those after a resolution. */
export const REPORT_EVERY_MS = 3_600_000;
export const RETENTION_EVERY_MS = 10 * 60_000;
/** The schedules of these two are written again so often: the queue may have been wiped. */
const SCHEDULE_EVERY_MS = 10 * 60_000;
/** Resolutions within this time share one report, measured when it is over. */
const REPORT_WINDOW_MS = 2_000;
/** Attempts of a job, and the wait before the second one, doubled with each: about a minute in all. */
const ATTEMPTS = 8;
const BACKOFF_MS = 500;
/** Markets worked on at once. Each has one command under way at most. */
const MARKET_JOBS = 8;
/** A stopping process waits so long for the commands under way. */
const CLOSE_TIMEOUT_MS = 5_000;

export type JobsDeps = {
  databaseUrl: string;
  /** Jobs are kept in Redis; absent: in Postgres. */
  redisUrl?: string;
  shard?: number;
  port: CommandPort;
  markets: JobMarkets;
  sql: Sql;
  reads: Reads;
  follower: FollowerProgress;
  log: JobLog;
  now: () => number;
  timing?: JobTiming;
};

/** Defaults are the constants of this module and of the planner. */
export type JobTiming = {
  sweepEveryMs?: number;
  lateAfterMs?: number;
  rescueEveryMs?: number;
  attempts?: number;
  backoffMs?: number;
};

/** Opens the queues, looks for work that was lost, and works. Events must reach `markets` from now on. */
export async function startJobs(deps: JobsDeps): Promise<Jobs> {
  const jobs = new Jobs(deps);
  await jobs.start();
  return jobs;
}

/**
 * Everything that happens by itself: markets close, settle and are measured, old rows go. Jobs only propose commands that
 * may be repeated; that they run at least once, and that lost ones are found, is all that the queue is trusted with.
 */
export class Jobs {
  readonly calibration: CalibrationService;
  /** Jobs that gave up since the start. */
  failedCount = 0;
  /** Attempts that failed and were followed by another one. */
  retriedCount = 0;
  private readonly deps: JobsDeps;
  private readonly planner: Planner;
  private readonly context: JobContext;
  private readonly trouble: Throttle;
  private readonly writing = new Set<Promise<void>>();
  private markets: JobQueue | undefined;
  private upkeep: JobQueue | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  private scheduledAt = Number.NEGATIVE_INFINITY;
  private readonly store: JobStore;
  /** The store is as we need it; doubted whenever something could not be added. */
  private ready = false;
  private stopping = false;

  constructor(deps: JobsDeps) {
    const { databaseUrl, redisUrl, port, markets, now, log, timing } = deps;
    this.deps = deps;
    this.store = redisUrl === undefined ? { databaseUrl } : { redisUrl };
    this.calibration = new CalibrationService(deps);
    this.trouble = new Throttle((message, fields) => log.warn(fields, message));
    const swept = new Set<number>();
    this.context = { port, markets, now, stopping: () => this.stopping, swept };
    this.planner = new Planner({ markets, swept, now, add: (jobs) => this.opened('markets').add(jobs) }, timing);
  }

  /** Jobs added for work that was overdue. */
  get rescuedCount(): number {
    return this.planner.rescued;
  }

  /** A market was created, its close time moved or its status changed. Never throws. */
  marketChanged(slug: string): void {
    const market = this.deps.markets.bySlug(slug);
    if (market === undefined || this.stopping) return;
    this.planner.plan(market).catch((error: unknown) => this.complain('planning', error));
  }

  /** What is decided is to be paid. Never throws. */
  settle(slug: string): void {
    this.marketChanged(slug);
  }

  /** Newest first. */
  failures(limit: number): ReturnType<typeof newestFailures> {
    return newestFailures(this.deps.sql, limit);
  }

  /** Used by `startJobs`. */
  async start(): Promise<void> {
    const { timing } = this.deps;
    await migrateStore(this.store);
    this.ready = true;
    const shared = {
      attempts: timing?.attempts ?? ATTEMPTS,
      backoffMs: timing?.backoffMs ?? BACKOFF_MS,
      onRetry: (job: EndedJob) => this.retried(job),
      onFailed: (job: EndedJob) => this.failed(job),
    };
    const options = (name: string, concurrency: number, run: QueueOptions['run']): QueueOptions => ({
      ...shared,
      name,
      concurrency,
      run,
      onTrouble: (error) => this.complain(name, error),
    });
    try {
      this.markets = await openQueue(
        this.store,
        options('markets', MARKET_JOBS, (job) => this.runMarketJob(job)),
      );
      this.upkeep = await openQueue(
        this.store,
        options('upkeep', 1, (job) => this.runUpkeep(job)),
      );
    } catch (error) {
      await this.close();
      throw error;
    }
    await this.sweep();
    this.markets.start();
    this.upkeep.start();
    // A timer of this process, not a scheduled job: what finds lost jobs must not be lost with them.
    this.timer = setInterval(() => void this.sweep(), timing?.sweepEveryMs ?? SWEEP_EVERY_MS);
  }

  /** Sends no further command, waits for those under way, and closes the queues. To be called before Postgres stops. */
  async close(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await Promise.all([this.markets?.close(CLOSE_TIMEOUT_MS), this.upkeep?.close(CLOSE_TIMEOUT_MS)]);
    await this.sweeping;
    await Promise.all(this.writing);
  }

  /** Plans what is due and finds what was lost; runs by itself every {@link SWEEP_EVERY_MS}. Never rejects. */
  sweep(): Promise<void> {
    this.sweeping ??= this.lookForWork()
      .catch((error: unknown) => {
        this.ready = false;
        this.complain('sweep', error);
      })
      .finally(() => {
        this.sweeping = undefined;
      });
    return this.sweeping;
  }

  private async lookForWork(): Promise<void> {
    if (!this.ready) {
      await migrateStore(this.store);
      this.ready = true;
      this.scheduledAt = Number.NEGATIVE_INFINITY;
    }
    const now = this.deps.now();
    if (now - this.scheduledAt >= SCHEDULE_EVERY_MS) {
      const upkeep = this.opened('upkeep');
      await upkeep.every(REPORT_EVERY_MS, 'report');
      await upkeep.every(RETENTION_EVERY_MS, 'retention');
      this.scheduledAt = now;
    }
    await this.planner.sweep();
  }

  private async runMarketJob({ name, data, progress }: RunningJob): Promise<void> {
    const market = this.deps.markets.markets[data.market ?? -1];
    // The queue of an exchange that was started anew from an older backup: nothing to do here.
    if (market === undefined) return;
    await this.planner.exclusively(name, market.market, async () => {
      if (name === 'close') await closeMarket(this.context, market);
      else {
        const seq = await settleMarket(this.context, market, progress);
        if (seq !== null) await this.reportAfter(seq);
      }
    });
  }

  private async reportAfter(seq: number): Promise<void> {
    const now = this.deps.now();
    const window = Math.floor(now / REPORT_WINDOW_MS);
    const delayMs = (window + 1) * REPORT_WINDOW_MS - now;
    await this.opened('upkeep').add([{ name: 'report', id: `report-${window}`, data: { seq }, delayMs }]);
  }

  private async runUpkeep({ name, data }: RunningJob): Promise<void> {
    const { sql, follower, port, now, shard = 0 } = this.deps;
    if (name === 'retention') {
      await prune(sql, shard, follower);
      return;
    }
    // Resolutions that share a report came before it: the port has seen all of them.
    const seq = Math.max(data.seq ?? 0, port.seq);
    const { calibration, context } = this;
    await reportCalibration({ sql, follower, calibration, now, stopping: context.stopping }, seq);
  }

  private opened(name: 'markets' | 'upkeep'): JobQueue {
    const queue = this[name];
    if (queue === undefined) throw new Error(`the queue ${name} is not open`);
    return queue;
  }

  private marketOf({ data }: EndedJob): JobMarket | undefined {
    return data.market === undefined ? undefined : this.deps.markets.markets[data.market];
  }

  private retried(job: EndedJob): void {
    this.retriedCount++;
    this.complain(`job ${job.name}`, job.error);
  }

  private failed(job: EndedJob): void {
    this.failedCount++;
    const { queue, id, name, attempts, error } = job;
    const market = this.marketOf(job);
    if (market !== undefined) this.planner.failed(name, market.market);
    const row = { queue, jobId: id, name, market: market?.slug ?? null, error: error.message, attempts };
    this.deps.log.error({ ...row, err: error }, 'a job has given up');
    const writing = insertFailure(this.deps.sql, { ...row, failedAt: this.deps.now() })
      .catch((reason: unknown) => this.complain('job failures', reason))
      .finally(() => this.writing.delete(writing));
    this.writing.add(writing);
  }

  /** Passing trouble: it is tried again. */
  private complain(part: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.trouble.say(part, message, { part: `jobs: ${part}` });
  }
}
