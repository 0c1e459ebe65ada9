import { emitBalance } from '../emit.ts';
import type { Market } from '../market.ts';
import { cancelResting } from '../matching/makers.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import * as Reasons from '../reasons.ts';
import * as EventLayout from '../records/events.ts';
import type { State } from '../state.ts';
import { emitQuoteGroup } from './emitGroup.ts';
import type { QuoteGroup } from './groups.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { MARKET, ROW } = OrderLayout;
const { REASON } = Reasons;
const { CAUSE } = EventLayout;

/**
 * Cancels quotes of a group, in one market or all (−1), in the order of their keys; at most `most`. The caller reports the
 * balance. Returns how many.
 */
export function cancelGroup(state: State, group: QuoteGroup, market: number, most: number, reason: number): number {
  const { rows } = state.orders;
  let canceled = 0;
  for (const key of group.sortedKeys()) {
    if (canceled === most) break;
    const slot = group.quotes.get(key) as number;
    const index = rows[slot * ROW + MARKET] as number;
    if (market !== -1 && index !== market) continue;
    cancelResting(state, state.markets[index] as Market, slot, reason);
    canceled++;
  }
  return canceled;
}

/**
 * After fills: all quotes of the groups whose protection they hit are canceled, the groups are frozen and their windows end.
 * All of them, however many: what was left would fill.
 */
export function withdrawTripped(state: State): void {
  const { tripped } = state.protection;
  if (tripped.length === 0) return;
  const touched = state.touched;
  for (const group of tripped) {
    const { account } = group;
    const before = state.accounts.balance(account);
    const canceled = cancelGroup(state, group, -1, Number.POSITIVE_INFINITY, REASON.PROTECTION);
    if (canceled > 0) emitBalance(state, account, -1, state.accounts.balance(account) - before, CAUSE.HOLD);
    group.frozenUntil = group.frozen === 0 ? Number.POSITIVE_INFINITY : state.time + group.frozen;
    emitQuoteGroup(state, group, 'tripped');
    group.endWindow();
    group.tripped = false;
  }
  tripped.length = 0;
  state.touched = touched;
}
