import type { Sql } from '../postgres/connect.ts';
import { PAGE_MAX, type PriceRow, type Reads } from './reads.ts';
import { RESOLUTIONS_MS } from './resolutions.ts';
import { candlesOfOutcome } from './statements/candles.ts';
import { fillsOfAccount, fillsOfOrder } from './statements/fills.ts';
import { ledgerOfAccount } from './statements/ledger.ts';
import { marketByNumber, marketBySlug, marketsResolved } from './statements/markets.ts';
import { openOrdersById, orderByClientId, orderById, ordersOfAccount } from './statements/orders.ts';
import { positionsOfAccount } from './statements/positions.ts';
import { priceAt, priceSpan, pricesOfMarket } from './statements/prices.ts';
import { tradesOfMarket } from './statements/trades.ts';

/** Positions of one account in one answer; the others are left out. */
export const POSITIONS_MAX = 10_000;

const page = (limit: number): number => Math.min(limit, PAGE_MAX);

export interface SqlReadsOptions {
  /**
   * Ids of an account’s open orders, as the engine has them now. Without it they are looked for among all orders of the
   * account, which takes long where there are very many.
   */
  openOrders?: (account: number) => Promise<readonly number[]>;
}

/** {@link Reads} over the tables of the read model; `sql` may be a pool. */
export function sqlReads(sql: Sql, { openOrders }: SqlReadsOptions = {}): Reads {
  return {
    orders: async (q) => {
      if (q.open !== true || openOrders === undefined)
        return ordersOfAccount(sql, q.account, q.market, q.open, q.before, page(q.limit));
      return openOrdersById(sql, q.account, await openOrders(q.account), q.market, q.before, page(q.limit));
    },
    order: async (q) => {
      if (q.orderId !== undefined) return orderById(sql, q.account, q.orderId);
      return q.clientOrderId === undefined ? null : orderByClientId(sql, q.account, q.clientOrderId);
    },
    orderFills: (q) => fillsOfOrder(sql, q.account, q.orderId, page(q.limit)),
    fills: (q) => fillsOfAccount(sql, q.account, q.market, q.orderId, q.before, page(q.limit)),
    trades: (q) => tradesOfMarket(sql, q.market, q.outcome, q.before, page(q.limit)),
    candles: (q) => candlesOfOutcome(sql, q.market, q.outcome, q.intervalMs, q.from, q.to, page(q.limit)),
    prices: (q) => prices(sql, q.market, q.outcome, q.from, q.to, page(q.limit)),
    priceAt: (q) => priceAt(sql, q.market, q.outcome, q.time),
    positions: (q) => positionsOfAccount(sql, q.account, q.market, POSITIONS_MAX),
    market: (q) => ('slug' in q ? marketBySlug(sql, q.slug) : marketByNumber(sql, q.market)),
    resolvedMarkets: (q) => marketsResolved(sql, q.from, q.to, q.after, page(q.limit)),
    ledger: (q) => ledgerOfAccount(sql, q.account, q.before, page(q.limit)),
  };
}

async function prices(
  sql: Sql,
  market: number,
  outcome: number | undefined,
  from: number,
  to: number,
  limit: number,
): Promise<PriceRow[]> {
  const span = await priceSpan(sql, market);
  if (span === undefined) return [];
  const since = Math.max(from, span.from);
  const until = Math.min(to, span.to + 1);
  const steps = Math.floor(limit / (outcome === undefined ? span.outcomes : 1));
  const stepMs = stepWidth(until - since, steps);
  // The step that `since` lies in is part of the answer: its price is the first of the range.
  return pricesOfMarket(sql, market, outcome, Math.floor(since / stepMs) * stepMs, until, stepMs, limit);
}

/**
 * The narrowest step, a multiple of a kept resolution, of which a range touches at most `steps`: a range may begin and
 * end within a step, hence one fewer.
 */
export function stepWidth(rangeMs: number, steps: number): number {
  const width = Math.max(1, rangeMs) / Math.max(1, steps - 1);
  let resolution: number = RESOLUTIONS_MS[0];
  for (const kept of RESOLUTIONS_MS) if (kept <= width) resolution = kept;
  return Math.ceil(width / resolution) * resolution;
}
