import type { Sql } from '../../postgres/connect.ts';
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
      and time >= ${startAtOrAfter(from, intervalMs)} and time < ${startAtOrAfter(to, intervalMs)}
  )
  select ${outcome}::int as outcome, start,
    (array_agg(open order by time))[1] as open, max(high) as high, min(low) as low,
    (array_agg(close order by time desc))[1] as close,
    sum(lots)::bigint as lots, sum(micros)::bigint as micros, sum(trades)::bigint as trades
  from kept group by start order by start limit ${limit}`;

/** Whole candles only: one cut in half at the edge of the range would have a wrong open or close. */
const startAtOrAfter = (time: number, intervalMs: number): number => Math.ceil(time / intervalMs) * intervalMs;
