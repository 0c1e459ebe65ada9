import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import * as CommandLayout from '../records/commands.ts';
import type { State } from '../state.ts';
import * as Takers from './taker.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { NEXT, ROW_SHIFT, SLOTS, TERMS } = OrderLayout;
const { BUY, GROUP_BITS } = CommandLayout;
const { taker } = Takers;

/** Where the plan stands in the book of each outcome: price, order, and lots of that order already used. */
const OUTCOMES = 256;
export const prices = new Int32Array(OUTCOMES);
export const slots = new Int32Array(OUTCOMES);
export const used = new Float64Array(OUTCOMES);

/** No price: sets may have prices of 0 and below. */
export const NONE = -1_000_000;

/** Lots that merges would have taken off reduce-only orders, by slot. Of a price query alone: empty while anything is executed. */
export const lost = new Map<number, number>();

/** Lots of an order that are there to trade with. */
export const remaining = (state: State, slot: number): number =>
  state.orders.remaining(slot) - (lost.size === 0 ? 0 : (lost.get(slot) ?? 0));

/** Nothing is left of the order where outcome j stands. */
export const isLost = (state: State, j: number): boolean =>
  lost.size !== 0 && (slots[j] as number) >= 0 && remaining(state, slots[j] as number) <= (used[j] as number);

/** To the best order of each book that the taker could trade with. */
export function start(market: Market, sets: boolean): void {
  const { outcome, side } = taker;
  for (let j = 0; j < market.outcomes; j++) {
    slots[j] = -1;
    if (j !== outcome && !sets) continue;
    const book = market.books[j];
    const opposite = j === outcome ? side === BUY : side !== BUY;
    const price = book === undefined || !market.bookOn ? 0 : opposite ? book.bestAsk : book.bestBid;
    prices[j] = price;
    slots[j] = price === 0 || book === undefined ? -1 : book.oldest(price);
    used[j] = 0;
  }
}

/** What the other books leave of $1 for a set, or NONE. */
export function setPrice(market: Market): number {
  let sum = 0;
  for (let j = 0; j < market.outcomes; j++) {
    if (j === taker.outcome) continue;
    if (prices[j] === 0) return NONE;
    sum += prices[j] as number;
  }
  return 10_000 - sum;
}

/** Goes on to the next order of an outcome's book. */
export function advance(state: State, market: Market, j: number): void {
  do stepOn(state, market, j);
  while (isLost(state, j));
}

function stepOn(state: State, market: Market, j: number): void {
  used[j] = 0;
  const next = state.orders.rows[(((slots[j] as number) & SLOTS) << ROW_SHIFT) + NEXT] as number;
  if (next >= 0) {
    slots[j] = next;
    return;
  }
  const book = market.book(j);
  const asks = j === taker.outcome ? taker.side === BUY : taker.side !== BUY;
  const price = asks ? book.nextAsk(prices[j] as number) : book.nextBid(prices[j] as number);
  prices[j] = price;
  slots[j] = price === 0 ? -1 : book.oldest(price);
}

/** Goes on from quotes whose group the plan has used up: to the maker's price, too, they are not there. */
export function passOver(state: State, market: Market): void {
  for (let j = 0; j < market.outcomes; j++) while (isUsedUp(state, slots[j] as number)) advance(state, market, j);
}

const isUsedUp = (state: State, slot: number): boolean =>
  slot >= 0 &&
  ((state.orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) & GROUP_BITS) !== 0 &&
  state.protection.isUsedUp(slot);
