import { cancelOrdersOf } from '../cancel.ts';
import { done, emitBalance, emitMarket, refuse } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { HALTED, type Market, OPEN, VOIDED } from '../market.ts';
import { REASON } from '../reasons.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { CAUSE, DONE_COUNT } from '../records/events.ts';
import type { State } from '../state.ts';

/** Cancels resting orders that the close or the void could not. `count` says how many, the MARKET event how many are left. */
export function sweepOrders(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.SWEEP_ORDERS;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status === OPEN || market.status === HALTED)
    return refuse(state, kind, account, index, 'CONFLICT', 'market');
  const canceled = sweep(state, market, Math.max(1, i32[at + C.BATCH_COUNT] as number));
  if (canceled > 0) emitMarket(state, market, kind, market.terms.slug, market.reason);
  const end = done(state, kind, account, index);
  state.events.i32[end + DONE_COUNT] = canceled;
}

/** Cancels up to `most` resting orders of a market that has ended, holder by holder; returns how many. */
export function sweep(state: State, market: Market, most: number): number {
  const reason = market.status === VOIDED ? REASON.MARKET_VOIDED : REASON.MARKET_CLOSED;
  const limit = Math.min(LIMITS.cancelsPerCommand, most);
  const { holders } = market;
  let canceled = 0;
  while (market.openOrders > 0 && canceled < limit && market.sweepCursor < holders.count) {
    const holder = market.sweepCursor;
    const account = holders.account(holder);
    const before = state.accounts.balance(account);
    const here = cancelOrdersOf(state, market, holder, limit - canceled, reason);
    canceled += here;
    if (here > 0) emitBalance(state, account, market.index, state.accounts.balance(account) - before, CAUSE.HOLD);
    if ((holders.i32[holders.openAt(holder)] as number) < 0) market.sweepCursor++;
  }
  return canceled;
}
