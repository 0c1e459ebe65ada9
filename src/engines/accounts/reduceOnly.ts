import type { Market } from '../market.ts';
import { COVERED, ROW } from '../order-book/orders.ts';
import { endResting, shrinkSize } from '../order-book/resting.ts';
import { REASON } from '../reasons.ts';
import type { State } from '../state.ts';
import { unhold } from './collateral.ts';

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
      endResting(state, market, slot, REASON.REDUCE_ONLY);
      continue;
    }
    unhold(state, market, slot, taken, true);
    shrinkSize(state, market, slot, taken);
  }
  return left;
}
