import { ORDER_LOTS_MAX } from '../protocol/units.ts';

/** Everything that clients can grow in the engine, by name; refused with LIMIT_EXCEEDED and the limit's name and value. */
export const LIMITS = {
  orderLots: ORDER_LOTS_MAX,
  /** Open orders of one account. */
  openOrdersPerAccount: 10_000,
  /** Resting and remembered orders of a shard: rows of the order slab. */
  orders: 1 << 23,
  /** Orders that a client id keeps in memory, open or finished in the last 24 h. */
  rememberedOrders: 1 << 22,
  /** Resting orders that one command fills; what is left of the command is canceled (FILLS_LIMIT). */
  fillsPerCommand: 4_096,
  /** Orders that one command cancels at most; a sweep takes the rest. */
  cancelsPerCommand: 10_000,
  /** Named groups of quotes of one account; they are never forgotten. */
  quoteGroupsPerAccount: 32,
  /** Connections of one account whose end cancels their orders, at a time. */
  armedConnectionsPerAccount: 63,
  /** Resting orders that one answer about the books of a market lists; of more nothing is listed. */
  bookQueryOrders: 20_000,
  markets: 1 << 20,
  accounts: 1 << 24,
  /** Micros in one account. */
  balance: 1_000_000_000_000_000,
} as const;
export type LimitName = keyof typeof LIMITS;
/** What DONE_LIMIT numbers: the constants above, then the limits that a market sets, then that of a group's protection. */
export const LIMIT_NAMES = [
  '',
  ...(Object.keys(LIMITS) as LimitName[]),
  'marketOrderLots',
  'positionLots',
  'marketMakerProtection',
] as const;

/** How long a finished order’s client id is remembered, by journal time. */
export const CLIENT_ID_MEMORY_MS = 24 * 3_600_000;
/** Prices of the maker stay within this band, in millionths. */
export const AMM_PRICE_MIN = 1_000;
export const AMM_PRICE_MAX = 999_000;
/** A book’s mid is a closing price when the spread is at most this many ticks. */
export const TIGHT_SPREAD_TICKS = 1_000;
