import * as z from 'zod';
import {
  accountView,
  fill,
  orderView,
  position,
  quoteGroupState,
  quoteState,
  quoteView,
  wireError,
} from './answers.ts';
import { ammView, bookSide, closingPrice, marketSettings } from './streams/publicChannels.ts';
import {
  clientOrderId,
  feeBase,
  marketId,
  marketStatus,
  marketType,
  money,
  orderId,
  outcomeName,
  price,
  role,
  seq,
  side,
  size,
  time,
  venue,
} from './wire.ts';

/** What HTTP routes answer. */
export const errorView = z.object({ error: wireError });

/** An account goes by its username, here and in the answer to the WebSocket’s `auth`. */
const account = z.string();

/** `refreshToken` is in the body for programs only; a browser gets it as a cookie that scripts cannot read. */
export const loginView = z.object({
  account,
  username: z.string(),
  roles: z.array(role),
  accessToken: z.string(),
  expiresAt: time,
  refreshToken: z.string().optional(),
});
export const meView = z.object({ account, username: z.string(), roles: z.array(role), expiresAt: time });

export const apiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(['read', 'trade'])),
  addresses: z.array(z.string()),
  createdAt: time,
});
/** The only time that the secret is shown. */
export const newApiKeyView = z.object({ ...apiKeyView.shape, secret: z.string() });
export const apiKeysView = z.object({ apiKeys: z.array(apiKeyView) });
export const rolesView = z.object({ username: z.string(), roles: z.array(role) });

const nextCursor = z.string().optional().describe('Absent on the last page');

export const marketSummary = z.object({
  id: marketId,
  title: z.string(),
  category: z.string().optional(),
  type: marketType,
  status: marketStatus,
  outcomes: z.array(
    z.object({
      outcome: outcomeName,
      bid: price.optional(),
      ask: price.optional(),
      last: price.optional(),
      mid: price.optional(),
      ammPrice: price.optional(),
    }),
  ),
  tickSize: price,
  lotSize: size,
  closeTime: time,
  criteriaHash: z.string(),
  volume: money,
  resolution: z.record(outcomeName, z.string()).optional(),
  disputeUntil: time.optional(),
  closingPrices: z.array(closingPrice).optional(),
  reason: z.string().optional(),
  ...marketSettings,
  /** In basis points; absent where nothing is charged. */
  fees: z.object({ taker: z.int(), maker: z.int(), base: feeBase }).optional(),
  seq,
});
export const marketView = z.object({
  ...marketSummary.shape,
  criteria: z.string(),
  source: z.string().optional(),
  createdBy: z.string().optional(),
  createdAt: time.optional(),
  /** b of the market maker, in shares */
  liquidity: size.optional(),
  /** Probabilities that the maker began with, and the range that its prices stay in. */
  prior: z.record(outcomeName, z.string()).optional(),
  bands: z.object({ min: price, max: price }).optional(),
  hybridThreshold: money.optional(),
});
export const marketsView = z.object({ markets: z.array(marketSummary), nextCursor });

const level = z.tuple([price, size]);
export const bookView = z.object({
  market: marketId,
  seq,
  bids: z.array(level),
  asks: z.array(level),
  books: z.array(z.object(bookSide)).optional(),
  crc: z.int().min(0),
  amm: ammView.optional(),
});
export const tradeView = z.object({
  tradeId: z.string(),
  outcome: outcomeName,
  price,
  size,
  side,
  venue,
  time,
  seq,
});
export const tradesView = z.object({ trades: z.array(tradeView), nextCursor });
export const candlesView = z.object({
  market: marketId,
  outcome: outcomeName,
  interval: z.string(),
  candles: z.array(
    z.object({ start: time, open: price, high: price, low: price, close: price, size, volume: money, trades: z.int() }),
  ),
});
export const pricesView = z.object({
  market: marketId,
  prices: z.array(z.object({ outcome: outcomeName, price, time, seq })),
});
export const quoteAnswer = quoteView;

