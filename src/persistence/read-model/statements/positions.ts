import type { Sql } from 'postgres';
import type { PositionRow } from '../reads.ts';

/** By market and outcome; those that hold something. */
export const positionsOfAccount = (
  sql: Sql,
  account: number,
  market: number | undefined,
  limit: number,
): Promise<PositionRow[]> => sql<PositionRow[]>`
  select account, market, outcome, shares::float8 as shares, held::float8 as held, cost::float8 as cost,
    realized::float8 as realized, seq::float8 as seq
  from brier.positions
  where account = ${account} and positions.shares > 0 ${market === undefined ? sql`` : sql`and market = ${market}`}
  order by market, outcome limit ${limit}`;
