import type { Sql } from 'postgres';
import type { CandleRow } from '../reads.ts';
import { resolutionFor } from '../resolutions.ts';

/** Oldest first. At most 60 kept rows make one candle (24 hours a day), so the work is bounded by `limit`. */
export const candlesOfOutcome = (
  sql: Sql,
  market: number,
  outcome: number,
  intervalMs: number,
  from: number,
  to: number,
  limit: number,
): Promise<CandleRow[]> => sql<CandleRow[]>`
  with kept as (
    select *, time / ${intervalMs}::bigint * ${intervalMs}::bigint as start from brier.candles
    where market = ${market} and outcome = ${outcome} and resolution = ${resolutionFor(intervalMs)}
      and time >= ${firstStart(from, intervalMs)} and time < ${to}
  )
  select ${outcome}::int as outcome, start::float8 as start,
    (array_agg(open order by time))[1] as open, max(high) as high, min(low) as low,
    (array_agg(close order by time desc))[1] as close,
    sum(lots)::float8 as lots, sum(micros)::float8 as micros, sum(trades)::float8 as trades
  from kept group by start order by start limit ${limit}`;

/** The first candle that starts within the range: one cut in half at its edge would have a wrong open. */
const firstStart = (from: number, intervalMs: number): number => Math.ceil(from / intervalMs) * intervalMs;