const progress = z.object({ steps: z.int(), done: z.int(), paid: money, finished: z.boolean() });
export const settlementView = z.object({
  market: marketId,
  status: marketStatus,
  /** What this settlement is for: the outcome asked about, or what was decided. */
  payouts: z.record(outcomeName, z.string()).optional(),
  dryRun: z.boolean(),
  holders: z.int(),
  settled: z.int(),
  paid: money,
  totalPayout: money.describe('What holders are still to be paid; in a dry run, would be'),
  escrow: money,
  amm: money,
  house: money,
  owed: money,
  conserved: z.boolean(),
  progress,
  top: z.array(z.object({ account, payout: money })),
});
export const lifecycleView = z.object({ market: marketView, seq });

export const orderAnswer = z.object({ order: orderView, duplicate: z.literal(true).optional() });
export const amendAnswer = z.object({ order: orderView, keptPriority: z.boolean() });
export const cancelAllView = z.object({ canceled: z.int() });
export const ordersView = z.object({ orders: z.array(orderView), nextCursor });
export const fillView = z.object({
  ...fill.shape,
  orderId,
  clientOrderId: clientOrderId.optional(),
  market: marketId,
  outcome: outcomeName,
  against: z.literal(true).optional(),
  side,
  time,
  seq,
});
export const fillsView = z.object({ fills: z.array(fillView), nextCursor });
export const accountAnswer = accountView;
export const positionsView = z.object({ positions: z.array(position), seq });
export const quotesView = z.object({ quotes: z.array(quoteState), groups: z.array(quoteGroupState), seq });
export const ledgerEntry = z.object({
  seq,
  time,
  cause: z.enum(['opened', 'deposit', 'trade', 'hold', 'payout', 'refund', 'funding', 'cover', 'fee']),
  change: money,
  balance: money,
  held: money,
  market: marketId.optional(),
  reference: z.string().optional(),
});
export const ledgerView = z.object({ entries: z.array(ledgerEntry), nextCursor });

export const depositView = z.object({
  account,
  amount: money,
  reference: z.string(),
  seq,
  duplicate: z.literal(true).optional(),
});
/** `canceled`: open orders that a block has ended. */
export const riskView = z.object({ account, canceled: z.int(), seq });
/** cash + held + escrow + amm + fees + house = deposits − withdrawals */
export const auditView = z.object({
  deposits: money,
  withdrawals: money,
  cash: money,
  held: money,
  escrow: money,
  amm: money,
  fees: money,
  house: money,
  conserved: z.boolean(),
  accounts: z.int(),
  markets: z.int(),
  orders: z.int(),
  seq,
});
export const jobFailuresView = z.object({
  failures: z.array(
    z.object({
      queue: z.string(),
      jobId: z.string(),
      name: z.string(),
      market: z.string().nullable(),
      error: z.string(),
      attempts: z.int(),
      failedAt: time,
    }),
  ),
});
/** Grows with what is measured: see docs. */
export const calibrationView = z.looseObject({});
export const timeView = z.object({ time, engineTime: time, seq });
const rate = z.object({ perSecond: z.number(), burst: z.int() });
export const limitsView = z.object({
  rateLimits: z.boolean().describe('Whether budgets and the limits of connections and faults apply'),
  limits: z.record(z.string(), z.union([z.number(), z.string(), rate])),
  /** Tokens of each operation, for each request or for each of what it lists. */
  costs: z.record(
    z.string(),
    z.object({
      cost: z.number(),
      per: z.enum(['request', 'item', 'quote', 'channel']),
      budget: z.enum(['requests', 'cancels']),
    }),
  ),
});
/** Microseconds; all 0 while `count` is. */
const percentiles = z.object({
  count: z.int(),
  p50: z.int(),
  p90: z.int(),
  p99: z.int(),
  p999: z.int(),
  max: z.int(),
});
export const latencyView = z.object({
  windowMs: z.int(),
  stages: z.object({
    sequenced: percentiles.describe('From the frame’s arrival until the engine had carried it out'),
    committed: percentiles.describe('Until its commit was confirmed'),
    sent: percentiles.describe('Until the answer was written'),
    total: percentiles,
  }),
});
export const healthView = z.object({ status: z.literal('ok') });
export const readyView = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.boolean()) });
