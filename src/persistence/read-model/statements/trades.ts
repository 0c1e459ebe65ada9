import type { Sql } from '../../postgres/connect.ts';
import type { TradeRow } from '../reads.ts';

/** Newest first by (seq, trade id): the primary key, read backwards. */
export const tradesOfMarket = (
  sql: Sql,
  market: number,
  outcome: number | undefined,
  before: { seq: number; tradeId: number } | undefined,
  limit: number,
): Promise<TradeRow[]> => sql<TradeRow[]>`
  select trade_id as "tradeId", seq, time, outcome, side, price, lots,
    micros, venue
  from brier.trades
  where market = ${market}
    ${outcome === undefined ? sql`` : sql`and outcome = ${outcome}`}
    ${before === undefined ? sql`` : sql`and (seq, trade_id) < (${before.seq}, ${before.tradeId})`}
  order by seq desc, trade_id desc limit ${limit}`;
