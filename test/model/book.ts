import { LIMITS } from '../../src/engines/limits.ts';
import { coverOf, endOrder, freeShares, holderOf, mergeSets } from './positions.ts';
import { isOffered } from './protection.ts';
import { DOLLAR, least, type Market, type Order, remaining, type Side, type State, sum, theMarket } from './state.ts';

/** Does a resting price satisfy an incoming limit? */
export const within = (side: Side, limit: bigint, resting: bigint): boolean =>
  side === 'buy' ? resting <= limit : resting >= limit;
/** Is price `a` better than `b` for whoever buys (sells)? */
export const better = (side: Side, a: bigint, b: bigint): boolean => (side === 'buy' ? a < b : a > b);

/** Orders that an incoming one of `side` can trade with: best price first, then the oldest. */
export function queueFor(state: State, market: Market, outcome: number, side: Side): Order[] {
  return state.orders
    .filter((order) => order.market === market.index && order.resting && !order.collected)
    .filter((order) => order.outcome === outcome && order.side !== side && isOffered(state, order))
    .sort((a, b) => Number(side === 'buy' ? a.price - b.price : b.price - a.price) || a.turn - b.turn);
}

/** The other outcomes of a market with a book each; none where two outcomes share one. */
export const otherOutcomes = (market: Market, outcome: number): number[] =>
  market.outcomes === 2 ? [] : Array.from({ length: market.outcomes }, (_, j) => j).filter((j) => j !== outcome);

/**
 * The heads of the other outcomes' books whose orders make a complete set with this one: a buyer sells the others to their
 * best bids, a seller buys them from their best asks. Undefined unless each has one.
 */
export function setLegs(state: State, market: Market, outcome: number, side: Side): Order[] | undefined {
  const legs = otherOutcomes(market, outcome).map(
    (j) => queueFor(state, market, j, side === 'buy' ? 'sell' : 'buy')[0],
  );
  return legs.length > 0 && legs.every((leg) => leg !== undefined) ? (legs as Order[]) : undefined;
}
export const setPrice = (legs: Order[]): bigint => DOLLAR - sum(legs.map((leg) => leg.price));

/** Puts an order at the back of its price, covered by shares as far as there are free ones. */
export function rest(state: State, market: Market, order: Order): void {
  const cover = coverOf(market, order);
  const free = cover === undefined ? 0n : freeShares(state, market, order.account, cover);
  order.covered = least(free, remaining(order));
  order.turn = state.nextTurn++;
  order.resting = true;
}

/** Takes an order out of the book; with more than two outcomes the shares that it frees may complete sets. */
export function unrest(state: State, order: Order): void {
  const freed = order.covered > 0n;
  order.resting = order.collected = false;
  order.covered = 0n;
  mergeFreed(state, order, freed);
}

function mergeFreed(state: State, order: Order, freed: boolean): void {
  const market = theMarket(state, order);
  if (freed && market.outcomes > 2) mergeSets(state, market, holderOf(state, market, order.account));
}

export function cancel(state: State, order: Order, reason: NonNullable<Order['reason']>): void {
  const freed = order.covered > 0n;
  endOrder(state, order, 'canceled', reason);
  mergeFreed(state, order, freed);
}

/** Makes a resting order smaller where it stands: first the lots that cash holds. */
export function shrink(state: State, order: Order, lots: bigint): void {
  order.size -= lots;
  const freed = order.covered > remaining(order);
  order.covered = least(order.covered, remaining(order));
  mergeFreed(state, order, freed);
}

/** Cancels these, unless one ended meanwhile (reduce-only, its cover merged). Returns how many. */
export function cancelAll(state: State, orders: Order[], reason: NonNullable<Order['reason']>, upTo?: number): number {
  let canceled = 0;
  for (const order of orders) {
    if (canceled >= (upTo ?? LIMITS.cancelsPerCommand)) break;
    if (!order.resting) continue;
    cancel(state, order, reason);
    canceled++;
  }
  return canceled;
}
