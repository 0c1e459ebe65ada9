import * as z from 'zod';
import { DECIMAL, DECIMAL_WANTED } from './units.ts';

/** Field types shared by WebSocket and HTTP. Range and grid are judged by the engine, so that its codes answer them. */
export const price = z
  .string()
  .regex(DECIMAL, DECIMAL_WANTED)
  .describe('Price: decimal string strictly between 0 and 1, a multiple of the market’s tickSize');
export const size = z
  .string()
  .regex(DECIMAL, DECIMAL_WANTED)
  .describe('Size: positive decimal string of shares, a multiple of 0.01');
export const money = z
  .string()
  .regex(DECIMAL, DECIMAL_WANTED)
  .describe('Money: decimal string of dollars, up to 6 decimals');
export const marketId = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 of a-z, 0-9 and -')
  .describe('Market id: a slug');
export const orderId = z.string().regex(/^[A-Za-z0-9]{1,32}$/);
export const clientOrderId = z.string().regex(/^[A-Za-z0-9_.:-]{1,36}$/);
/** A market maker’s name for quotes that belong together. */
export const quoteGroupName = z.string().regex(/^[A-Za-z0-9_.:-]{1,36}$/);
export const outcomeName = z.string().min(1).max(64);
export const time = z.int().min(0).describe('Milliseconds since 1970 UTC');
export const seq = z.int().min(0);

export const side = z.enum(['buy', 'sell']);
export const orderType = z.enum(['limit', 'market']);
export const timeInForce = z.enum(['GTC', 'GTD', 'IOC', 'FOK']);
export const selfTradePrevention = z.enum(['expire-taker', 'expire-maker', 'expire-both', 'decrement']);
export const venue = z.enum(['book', 'amm']);
export const marketType = z.enum(['book', 'lmsr', 'hybrid']);
/** What fees are a part of: price × size, or p·(1 − p) × size. */
export const feeBase = z.enum(['notional', 'variance']);
export const marketStatus = z.enum(['open', 'halted', 'closed', 'proposed', 'disputed', 'resolved', 'voided']);
export const role = z.enum(['trader', 'operator', 'resolver']);
export type Role = z.infer<typeof role>;
/** Lengths of candles. */
export const CANDLE_INTERVALS = ['1s', '5s', '15s', '1m', '5m', '15m', '30m', '1h', '4h', '1d'] as const;
export const candleInterval = z.enum(CANDLE_INTERVALS);
