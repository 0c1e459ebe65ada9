import { BUY } from '../records/commands.ts';
import type { Book } from './book.ts';
import { CREATED_SEQ, MONEY_ROW, NEXT, type Orders, PRICE, ROW } from './orders.ts';

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

/** Did order `a` come in after order `b`? By the command that placed it, then by id: a batch places several. */
export function isYounger(orders: Orders, a: number, b: number): boolean {
  const seqA = orders.money[a * MONEY_ROW + CREATED_SEQ] as number;
  const seqB = orders.money[b * MONEY_ROW + CREATED_SEQ] as number;
  return seqA !== seqB ? seqA > seqB : orders.id(a) > orders.id(b);
}
