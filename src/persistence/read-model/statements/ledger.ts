import type { Sql } from '../../postgres/connect.ts';
import type { LedgerRow } from '../reads.ts';

/** Newest first: the primary key, read backwards. */
export const ledgerOfAccount = (
  sql: Sql,
  account: number,
  before: number | undefined,
  limit: number,
): Promise<LedgerRow[]> => sql<LedgerRow[]>`
  select seq, time, delta, balance,
    held, cause, market, reference
  from brier.ledger
  where account = ${account} ${before === undefined ? sql`` : sql`and seq < ${before}`}
  order by ledger.seq desc limit ${limit}`;
