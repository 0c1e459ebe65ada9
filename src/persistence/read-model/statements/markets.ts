import type { Sql } from '../../postgres/connect.ts';
import type { MarketRow } from '../reads.ts';

const columns = (sql: Sql) => sql`
  market, slug, type, outcomes, tick_size as "tickSize", liquidity,
  dispute_window as "disputeWindow", definition, created_seq as "createdSeq",
  created_at as "createdAt", seq, changed_at as "changedAt", status,
  close_time as "closeTime", dispute_until as "disputeUntil", payouts,
  closing_prices as "closingPrices", closing_sources as "closingSources", resolved_at as "resolvedAt", reason,
  settled, settlement_steps as "settlementSteps", paid`;

export async function marketByNumber(sql: Sql, market: number): Promise<MarketRow | null> {
  const [row] = await sql<MarketRow[]>`select ${columns(sql)} from brier.markets where market = ${market}`;
  return row ?? null;
}

export async function marketBySlug(sql: Sql, slug: string): Promise<MarketRow | null> {
  const [row] = await sql<MarketRow[]>`select ${columns(sql)} from brier.markets where slug = ${slug}`;
  return row ?? null;
}

/** Oldest first by (resolved_at, market). */
export const marketsResolved = (
  sql: Sql,
  from: number,
  to: number,
  after: { resolvedAt: number; market: number } | undefined,
  limit: number,
): Promise<MarketRow[]> => sql<MarketRow[]>`
  select ${columns(sql)} from brier.markets
  where resolved_at >= ${from} and resolved_at < ${to}
    ${after === undefined ? sql`` : sql`and (resolved_at, market) > (${after.resolvedAt}, ${after.market})`}
  order by resolved_at, market limit ${limit}`;
