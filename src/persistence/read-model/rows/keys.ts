import { LIMITS } from '../../../engines/limits.ts';

/** More than any market has outcomes. */
const OUTCOMES = 64;

/** One number for an outcome of a market. */
export const outcomeKey = (market: number, outcome: number): number => market * OUTCOMES + outcome;

/** One number for an outcome of a market in an account: below 2^50, whatever the engine’s limits allow. */
export const positionKey = (account: number, market: number, outcome: number): number =>
  (account * LIMITS.markets + market) * OUTCOMES + outcome;
