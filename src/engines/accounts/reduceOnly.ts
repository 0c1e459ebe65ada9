import { emitLevel, emitOrder } from '../emit.ts';
import type { Market } from '../market.ts';
import type { Book } from '../order-book/book.ts';
import { COVERED, PRICE, ROW, SIZE, TERMS } from '../order-book/orders.ts';
import { cancelResting } from '../order-book/resting.ts';
import { REASON } from '../reasons.ts';
import { outcomeOfTerms } from '../records/commands.ts';
import type { State } from '../state.ts';
import { unhold } from './positions.ts';

/**
 * A merge took `lots` of shares that cover orders of a holder: its reduce-only orders lose them first, the youngest first,
 * and become that much smaller where they stand. Returns the lots that other orders have to give.
 */
export function shrinkReduceOnly(state: State, market: Market, holder: number, outcome: number, lots: number): number {
  const { rows } = state.orders;
  const { holders } = market;
  let left = lots;
  while (left > 0) {
    const slot = holders.i32[holders.reduceAt(holder, outcome)] as number;
    if (slot < 0) break;
    const row = slot * ROW;
    const taken = Math.min(rows[row + COVERED] as number, left);
    left -= taken;
    if (taken === state.orders.remaining(slot)) {
      cancelResting(state, market, slot, REASON.REDUCE_ONLY);
      continue;
    }
    unhold(state, market, slot, taken, true);
    rows[row + SIZE] = (rows[row + SIZE] as number) - taken;
    const terms = rows[row + TERMS] as number;
    const price = rows[row + PRICE] as number;
    (market.books[outcomeOfTerms(terms)] as Book).shrink(price, taken);
    emitOrder(state, slot);
    emitLevel(state, market, outcomeOfTerms(terms), terms & 1, price);
  }
  return left;
}
