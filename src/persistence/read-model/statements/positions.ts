import type { Sql } from '../../postgres/connect.ts';
import type { PositionRow } from '../reads.ts';

/** By market and outcome; those that hold something. */
export const positionsOfAccount = (
  sql: Sql,
  account: number,
  market: number | undefined,
  limit: number,
): Promise<PositionRow[]> => sql<PositionRow[]>`
  select account, market, outcome, shares, held, cost,
    realized, seq
  from brier.positions
  where account = ${account} and positions.shares > 0 ${market === undefined ? sql`` : sql`and market = ${market}`}
  order by market, outcome limit ${limit}`;
