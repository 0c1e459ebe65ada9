import * as z from 'zod';
import { ERROR_CODES } from './errors.ts';
import { channelRequest } from './requests.ts';
import {
  clientOrderId,
  marketId,
  money,
  orderId,
  orderType,
  outcomeName,
  price,
  role,
  selfTradePrevention,
  seq,
  side,
  size,
  time,
  timeInForce,
  venue,
} from './wire.ts';

export const wireError = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  field: z.string().optional(),
  retryAfterMs: z.int().optional(),
  limit: z.object({ name: z.string(), value: z.union([z.string(), z.number()]) }).optional(),
});

export const fill = z.object({
  tradeId: z.string(),
  price,
  size,
  fee: money,
  liquidity: z.enum(['maker', 'taker']),
  venue,
});
export type Fill = z.infer<typeof fill>;

/** Why an order is `canceled`. */
export const CANCEL_REASONS = [
  'CANCELED',
  'IOC',
  'NO_LIQUIDITY',
  'MARKET_CLOSED',
  'MARKET_VOIDED',
  'AMENDED_BELOW_FILLED',
  'EXPIRED',
  'SELF_TRADE',
  'MAX_COST',
  'FILLS_LIMIT',
  'REDUCE_ONLY',
  'KILL_SWITCH',
] as const;

export const orderView = z.object({
  orderId,
  clientOrderId: clientOrderId.optional(),
  market: marketId,
  outcome: outcomeName,
  /** The order is for NO of the outcome: side and prices are those of NO. */
  against: z.literal(true).optional(),
  side,
  type: orderType,
  price: price.optional(),
  size,
  filled: size,
  remaining: size,
  status: z.enum(['open', 'filled', 'canceled']),
  reason: z.enum(CANCEL_REASONS).optional(),
  tif: timeInForce,
  expiresAt: time.optional(),
  postOnly: z.boolean().optional(),
  reduceOnly: z.boolean().optional(),
  /** Where it is not `expire-taker`. */
  stp: selfTradePrevention.optional(),
  avgPrice: price.optional(),
  fees: money,
  seq,
  createdAt: time,
  fills: z.array(fill).optional(),
});
export type OrderView = z.infer<typeof orderView>;

export const position = z.object({
  market: marketId,
  outcome: outcomeName,
  size,
  held: size,
  costBasis: money,
  avgPrice: price,
  realizedPnl: money,
});
export type Position = z.infer<typeof position>;

export const accountView = z.object({
  balance: money,
  available: money,
  held: money,
  positions: z.array(position),
  orders: z.array(orderView),
  seq,
});
export type AccountView = z.infer<typeof accountView>;

export const quoteView = z.object({
  size,
  cost: money,
  /** A taker’s, besides the cost. */
  fees: money,
  avgPrice: price.optional(),
  priceAfter: price.optional(),
  venues: z.array(z.object({ venue, size, cost: money })),
});

/** What became of one request of a batch. */
export const batchResult = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    order: orderView,
    duplicate: z.literal(true).optional(),
    keptPriority: z.boolean().optional(),
  }),
  z.object({ ok: z.literal(false), error: wireError }),
]);
export type BatchResult = z.infer<typeof batchResult>;

const ok = { id: z.int(), ok: z.literal(true) };
/** What each operation answers when it succeeds. */
export const answers = {
  auth: z.object({ ...ok, account: z.string(), roles: z.array(role), expiresAt: time }),
  ping: z.object({ ...ok, time }),
  place: z.object({ ...ok, order: orderView, duplicate: z.literal(true).optional() }),
  amend: z.object({ ...ok, order: orderView, keptPriority: z.boolean() }),
  cancel: z.object({ ...ok, order: orderView }),
  cancelAll: z.object({ ...ok, canceled: z.int(), seq }),
  /** In the order of the requests. */
  batch: z.object({ ...ok, results: z.array(batchResult) }),
  /** Of the cancel and of the place. */
  replace: z.object({ ...ok, results: z.array(batchResult).length(2) }),
  quote: z.object({ ...ok, ...quoteView.shape }),
  account: z.object({ ...ok, ...accountView.shape }),
  order: z.object({ ...ok, order: orderView }),
  subscribe: z.object({ ...ok, subscribed: z.array(channelRequest) }),
  unsubscribe: z.object({ ...ok, subscribed: z.array(channelRequest) }),
};
export const failure = z.object({ id: z.int().nullable(), ok: z.literal(false), error: wireError });
