import * as z from 'zod';
import { fill, orderView, position, quoteGroupState, quoteState } from '../answers.ts';
import {
  marketId,
  money,
  outcomeName,
  price,
  quoteGroupName,
  selfTradePrevention,
  seq,
  side,
  size,
  time,
} from '../wire.ts';
import { link, snapshotMark } from './chain.ts';

/** `market` in `orders` and `fills`: the subscription is about that one alone. */
export const orders = z.object({
  ch: z.literal('orders'),
  market: marketId.optional(),
  ...link,
  order: orderView,
});
/** An order met one of the same account, and did not trade with it. In the terms of the book. */
export const selfTrade = z.object({
  ch: z.literal('orders'),
  type: z.literal('self-trade'),
  market: marketId.optional(),
  ...link,
  selfTrade: z.object({
    market: marketId,
    outcome: outcomeName,
    /** Of the resting order, and what would have traded. */
    price,
    size,
    stp: selfTradePrevention,
    orderId: z.string(),
    restingOrderId: z.string(),
  }),
});
/** The open orders, oldest first. */
export const ordersSnapshot = z.object({
  ch: z.literal('orders'),
  type: z.literal('snapshot'),
  market: marketId.optional(),
  ...link,
  orders: z.array(orderView),
});
export const fills = z.object({
  ch: z.literal('fills'),
  ...link,
  orderId: z.string(),
  clientOrderId: z.string().optional(),
  /** Of a quote. */
  group: quoteGroupName.optional(),
  market: marketId,
  outcome: outcomeName,
  against: z.literal(true).optional(),
  side,
  time,
  ...fill.shape,
});
/** Where the fills begin: those before are on GET /fills. */
export const fillsSnapshot = z.object({
  ch: z.literal('fills'),
  type: z.literal('snapshot'),
  market: marketId.optional(),
  ...link,
  fills: z.array(z.never()),
});
/** In a snapshot all positions, then those that changed; a position that is gone has size `"0.00"`. */
export const account = z.object({
  ch: z.literal('account'),
  ...snapshotMark,
  ...link,
  balance: money,
  available: money,
  held: money,
  positions: z.array(position),
});
/** Of `orders` with `queue`: shares that fill before each of these orders. No link of the chain; at most ten a second. */
export const queue = z.object({
  ch: z.literal('orders'),
  type: z.literal('queue'),
  market: marketId.optional(),
  seq,
  queue: z.array(z.object({ orderId: z.string(), ahead: size })),
});
/** A quote after a change. */
export const quotes = z.object({
  ch: z.literal('quotes'),
  market: marketId.optional(),
  ...link,
  quote: quoteState,
});
/** A group’s protection was set, was hit (`tripped`: its quotes are withdrawn with the same `seq`) or was reset. */
export const protectionChange = z.object({
  ch: z.literal('quotes'),
  type: z.literal('protection'),
  market: marketId.optional(),
  ...link,
  cause: z.enum(['created', 'configured', 'tripped', 'reset']),
  group: quoteGroupState,
});
export const quotesSnapshot = z.object({
  ch: z.literal('quotes'),
  type: z.literal('snapshot'),
  market: marketId.optional(),
  ...link,
  quotes: z.array(quoteState),
  groups: z.array(quoteGroupState),
});
