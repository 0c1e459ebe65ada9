import { emitSelfTrade } from '../emit.ts';
import type { Market } from '../market.ts';
import { cancelMaker } from '../matching/makers.ts';
import type { Book } from '../order-book/book.ts';
import { HOLDER, NEXT, type Orders, ROW, TERMS } from '../order-book/orders.ts';
import { inPriority, priceOf } from '../order-book/priority.ts';
import { REASON } from '../reasons.ts';
import { BUY, SELL } from '../records/commands.ts';
import type { State } from '../state.ts';
import { auctionPrice } from './auctionPrice.ts';

/** Slots of the orders that can trade with each other, best price first, then in the order of arrival. */
export type Sides = {
  bids: number[];
  asks: number[];
  /** The turn of each collected order, from 1; those of the book came before. */
  turns: Map<number, number>;
};

/** Which of a pair came to rest later? One of the two was collected: a book is not crossed. */
export const isYounger = ({ turns }: Sides, a: number, b: number): boolean => (turns.get(a) ?? 0) > (turns.get(b) ?? 0);

/** All open orders of a market that collects: those in its book, which came earlier, and the collected ones. */
export function allOrders(state: State, market: Market): Sides {
  const { orders } = state;
  const book = market.books[0] as Book;
  const bids = inPriority(orders, book, BUY);
  const asks = inPriority(orders, book, SELL);
  const turns = new Map<number, number>();
  for (let slot = market.collected.oldest; slot >= 0; slot = orders.rows[slot * ROW + NEXT] as number) {
    (((orders.rows[slot * ROW + TERMS] as number) & 1) === BUY ? bids : asks).push(slot);
    turns.set(slot, turns.size + 1);
  }
  // Sorting is stable: at one price arrival decides, and the book's own orders are first.
  bids.sort((a, b) => priceOf(orders, b) - priceOf(orders, a));
  asks.sort((a, b) => priceOf(orders, a) - priceOf(orders, b));
  return { bids, asks, turns };
}

/** The orders at or beyond the best price of the other side; null where nothing crosses. */
export function crossing(orders: Orders, { bids, asks, turns }: Sides): Sides | null {
  if (bids.length === 0 || asks.length === 0) return null;
  const highest = priceOf(orders, bids[0] as number);
  const lowest = priceOf(orders, asks[0] as number);
  if (highest < lowest) return null;
  return {
    bids: bids.filter((slot) => priceOf(orders, slot) >= lowest),
    asks: asks.filter((slot) => priceOf(orders, slot) <= highest),
    turns,
  };
}

/** The price at which the most of them trades; 0 none. */
export function priceOfSides(state: State, market: Market, { bids, asks }: Sides): number {
  const { tickSize } = market;
  const byLevel = (slots: number[]): Float64Array => {
    const lots = new Float64Array(10_000 / tickSize + 1);
    for (const slot of slots) {
      const level = priceOf(state.orders, slot) / tickSize;
      lots[level] = (lots[level] as number) + state.orders.remaining(slot);
    }
    return lots;
  };
  const last = market.last[0] as number;
  return auctionPrice(byLevel(bids), byLevel(asks), tickSize, last < 0 ? 5_000 : last / 100);
}

/**
 * One side as a walk in priority: orders that were passed can be gone back to, those that were dropped are gone.
 * `before` is the lots of all that were passed.
 */
class Walk {
  private readonly slots: number[];
  private readonly orders: Orders;
  /** The passed ones stand in `slots[0 … passed)`, those to come from `next` on. */
  private passed = 0;
  private next = 0;
  before = 0;

  constructor(orders: Orders, slots: number[]) {
    this.orders = orders;
    this.slots = slots;
  }

  /** −1 at the end. */
  get slot(): number {
    return this.slots[this.next] ?? -1;
  }
  get after(): number {
    return this.before + this.orders.remaining(this.slot);
  }
  pass(): void {
    this.before = this.after;
    this.slots[this.passed++] = this.slot;
    this.next++;
  }
  drop(): void {
    this.next++;
  }
  backTo(before: number): void {
    while (this.before > before) {
      this.slots[--this.next] = this.slots[--this.passed] as number;
      this.before -= this.orders.remaining(this.slot);
    }
  }
  /** Drops nothing more: all that are left, in order. */
  left(): number[] {
    return [...this.slots.slice(0, this.passed), ...this.slots.slice(this.next)];
  }
}

/**
 * Pairs the orders as the auction would (at its price, if it has one) and cancels the younger of each pair of one account
 * before anything trades. What remains is paired again from where the canceled order began: all pairs before are as they
 * were. Cancels at most `most`; returns how many. `sides` loses them.
 */
export function preventSelfTrades(state: State, market: Market, sides: Sides, most: number): number {
  const { orders } = state;
  const bids = new Walk(orders, sides.bids);
  const asks = new Walk(orders, sides.asks);
  let canceled = 0;
  while (canceled < most && bids.slot >= 0 && asks.slot >= 0 && crosses(orders, market, bids.slot, asks.slot)) {
    if (orders.rows[bids.slot * ROW + HOLDER] === orders.rows[asks.slot * ROW + HOLDER]) {
      const [own, other] = isYounger(sides, bids.slot, asks.slot) ? [bids, asks] : [asks, bids];
      const lots = Math.min(own.after, other.after) - Math.max(own.before, other.before);
      const younger = own.slot;
      preventSelfTrade(state, market, younger, other.slot, lots);
      own.drop();
      other.backTo(own.before);
      canceled++;
      continue;
    }
    const bidsEnd = bids.after;
    const asksEnd = asks.after;
    if (bidsEnd <= asksEnd) bids.pass();
    if (asksEnd <= bidsEnd) asks.pass();
  }
  sides.bids = bids.left();
  sides.asks = asks.left();
  return canceled;
}

/** Does a bid meet an ask: at the auction's price, or while it has none, at any? */
export function crosses(orders: Orders, market: Market, bid: number, ask: number): boolean {
  const price = market.auctionPrice;
  if (price === 0) return priceOf(orders, bid) >= priceOf(orders, ask);
  return priceOf(orders, bid) >= price && priceOf(orders, ask) <= price;
}

export function preventSelfTrade(state: State, market: Market, younger: number, older: number, lots: number): void {
  emitSelfTrade(state, market, younger, older, lots);
  cancelMaker(state, market, younger, REASON.SELF_TRADE);
}
