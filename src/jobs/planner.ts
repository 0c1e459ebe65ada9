import { setImmediate as turn } from 'node:timers/promises';
import { type Work, workOf } from './dueWork.ts';
import type { JobMarket, JobMarkets } from './ports.ts';
import type { NewJob } from './queues.ts';

/** A job is planned this long before it is due at most; the sweep plans the rest as time goes on. */
export const PLAN_AHEAD_MS = 7 * 86_400_000;
/** Work that is late by less is on its way: its job is being fetched, or the engine is busy. */
const LATE_AFTER_MS = 2_000;
/** What is late gets one more job in so long (a job’s attempts take about as long), under an id that all processes agree on. */
const RESCUE_EVERY_MS = 60_000;
/** Work whose job gave up is left alone for so long. */
const REST_AFTER_FAILURE_MS = 5 * 60_000;
/** After so long everything is planned again, whatever was planned before: the queue may have been wiped. */
const FORGET_EVERY_MS = 10 * 60_000;
/** Markets looked at before sockets get their turn. */
const MARKETS_PER_TURN = 5_000;

export type PlannerOptions = { lateAfterMs?: number; rescueEveryMs?: number };

/**
 * Turns the state of markets into jobs. A job’s id names the market and the moment that it was planned for, so that planning
 * twice adds nothing, and a close time that moves gets a job of its own. What is overdue although no job of this process is
 * at it gets a fresh id: the queue takes a known one for done, even where that job was lost.
 */
export class Planner {
  /** By work and market: the id planned last, and when that job is due. Bounded by the engine’s markets. */
  private readonly planned = new Map<string, { id: string; dueAt: number }>();
  private readonly running = new Set<string>();
  private readonly failedAt = new Map<string, number>();
  private forgotAt: number;
  private readonly lateAfterMs: number;
  private readonly rescueEveryMs: number;
  private readonly deps: PlannerDeps;
  /** Jobs added for work that was overdue. */
  rescued = 0;

  constructor(deps: PlannerDeps, options: PlannerOptions = {}) {
    this.deps = deps;
    this.forgotAt = deps.now();
    this.lateAfterMs = options.lateAfterMs ?? LATE_AFTER_MS;
    this.rescueEveryMs = options.rescueEveryMs ?? RESCUE_EVERY_MS;
  }

  /** Plans what is to be done for a market that has just changed. */
  async plan(market: JobMarket): Promise<void> {
    const jobs = workOf(market, this.deps.swept.has(market.market)).flatMap((work) => this.jobFor(market, work, false));
    await this.add(jobs);
  }

  /** Looks at every market: plans what comes near, and finds what should have been done already. */
  async sweep(): Promise<void> {
    const { markets, swept, now } = this.deps;
    if (now() - this.forgotAt >= FORGET_EVERY_MS) {
      this.forgotAt = now();
      this.planned.clear();
    }
    const jobs: NewJob[] = [];
    for (let i = 0; i < markets.markets.length; i++) {
      const market = markets.markets[i];
      if (market === undefined) continue;
      for (const work of workOf(market, swept.has(i))) jobs.push(...this.jobFor(market, work, true));
      if (i % MARKETS_PER_TURN === MARKETS_PER_TURN - 1) await turn();
    }
    await this.add(jobs);
  }

  /** Runs `job` unless this process is at the same work already; then there is nothing left to do. */
  async exclusively(name: string, market: number, job: () => Promise<void>): Promise<void> {
    const key = workKey(name, market);
    if (this.running.has(key)) return;
    this.running.add(key);
    try {
      await job();
    } finally {
      this.running.delete(key);
    }
  }

  /** The work’s job has given up. */
  failed(name: string, market: number): void {
    this.failedAt.set(workKey(name, market), this.deps.now());
  }

  private jobFor(market: JobMarket, { job, at }: Work, sweeping: boolean): NewJob[] {
    const now = this.deps.now();
    if (at - now > PLAN_AHEAD_MS) return [];
    const key = workKey(job, market.market);
    const planned = this.planned.get(key);
    let id = `${key}-${at === 0 ? market.status : at}`;
    // What is to be done at once is due when it is first planned.
    const dueAt = at === 0 ? (planned?.dueAt ?? now) : at;
    const late = sweeping && now - dueAt >= this.lateAfterMs;
    if (late) {
      if (this.running.has(key)) return [];
      if (now - (this.failedAt.get(key) ?? Number.NEGATIVE_INFINITY) < REST_AFTER_FAILURE_MS) return [];
      id += `-late-${Math.floor(now / this.rescueEveryMs)}`;
    }
    if (planned?.id === id) return [];
    if (late) this.rescued++;
    this.planned.set(key, { id, dueAt });
    return [{ name: job, id, data: { market: market.market }, delayMs: Math.max(0, at - now) }];
  }

  private async add(jobs: NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    try {
      await this.deps.add(jobs);
    } catch (error) {
      // Nobody knows which of them were added: the next sweep plans all of them again.
      for (const { name, data } of jobs) this.planned.delete(workKey(name, data.market ?? -1));
      throw error;
    }
  }
}

export type PlannerDeps = {
  markets: JobMarkets;
  swept: ReadonlySet<number>;
  now: () => number;
  add: (jobs: readonly NewJob[]) => Promise<void>;
};

const workKey = (job: string, market: number): string => `${job}-${market}`;
