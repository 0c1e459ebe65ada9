import { BUY } from '../records/commands.ts';
import type { Book } from './book.ts';
import { CREATED_SEQ, MINE_NEXT, MONEY_ROW, NEXT, type Orders, PRICE, ROW } from './orders.ts';

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

/**
 * Did order `a` come in after order `b`? By the command that placed it; those of one batch, which are of one account, stand
 * in its list of orders, the youngest first.
 */
export function isYounger({ rows, money }: Orders, a: number, b: number): boolean {
  const seqOf = (slot: number): number => money[slot * MONEY_ROW + CREATED_SEQ] as number;
  const seq = seqOf(a);
  if (seq !== seqOf(b)) return seq > seqOf(b);
  let older = rows[a * ROW + MINE_NEXT] as number;
  while (older >= 0 && older !== b && seqOf(older) === seq) older = rows[older * ROW + MINE_NEXT] as number;
  return older === b;
}
