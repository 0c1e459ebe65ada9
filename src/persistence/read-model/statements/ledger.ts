import type { Sql } from 'postgres';
import type { LedgerRow } from '../reads.ts';

/** Newest first: the primary key, read backwards. */
export const ledgerOfAccount = (
  sql: Sql,
  account: number,
  before: number | undefined,
  limit: number,
): Promise<LedgerRow[]> => sql<LedgerRow[]>`
  select seq::float8 as seq, time::float8 as time, delta::float8 as delta, balance::float8 as balance,
    held::float8 as held, cause, market, reference
  from brier.ledger
  where account = ${account} ${before === undefined ? sql`` : sql`and seq < ${before}`}
  order by ledger.seq desc limit ${limit}`;
