import * as z from 'zod';
import { ERROR_CODES } from './errors.ts';
import { channelRequest, protection } from './requests.ts';
import {
  clientOrderId,
  marketId,
  money,
  orderId,
  orderType,
  outcomeName,
  price,
  quoteGroupName,
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
  'DISCONNECTED',
  'CANCEL_AFTER',
  'PROTECTION',
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

/** What became of one quote of a mass quote. A side that is refused is left as it was. */
export const quoteResult = z.union([
  z.object({ ok: z.literal(true) }),
  /** `error`: of the quote as a whole; else of each side that was refused. */
  z.object({
    ok: z.literal(false),
    error: wireError.optional(),
    bid: wireError.optional(),
    ask: wireError.optional(),
  }),
]);

/** One side of a quote as it stands. */
export const quoteState = z.object({
  group: quoteGroupName,
  market: marketId,
  outcome: outcomeName,
  against: z.literal(true).optional(),
  side: z.enum(['bid', 'ask']),
  price,
  /** What still rests. */
  size,
  status: z.enum(['open', 'filled', 'canceled']),
  reason: z.enum(CANCEL_REASONS).optional(),
});
export type QuoteState = z.infer<typeof quoteState>;

export const quoteGroupState = z.object({
  group: quoteGroupName,
  protection: protection.nullable(),
  /** In the window now: shares filled, net shares bought (negative: sold). */
  filled: size,
  delta: size,
  /** Refused until then; null: until it is reset. Absent: not frozen. */
  frozenUntil: time.nullable().optional(),
});
export type QuoteGroupState = z.infer<typeof quoteGroupState>;

/** Where the time of a request went. The first is microseconds since 1970, the others microseconds after it. */
export const timing = z.object({ receivedAt: z.int(), sequenced: z.int(), committed: z.int(), sent: z.int() });
/** What the connection may still ask at once. */
export const budget = z.object({ requests: z.int(), cancels: z.int() });

/** Of requests that reach the engine and are sequenced all times; of others when they came and were answered. */
const told = { timing: timing.partial().optional(), budget: budget.optional() };
const ok = { id: z.int(), ok: z.literal(true), ...told };
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
  /** In the order of the quotes. */
  quotes: z.object({ ...ok, results: z.array(quoteResult), seq }),
  cancelQuotes: z.object({ ...ok, canceled: z.int(), seq }),
  quoteGroup: z.object({ ...ok, ...quoteGroupState.shape, seq }),
  cancelOnDisconnect: z.object({ ...ok, enabled: z.boolean(), scope: z.enum(['connection', 'account']) }),
  /** When all is canceled; null: never. */
  cancelAfter: z.object({ ...ok, cancelAt: time.nullable() }),
  logout: z.object(ok),
  quote: z.object({ ...ok, ...quoteView.shape }),
  account: z.object({ ...ok, ...accountView.shape }),
  order: z.object({ ...ok, order: orderView }),
  subscribe: z.object({ ...ok, subscribed: z.array(channelRequest) }),
  unsubscribe: z.object({ ...ok, subscribed: z.array(channelRequest) }),
};
export const failure = z.object({ id: z.int().nullable(), ok: z.literal(false), error: wireError, ...told });
