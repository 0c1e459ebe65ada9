import * as z from 'zod';
import { byOutcome } from './byOutcome.ts';
import { placeFields } from './requests.ts';
import { DECIMAL, DECIMAL_WANTED } from './units.ts';
import {
  candleInterval,
  feeBase,
  marketId,
  marketStatus,
  marketType,
  money,
  orderId,
  outcomeName,
  price,
  role,
  side,
  size,
  time,
} from './wire.ts';

export * from './httpViews.ts';

/** Bodies of HTTP requests. */

/** PostgreSQL keeps no NUL, and in UTF-8 all halves of surrogate pairs are one character: two texts would be the same. */
const isStorable = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);
const NOT_STORABLE = 'must not hold NUL or half a surrogate pair';
const text = (lengthMax: number) => z.string().max(lengthMax).refine(isStorable, NOT_STORABLE);
const someText = (lengthMax: number) => z.string().min(1).max(lengthMax).refine(isStorable, NOT_STORABLE);

export const username = z.string().regex(/^[A-Za-z0-9_.-]{3,32}$/, 'must be 3 to 32 letters, digits, _ . or -');
/** bcrypt reads 72 bytes and ignores the rest, so a longer password is refused rather than cut. */
export const PASSWORD_BYTES_MAX = 72;
export const password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .refine((text) => new TextEncoder().encode(text).length <= PASSWORD_BYTES_MAX, 'must have at most 72 bytes')
  .refine(isStorable, NOT_STORABLE);

export const credentials = z.strictObject({ username, password });
export const login = z.strictObject({ username: someText(64), password: z.string().min(1).max(256) });
/** Browsers send the refresh token as a cookie instead. */
export const refresh = z.strictObject({ refreshToken: z.string().min(1).max(256).optional() });
export const changePassword = z.strictObject({ password: z.string().min(1).max(256), newPassword: password });
export const changeRoles = z.strictObject({
  roles: z
    .array(role)
    .min(1)
    .refine((roles) => new Set(roles).size === roles.length, 'roles must differ'),
});

export const apiKeyScope = z.enum(['read', 'trade']);
export const API_KEY_ADDRESSES_MAX = 20;
export const createApiKey = z.strictObject({
  name: someText(64),
  scopes: z
    .array(apiKeyScope)
    .min(1)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'scopes must differ')
    .default(['read']),
  /** Addresses and networks (`10.0.0.7`, `10.0.0.0/8`, `2001:db8::/32`) it may be used from; none: from anywhere. */
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be an address or a network such as 10.0.0.0/8'))
    .max(API_KEY_ADDRESSES_MAX)
    .default([]),
});

export const OUTCOMES_MAX = 64;
export const FEE_BPS_MAX = 1_000;
/** In basis points; a maker’s may be negative, a rebate of at most what the taker pays. */
const fees = z.strictObject({
  taker: z.int().min(0).max(FEE_BPS_MAX),
  maker: z.int().min(-FEE_BPS_MAX).max(FEE_BPS_MAX).default(0),
  base: feeBase.default('notional'),
});
const probability = z.string().regex(DECIMAL, DECIMAL_WANTED);
/** Probabilities that sum to 1: by the names of the outcomes, or in their order. */
const prior = z.union(
  [byOutcome(probability), z.array(probability)],
  'must be probabilities by outcome, or a list of them in the order of the outcomes',
);
/** The maker’s prices stay within; 0.001 and 0.999 by default. */
const bands = z.strictObject({ min: price.optional(), max: price.optional() });

export const createMarket = z.strictObject({
  id: marketId,
  title: someText(300),
  criteria: someText(10_000),
  source: text(1000).optional(),
  category: someText(64).optional(),
  outcomes: z
    .array(outcomeName.refine(isStorable, NOT_STORABLE))
    .min(2)
    .max(OUTCOMES_MAX)
    .refine((names) => new Set(names).size === names.length, 'outcome names must differ')
    .optional(),
  type: marketType.default('book'),
  closeTime: time,
  tickSize: price.optional(),
  liquidity: size.optional(),
  /** Volume at which a hybrid market gets its book; without it an operator decides. */
  hybridThreshold: money.optional(),
  prior: prior.optional(),
  bands: bands.optional(),
  collar: price.optional(),
  maxOrderSize: size.optional(),
  positionLimit: size.optional(),
  disputeWindowMs: z
    .int()
    .min(0)
    .max(30 * 86_400_000)
    .optional(),
  fees: fees.optional(),
});
/** What is left out stays, `null` lifts the limit. `book` gives a hybrid market its book; it cannot be taken away. */
export const configureMarket = z
  .strictObject({
    collar: price.nullable().optional(),
    maxOrderSize: size.nullable().optional(),
    positionLimit: size.nullable().optional(),
    book: z.literal(true).optional(),
  })
  .refine((settings) => Object.keys(settings).length > 0, 'give something to change');
