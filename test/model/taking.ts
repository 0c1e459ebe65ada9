import { coverOf, freeShares } from './positions.ts';
import { withdrawTripped } from './protection.ts';
import { DOLLAR, least, type Order, type State, theMarket } from './state.ts';

/** An incoming order on its way through the books. */
export type Taking = {
  order: Order;
  limit: bigint;
  left: bigint;
  /** What is left of the cap on cost and fees. */
  budget: bigint | undefined;
  /** Paid for the shares, or received, in book terms, and the fees. */
  micros: bigint;
  fees: bigint;
  filled: bigint;
  steps: number;
  stop: 'SELF_TRADE' | 'MAX_COST' | 'FILLS_LIMIT' | 'REDUCE_ONLY' | undefined;
  /** Accounts whose positions or orders have changed since the last look: sets may have taken their reduce-only orders' shares. */
  touched: number[];
  /** Such an order was met: all that comes after it could not be counted on before. */
  uncertain: boolean;
};

/**
 * Notes when a plan could not have known how large a reduce-only order is. What has tripped up to here is withdrawn then: true
 * when something was, for the order may not be what it was.
 */
export function meet(state: State, taking: Taking, maker: Order): boolean {
  if (!maker.reduceOnly || !taking.touched.includes(maker.account)) return false;
  taking.uncertain = true;
  taking.touched = [];
  const tripped = state.trips.length > 0;
  withdrawTripped(state);
  return tripped;
}

/**
 * An own order has ended or shrunk: what it frees may complete sets, and those take shares that a reduce-only order was to sell.
 * It becomes that much smaller, or ends.
 */
export function loseShares(state: State, taking: Taking, maker: Order): void {
  const { order } = taking;
  const market = theMarket(state, order);
  if (!order.reduceOnly || maker.account !== order.account || market.outcomes === 2 || taking.stop !== undefined)
    return;
  taking.uncertain = true;
  taking.touched = [];
  withdrawTripped(state);
  const cover = coverOf(market, order);
  const free = cover === undefined ? 0n : freeShares(state, market, order.account, cover);
  const lost = taking.left - least(taking.left, free);
  if (lost === 0n) return;
  if (lost === taking.left) {
    taking.stop = 'REDUCE_ONLY';
    return;
  }
  order.size -= lost;
  taking.left -= lost;
}

/** The order has traded `lots` for `micros` (book terms) and paid `fee`. */
export function settle(taking: Taking, lots: bigint, micros: bigint, fee: bigint): void {
  const { order } = taking;
  order.filled += lots;
  order.filledMicros += micros;
  taking.filled += lots;
  taking.touched.push(order.account);
  taking.left -= lots;
  taking.micros += micros;
  taking.fees += fee;
  if (taking.budget !== undefined) taking.budget -= (order.mirrored ? DOLLAR * lots - micros : micros) + fee;
}
