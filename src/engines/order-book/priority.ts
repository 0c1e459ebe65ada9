import { BUY } from '../records/commands.ts';
import type { Book } from './book.ts';
import { NEXT, type Orders, PRICE, ROW } from './orders.ts';

/** Slots of one side of a book: the best price first, the oldest order first at each. */
export function inPriority(orders: Orders, book: Book, side: number): number[] {
  const slots: number[] = [];
  let price = side === BUY ? book.bestBid : book.bestAsk;
  while (price !== 0) {
    for (let slot = book.oldest(price); slot >= 0; slot = orders.rows[slot * ROW + NEXT] as number) slots.push(slot);
    price = side === BUY ? book.nextBid(price) : book.nextAsk(price);
  }
  return slots;
}

export const priceOf = (orders: Orders, slot: number): number => orders.rows[slot * ROW + PRICE] as number;