/** The maker’s new b, in shares; more than before. */
export const topUp = z.strictObject({ liquidity: size });
/** `auction`: orders are collected during the halt and uncrossed at one price when trading resumes. */
export const haltMarket = z.strictObject({ reason: someText(1000).optional(), auction: z.boolean().optional() });
export const changeCloseTime = z.strictObject({ closeTime: time });
const payout = z
  .string()
  .regex(/^(0(\.\d{1,4})?|1(\.0{1,4})?)$/, 'must be a decimal string from "0" to "1" with up to 4 decimals');
/** `outcome` wins whole, or `payouts` gives each outcome’s part of $1; they sum to 1. */
export const resolveMarket = z.union(
  [z.strictObject({ outcome: outcomeName }), z.strictObject({ payouts: byOutcome(payout) })],
  'give either the outcome that wins or the payouts of all',
);
export const reason = z.strictObject({ reason: someText(1000) });
export const optionalReason = z.strictObject({ reason: someText(1000).optional() });
export const deposit = z.strictObject({
  amount: money,
  reference: z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . : or -'),
});
export const OPEN_ORDERS_MAX = 10_000;
/** What is left out stays as it is. `blocked` cancels every open order and refuses new ones. */
export const accountRisk = z.strictObject({
  blocked: z.boolean().optional(),
  openOrders: z.int().min(1).max(OPEN_ORDERS_MAX).nullable().optional(),
});
export const placeOrder = z.strictObject(placeFields);
export const amendOrder = z.strictObject({ price: price.optional(), size: size.optional() });

const DIGITS = /^(0|[1-9]\d{0,15})$/;
/** A whole number from `min` to `max` in a query, in decimal digits alone: no sign, point, exponent, blank or leading zero. */
const digits = (min: number, max: number) =>
  z.preprocess(
    (text) => (typeof text === 'string' && DIGITS.test(text) ? Number(text) : text),
    z.int('must be a whole number in decimal digits').min(min).max(max),
  );

/** Rows that one page holds. */
export const PAGE_LIMIT_MAX = 500;
const page = {
  limit: digits(1, PAGE_LIMIT_MAX).prefault(100),
  /** `nextCursor` of the page before */
  cursor: z.string().min(1).max(256).optional(),
};
const instant = digits(0, Number.MAX_SAFE_INTEGER);
const range = { from: instant.optional(), to: instant.optional() };

/** Query parameters of HTTP requests. */
export const marketsQuery = z.strictObject({
  status: marketStatus.optional(),
  type: marketType.optional(),
  category: z.string().min(1).max(64).optional(),
  ...page,
});
export const bookQuery = z.strictObject({ depth: digits(1, 10_000).optional() });
export const tradesQuery = z.strictObject({ outcome: outcomeName.optional(), ...page });
const points = digits(1, 1000).prefault(500);
export const candlesQuery = z.strictObject({
  outcome: outcomeName.optional(),
  interval: candleInterval.default('1h'),
  ...range,
  limit: points,
});
export const pricesQuery = z.strictObject({ outcome: outcomeName.optional(), ...range, limit: points });
export const quoteQuery = z.strictObject({
  outcome: outcomeName.optional(),
  side,
  size: size.optional(),
  spend: money.optional(),
});
/** A dry run: what settling on `outcome` would pay. */
export const settlementQuery = z.strictObject({ outcome: outcomeName.optional() });
export const ordersQuery = z.strictObject({
  market: marketId.optional(),
  /** `open` rests, `closed` is filled or canceled */
  status: z.enum(['open', 'closed']).optional(),
  ...page,
});
export const cancelAllQuery = z.strictObject({ market: marketId.optional() });
export const fillsQuery = z.strictObject({ market: marketId.optional(), orderId: orderId.optional(), ...page });
export const positionsQuery = z.strictObject({ market: marketId.optional() });
export const quotesQuery = z.strictObject({ market: marketId.optional() });
export const ledgerQuery = z.strictObject(page);
export const calibrationQuery = z.strictObject({
  ...range,
  market: marketId.optional(),
  category: z.string().min(1).max(64).optional(),
  /** How long before its close a market’s price is taken: `0`, `15m`, `6h`, `1d`, `7d`; default the closing price. */
  horizon: z
    .string()
    .regex(/^(0|\d{1,6}[smhd])$/, 'must be 0, or a number of s, m, h or d such as 15m')
    .optional(),
});
export const failuresQuery = z.strictObject({ limit: page.limit });
