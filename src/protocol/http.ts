import * as z from 'zod';
import { placeFields } from './requests.ts';
import { marketId, marketType, money, outcomeName, price, size, time } from './wire.ts';

/** Bodies of HTTP requests. */
export const username = z.string().regex(/^[A-Za-z0-9_.-]{3,32}$/);
/** bcrypt reads 72 bytes and ignores the rest, so a longer password is refused rather than cut. */
export const PASSWORD_BYTES_MAX = 72;
export const password = z
  .string()
  .min(8)
  .refine((text) => new TextEncoder().encode(text).length <= PASSWORD_BYTES_MAX, 'at most 72 bytes');

export const credentials = z.strictObject({ username, password });
export const login = z.strictObject({ username: z.string().min(1).max(64), password: z.string().min(1).max(256) });
export const refresh = z.strictObject({ refreshToken: z.string().min(1).max(256).optional() });

export const OUTCOMES_MAX = 64;
/** Fees in basis points of notional; zero in this version. */
const fees = z.strictObject({ makerBps: z.int().min(0).max(0), takerBps: z.int().min(0).max(0) });

export const createMarket = z.strictObject({
  id: marketId,
  title: z.string().min(1).max(300),
  criteria: z.string().min(1).max(10_000),
  source: z.string().max(1000).optional(),
  category: z.string().min(1).max(64).optional(),
  outcomes: z
    .array(outcomeName)
    .min(2)
    .max(OUTCOMES_MAX)
    .refine((names) => new Set(names).size === names.length, 'outcome names must differ')
    .optional(),
  type: marketType.default('book'),
  closeTime: time,
  tickSize: price.optional(),
  liquidity: size.optional(),
  hybridThreshold: money.optional(),
  disputeWindowMs: z
    .int()
    .min(0)
    .max(30 * 86_400_000)
    .optional(),
  fees: fees.optional(),
});
export const changeCloseTime = z.strictObject({ closeTime: time });
/** `outcome` wins whole, or `payouts` gives each outcome’s part of $1; they sum to 1. */
export const resolveMarket = z.union([
  z.strictObject({ outcome: outcomeName }),
  z.strictObject({ payouts: z.record(outcomeName, z.string().regex(/^(0(\.\d{1,4})?|1(\.0{1,4})?)$/)) }),
]);
export const reason = z.strictObject({ reason: z.string().min(1).max(1000) });
export const optionalReason = z.strictObject({ reason: z.string().min(1).max(1000).optional() });
export const deposit = z.strictObject({ amount: money, reference: z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/) });
export const placeOrder = z.strictObject(placeFields);
