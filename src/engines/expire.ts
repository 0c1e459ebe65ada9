import { cancelDue } from './connections/cancelAfter.ts';
import { done } from './emit.ts';
import { LIMITS } from './limits.ts';
import type { Market } from './market.ts';
import { cancelMaker } from './matching/makers.ts';
import * as O from './order-book/orders.ts';
import { REASON } from './reasons.ts';
import * as R from './records/buffer.ts';
import * as C from './records/commands.ts';
import { DONE_COUNT } from './records/events.ts';
import type { State } from './state.ts';

/**
 * Cancels orders that are past their time, the earliest first, and then all of the accounts whose dead-man's switches are
 * due; as many as one command may.
 */
export function expireOrders(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  let canceled = 0;
  while (canceled < LIMITS.cancelsPerCommand && state.expiries.next(state.orders) <= state.time) {
    const slot = state.expiries.first;
    const market = state.markets[state.orders.rows[slot * O.ROW + O.MARKET] as number] as Market;
    cancelMaker(state, market, slot, REASON.EXPIRED);
    canceled++;
  }
  canceled += cancelDue(state, LIMITS.cancelsPerCommand - canceled);
  const end = done(state, C.COMMAND.EXPIRE_ORDERS, account, -1);
  state.events.i32[end + DONE_COUNT] = canceled;
}
