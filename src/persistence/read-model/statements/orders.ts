import type { Sql } from '../../postgres/connect.ts';
import type { OrderKey, OrderRow } from '../reads.ts';

const columns = (sql: Sql) => sql`
  order_id as "orderId", account, market, outcome, side, type, tif, post_only as "postOnly", mirrored, price, size,
  filled, status, reason, filled_micros as "filledMicros", fees,
  created_at as "createdAt", created_seq as "createdSeq", seq,
  client_order_id as "clientOrderId", expires_at as "expiresAt", stp, reduce_only as "reduceOnly"`;

const olderThan = (sql: Sql, before: OrderKey | undefined) =>
  before === undefined ? sql`` : sql`and (created_seq, order_id) < (${before.createdSeq}, ${before.orderId})`;

/** Newest first. Asked for the open ones alone it may pass over many others: see {@link openOrdersById}. */
export const ordersOfAccount = (
  sql: Sql,
  account: number,
  market: number | undefined,
  open: boolean | undefined,
  before: OrderKey | undefined,
  limit: number,
): Promise<OrderRow[]> => sql<OrderRow[]>`
  select ${columns(sql)} from brier.orders
  where account = ${account}
    ${market === undefined ? sql`` : sql`and market = ${market}`}
    ${open === undefined ? sql`` : open ? sql`and status = 0` : sql`and status <> 0`}
    ${olderThan(sql, before)}
  order by created_seq desc, order_id desc limit ${limit}`;

/** Newest first, those of `orderIds` that are open. */
export const openOrdersById = (
  sql: Sql,
  account: number,
  orderIds: readonly number[],
  market: number | undefined,
  before: OrderKey | undefined,
  limit: number,
): Promise<OrderRow[]> => sql<OrderRow[]>`
  select ${columns(sql)} from brier.orders
  where order_id = any(${`{${orderIds.join(',')}}`}::bigint[]) and account = ${account} and status = 0
    ${market === undefined ? sql`` : sql`and market = ${market}`}
    ${olderThan(sql, before)}
  order by created_seq desc, order_id desc limit ${limit}`;

export async function orderById(sql: Sql, account: number, orderId: number): Promise<OrderRow | null> {
  const [row] = await sql<OrderRow[]>`
    select ${columns(sql)} from brier.orders where order_id = ${orderId} and account = ${account}`;
  return row ?? null;
}

/** A client may use an id again a day after its order ended: the newest is meant. */
export async function orderByClientId(sql: Sql, account: number, clientOrderId: string): Promise<OrderRow | null> {
  const [row] = await sql<OrderRow[]>`
    select ${columns(sql)} from brier.orders
    where hashtextextended(client_order_id, account) = hashtextextended(${clientOrderId}, ${account}::int)
      and account = ${account} and client_order_id = ${clientOrderId}
    order by created_seq desc limit 1`;
  return row ?? null;
}
