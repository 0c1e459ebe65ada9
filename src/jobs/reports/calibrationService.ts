import type { Sql } from '../../persistence/postgres/connect.ts';
import type { FollowerProgress, Reads } from '../../persistence/read-model/reads.ts';
import {
  type CalibrationGrouping,
  type CalibrationReport,
  calibrationReport,
} from '../calibration/calibrationReport.ts';
import { reliabilityDiagram } from '../calibration/reliabilityDiagram.ts';
import type { CalibrationSample } from '../calibration/sample.ts';
import { Pacing, type Slices } from './pacing.ts';
import { readSamples } from './samples.ts';

/** Closing prices, and prices 1 h, 1, 7 and 30 days before the close. */
export const HORIZONS_MS = [0, 3_600_000, 86_400_000, 7 * 86_400_000, 30 * 86_400_000] as const;

export type CalibrationQuery = {
  /** ms; markets resolved in [from, to) */
  from?: number;
  to?: number;
  /** slug */
  market?: string;
  category?: string;
  /** ms before the close at which the price was taken; absent: the closing price */
  horizonMs?: number;
};

/** An interface as plain data, which an index of JSON values accepts. */
type Plain<T> = T extends object ? { readonly [K in keyof T]: Plain<T[K]> } : T;
/** The library’s report; `complete` is false where it is of the newest markets only. */
export type Report = Plain<CalibrationReport> & { readonly complete: boolean };
export type MarketReport = Report & { readonly market: string };

/** How long a report waits for what was just decided; then it is of what the read model has. */
const WAIT_MS = 1_000;
/** The same question within this time gets the same answer. */
const CACHE_MS = 1_000;
const CACHE_ENTRIES_MAX = 100;
type Deps = {
  sql: Sql;
  reads: Reads;
  follower: Pick<FollowerProgress, 'waitFor'>;
  /** Its `seq` is of the last command that is durable. */
  port: { readonly seq: number };
  now: () => number;
};

/** Markets of which a report tells each one by itself. */
const EACH_MARKET_MAX = 100;

/**
 * Measures how well prices forecast outcomes, over the markets of the read model. A thousand markets cost this thread about
 * 5 ms (15 ms with daily prices) for each horizon and grouping; so reports are measured in slices, one after the other.
 */
export class CalibrationService {
  private readonly cache = new Map<string, { at: number; report: Promise<Report> }>();
  private readonly pacing = new Pacing();
  private readonly deps: Deps;

  constructor(deps: Deps) {
    this.deps = deps;
  }

  /** Overall, by category, and by market where there are few, at one horizon. */
  report(query: CalibrationQuery): Promise<Report> {
    const now = this.deps.now();
    const key = JSON.stringify([query.from, query.to, query.market, query.category, query.horizonMs]);
    const cached = this.cache.get(key);
    if (cached !== undefined && Math.abs(now - cached.at) < CACHE_MS) return cached.report;
    this.cache.delete(key);
    const [oldest] = this.cache.keys();
    if (oldest !== undefined && this.cache.size >= CACHE_ENTRIES_MAX) this.cache.delete(oldest);
    const report = this.caughtUp().then(() => this.measure(query, [query.horizonMs ?? 0]));
    this.cache.set(key, { at: now, report });
    report.catch(() => this.cache.delete(key));
    return report;
  }

  /** One market at every horizon; null: there is none of this name, or none of its prices is scored yet. */
  async market(slug: string): Promise<MarketReport | null> {
    await this.caughtUp();
    if ((await this.deps.reads.market({ slug })) === null) return null;
    const report = await this.measure({ market: slug }, HORIZONS_MS, ['market']);
    return report.scored === 0 ? null : { market: slug, ...report };
  }

  /** What is kept of every report: overall and by category, at every horizon. */
  overview(): Promise<Report> {
    return this.measure({}, HORIZONS_MS, ['overall', 'category']);
  }

  /** A reliability diagram as an SVG document; empty axes where nothing is scored. */
  async svg(query: CalibrationQuery): Promise<string> {
    const report = await this.report(query);
    const overall = report.groups.find(({ by }) => by === 'overall');
    const subject = query.market ?? query.category ?? 'all markets';
    return reliabilityDiagram(overall?.scores ?? null, { title: `Calibration of ${subject}` });
  }

  private async caughtUp(): Promise<void> {
    const { follower, port } = this.deps;
    await follower.waitFor(port.seq, WAIT_MS);
  }

  private measure(query: CalibrationQuery, horizonsMs: readonly number[], by?: Groupings): Promise<Report> {
    const { market: slug, from, to, category } = query;
    return this.pacing.run(async (slices) => {
      const { samples, complete } = await readSamples(this.deps.sql, { from, to, slug, category }, horizonsMs);
      const few = samples.length <= EACH_MARKET_MAX;
      const groupings: Groupings = by ?? (few ? ['overall', 'category', 'market'] : ['overall', 'category']);
      return { ...(await inSlices(slices, samples, horizonsMs, groupings)), complete };
    });
  }
}

type Groupings = readonly CalibrationGrouping[];

/** The library’s report of all samples, put together from one of each grouping and horizon. */
async function inSlices(
  slices: Slices,
  samples: readonly CalibrationSample[],
  horizonsMs: readonly number[],
  groupings: Groupings,
): Promise<CalibrationReport> {
  let whole = calibrationReport([], { by: [] });
  for (const [i, grouping] of groupings.entries()) {
    const groups: CalibrationReport['groups'][number][] = [];
    for (const horizon of horizonsMs) {
      const part = await slices.run(() =>
        calibrationReport(
          samples.filter(({ horizonMs }) => horizonMs === horizon),
          { by: [grouping] },
        ),
      );
      groups.push(...part.groups);
      whole = { ...whole, groupsOmitted: whole.groupsOmitted + part.groupsOmitted };
      // Every grouping scores and excludes the same samples.
      if (i === 0)
        whole = { ...whole, scored: whole.scored + part.scored, excluded: sum(whole.excluded, part.excluded) };
    }
    groups.sort((a, b) => compare(a.key ?? '', b.key ?? '') || a.horizonMs - b.horizonMs);
    whole = { ...whole, groups: [...whole.groups, ...groups] };
  }
  return whole;
}

type Excluded = CalibrationReport['excluded'];

const sum = (a: Excluded, b: Excluded): Excluded => ({
  voided: a.voided + b.voided,
  unpriced: a.unpriced + b.unpriced,
  afterOutcome: a.afterOutcome + b.afterOutcome,
});

/** By code unit, as the library does. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
