import { DOLLAR, type Order } from './state.ts';

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
  stop: 'SELF_TRADE' | 'MAX_COST' | 'FILLS_LIMIT' | undefined;
  /** Makers since the last look at what is left: a fill may have taken the shares of their reduce-only orders. */
  makers: number[];
  /** Lots since then. */
  since: bigint;
  /** Such an order was met: all that comes after it could not be counted on before. */
  uncertain: boolean;
};

/** Notes when a plan could not have known how large a reduce-only order is. */
export function meet(taking: Taking, maker: Order): void {
  if (!maker.reduceOnly || !taking.makers.includes(maker.account)) return;
  lookAgain(taking);
}

/** What comes now could not be counted on before. */
export function lookAgain(taking: Taking): void {
  taking.uncertain = true;
  taking.makers = [];
  taking.since = 0n;
}

/** The order has traded `lots` for `micros` (book terms) and paid `fee`. */
export function settle(taking: Taking, lots: bigint, micros: bigint, fee: bigint): void {
  const { order } = taking;
  order.filled += lots;
  order.filledMicros += micros;
  taking.filled += lots;
  taking.since += lots;
  taking.left -= lots;
  taking.micros += micros;
  taking.fees += fee;
  if (taking.budget !== undefined) taking.budget -= (order.mirrored ? DOLLAR * lots - micros : micros) + fee;
}
