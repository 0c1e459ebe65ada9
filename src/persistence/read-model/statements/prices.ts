import type { Sql } from '../../postgres/connect.ts';
import type { PriceRow } from '../reads.ts';
import { resolutionFor } from '../resolutions.ts';

/** How many outcomes a market has, and from when to when its prices changed; undefined when it has none. */
export async function priceSpan(
  sql: Sql,
  market: number,
): Promise<{ outcomes: number; from: number; to: number } | undefined> {
  const [span] = await sql<{ outcomes: number; from: number; to: number | null }[]>`
    select m.outcomes, m.created_at as "from", (
      select max(last.time) from generate_series(0, m.outcomes - 1) outcome
      cross join lateral (
        select p.time from brier.price_points p
        where p.market = m.market and p.outcome = outcome and p.resolution = 1000 order by p.time desc limit 1
      ) last
    ) as "to"
    from brier.markets m where m.market = ${market}`;
  return span === undefined || span.to === null ? undefined : { ...span, to: span.to };
}

/** The last price of each outcome in every step of `stepMs`; oldest first. */
export const pricesOfMarket = (
  sql: Sql,
  market: number,
  outcome: number | undefined,
  from: number,
  to: number,
  stepMs: number,
  limit: number,
): Promise<PriceRow[]> => sql<PriceRow[]>`
  with points as (
    select seq, time, outcome, millionths, source, time / ${stepMs}::bigint as step from brier.price_points
    where market = ${market} ${outcome === undefined ? sql`` : sql`and outcome = ${outcome}`}
      and resolution = ${resolutionFor(stepMs)} and time >= ${from} and time < ${to}
  ), last as (
    select distinct on (outcome, step) seq, time, outcome, millionths, source from points
    order by outcome, step, points.time desc
  )
  select * from last order by time, outcome limit ${limit}`;

/** The price in force at `time`. */
export async function priceAt(sql: Sql, market: number, outcome: number, time: number): Promise<PriceRow | null> {
  const [row] = await sql<PriceRow[]>`
    select seq, time, outcome, millionths, source from brier.price_points
    where market = ${market} and outcome = ${outcome} and resolution = 1000 and time <= ${time}
    order by price_points.time desc limit 1`;
  return row ?? null;
}
