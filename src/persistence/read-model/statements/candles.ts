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

/**
 * Every outcome’s candles that start at `from` or later, oldest first, and the seq that the read model was at: of one statement, so
 * exactly the trades up to there are in them. `from` is a multiple of the interval.
 */
export async function candlesAt(
  sql: Sql,
  shard: number,
  { market, intervalMs, from }: { market: number; intervalMs: number; from: number },
): Promise<{ seq: number; rows: CandleRow[] }> {
  const found = await sql<(CandleRow & { seq: number; outcome: number | null })[]>`
    with kept as (
      select *, time / ${intervalMs}::bigint * ${intervalMs}::bigint as start from brier.candles
      where market = ${market} and resolution = ${resolutionFor(intervalMs)} and time >= ${from}
    ), put_together as (
      select outcome, start,
        (array_agg(open order by time))[1] as open, max(high) as high, min(low) as low,
        (array_agg(close order by time desc))[1] as close,
        sum(lots)::bigint as lots, sum(micros)::bigint as micros, sum(trades)::bigint as trades
      from kept group by outcome, start
    )
    select head.seq, put_together.* from brier.read_model_head head left join put_together on true
    where head.shard = ${shard} order by start, outcome`;
  const rows = found.flatMap(({ seq: _, ...row }) => (row.outcome === null ? [] : [row]));
  return { seq: found[0]?.seq ?? 0, rows };
}

/** Whole candles only: one cut in half at the edge of the range would have a wrong open or close. */
const startAtOrAfter = (time: number, intervalMs: number): number => Math.ceil(time / intervalMs) * intervalMs;
