import type { Sql } from '../postgres/connect.ts';

/** A market that was resolved or voided, with what a calibration report needs of it. */
export type DecidedMarket = {
  market: number;
  slug: string;
  category: string | null;
  outcomes: number;
  createdAt: number;
  closeTime: number;
  /** When it was resolved; of a voided market, when it last changed. */
  decidedAt: number;
  /** ticks paid per lot of each outcome; null: voided */
  payouts: number[] | null;
  /** millionths, −1 none */
  closingPrices: number[] | null;
};

export type DecidedFilter = {
  /** decidedAt in [from, to) */
  from?: number | undefined;
  to?: number | undefined;
  slug?: string | undefined;
  category?: string | undefined;
};

const VOIDED = 6;
const FOREVER = Number.MAX_SAFE_INTEGER;

/** Newest first by (decidedAt, market), after `after`, at most `limit`. */
export function decidedMarkets(
  sql: Sql,
  filter: DecidedFilter,
  after: { decidedAt: number; market: number } | undefined,
  limit: number,
): Promise<DecidedMarket[]> {
  const { from = 0, to = FOREVER, slug, category } = filter;
  const last = after ?? { decidedAt: FOREVER, market: 0 };
  // The definition is JSON as the engine got it. `->` keeps a string as it was written there, by the same JSON.stringify.
  const wanted = sql`
    ${slug === undefined ? sql`` : sql`and slug = ${slug}`}
    ${category === undefined ? sql`` : sql`and (definition::json -> 'category')::text = ${JSON.stringify(category)}`}`;
  const columns = sql`
    market, slug, definition::json -> 'category' as category, outcomes, created_at as "createdAt",
    close_time as "closeTime", closing_prices as "closingPrices"`;
  return sql<DecidedMarket[]>`
    (select ${columns}, resolved_at as "decidedAt", payouts from brier.markets
      where resolved_at >= ${from} and resolved_at < ${to}
        and (resolved_at, market) < (${last.decidedAt}, ${last.market}) ${wanted}
      order by resolved_at desc, market desc limit ${limit})
    union all
    (select ${columns}, changed_at as "decidedAt", null::int[] as payouts from brier.markets
      where status = ${VOIDED} and changed_at >= ${from} and changed_at < ${to}
        and (changed_at, market) < (${last.decidedAt}, ${last.market}) ${wanted}
      order by changed_at desc, market desc limit ${limit})
    order by "decidedAt" desc, market desc limit ${limit}`;
}

export type HorizonPrice = { market: number; horizonMs: number; outcome: number; millionths: number };

/** A price point is the last price of the second that starts at its time. */
const POINT_MS = 1_000;

/**
 * The price of every outcome of these markets that stood `horizonMs` before the close; none where there was none yet. Of
 * the second in which that moment lies nothing is taken: a forecast must not know what came after it.
 */
export function pricesBeforeClose(
  sql: Sql,
  markets: readonly { market: number; outcomes: number; closeTime: number }[],
  horizonsMs: readonly number[],
): Promise<HorizonPrice[]> {
  return sql<HorizonPrice[]>`
    select m.market, h.horizon as "horizonMs", o.outcome, p.millionths
    from unnest(${list(markets.map((one) => one.market))}::int[], ${list(markets.map((one) => one.outcomes))}::int[],
      ${list(markets.map((one) => one.closeTime))}::bigint[]) as m (market, outcomes, close_time)
    cross join unnest(${list(horizonsMs)}::bigint[]) as h (horizon)
    cross join lateral generate_series(0, m.outcomes - 1) as o (outcome)
    cross join lateral (
      select millionths from brier.price_points
      where market = m.market and outcome = o.outcome and resolution = ${POINT_MS}
        and time <= m.close_time - h.horizon - ${POINT_MS - 1}
      order by price_points.time desc limit 1
    ) p`;
}

export type DailyPrice = { market: number; outcome: number; day: number; millionths: number };

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The last price of each outcome on every UTC day (number of it since 1970) on which it changed, oldest first. */
export const dailyPrices = (sql: Sql, markets: readonly number[], limit: number): Promise<DailyPrice[]> => sql<
  DailyPrice[]
>`
  with hours as (
    select market, outcome, time, time / ${DAY_MS}::bigint as day, millionths from brier.price_points
    where market = any(${list(markets)}::int[]) and resolution = ${HOUR_MS}
  )
  select distinct on (market, outcome, day) market, outcome, day, millionths from hours
  order by market, outcome, day, hours.time desc
  limit ${limit}`;

/** An array parameter as text: the driver then needs no query of its own to learn the type. */
const list = (values: readonly number[]): string => `{${values.join(',')}}`;
