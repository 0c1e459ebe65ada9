import { emitBalance } from '../emit.ts';
import type { Market } from '../market.ts';
import { cancelResting } from '../matching/makers.ts';
import { MINE_NEXT, ROW, STATE, TERMS } from '../order-book/orders.ts';
import { CONNECTION_BITS, connectionOfTerms } from '../records/commands.ts';
import { CAUSE, STATUS } from '../records/events.ts';
import type { State } from '../state.ts';

/**
 * Cancels up to `most` resting orders of an account that carry a connection's number, market by market, the youngest first in
 * each, and reports its balance; returns how many.
 */
export function cancelCarried(state: State, account: number, number: number, most: number, reason: number): number {
  const { orders } = state;
  const before = state.accounts.balance(account);
  let canceled = 0;
  for (const index of state.accounts.markets[account] ?? []) {
    const market = state.markets[index] as Market;
    for (const id of carriedIn(state, market, account, number)) {
      if (canceled === most) break;
      const slot = orders.find(id);
      // The end of one order may merge shares that another, a reduce-only one, stood for.
      if (slot < 0 || orders.rows[slot * ROW + STATE] !== STATUS.OPEN) continue;
      cancelResting(state, market, slot, reason);
      canceled++;
    }
  }
  if (canceled > 0) emitBalance(state, account, -1, state.accounts.balance(account) - before, CAUSE.HOLD);
  return canceled;
}

/** Ids of the orders that carry the number, the youngest first. */
function carriedIn({ orders }: State, { holders }: Market, account: number, number: number): number[] {
  const { rows } = orders;
  const ids: number[] = [];
  let slot = holders.i32[holders.openAt(holders.find(account))] as number;
  for (; slot >= 0; slot = rows[slot * ROW + MINE_NEXT] as number)
    if (connectionOfTerms(rows[slot * ROW + TERMS] as number) === number) ids.push(orders.id(slot));
  return ids;
}

/** The connection's end no longer cancels them: orders that carry its number lose it. */
export function dropNumber(state: State, account: number, number: number): void {
  const { rows } = state.orders;
  for (const index of state.accounts.markets[account] ?? []) {
    const { holders } = state.markets[index] as Market;
    let slot = holders.i32[holders.openAt(holders.find(account))] as number;
    for (; slot >= 0; slot = rows[slot * ROW + MINE_NEXT] as number) {
      const terms = rows[slot * ROW + TERMS] as number;
      if (connectionOfTerms(terms) === number) rows[slot * ROW + TERMS] = terms & ~CONNECTION_BITS;
    }
  }
}
