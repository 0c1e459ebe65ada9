import type { Sql } from '../../postgres/connect.ts';
import type { FillRow } from '../reads.ts';

const columns = (sql: Sql) => sql`
  f.trade_id as "tradeId", f.seq, f.time, f.account,
  f.order_id as "orderId", o.client_order_id as "clientOrderId", f.market, f.outcome, f.side, f.mirrored, f.price,
  f.lots, f.micros, f.fee, f.maker, f.venue`;

/** Oldest first. */
export const fillsOfOrder = (sql: Sql, account: number, orderId: number, limit: number): Promise<FillRow[]> =>
  sql<FillRow[]>`
  select ${columns(sql)} from brier.fills f join brier.orders o using (order_id)
  where f.order_id = ${orderId} and f.account = ${account}
  order by f.trade_id limit ${limit}`;

/** Newest first by (seq, trade id, order id). */
export const fillsOfAccount = (
  sql: Sql,
  account: number,
  market: number | undefined,
  orderId: number | undefined,
  before: { seq: number; tradeId: number; orderId: number } | undefined,
  limit: number,
): Promise<FillRow[]> => sql<FillRow[]>`
  select ${columns(sql)} from brier.fills f join brier.orders o using (order_id)
  where f.account = ${account}
    ${market === undefined ? sql`` : sql`and f.market = ${market}`}
    ${orderId === undefined ? sql`` : sql`and f.order_id = ${orderId}`}
    ${before === undefined ? sql`` : sql`and (f.seq, f.trade_id, f.order_id) < (${before.seq}, ${before.tradeId}, ${before.orderId})`}
  order by f.seq desc, f.trade_id desc, f.order_id desc limit ${limit}`;
