import { done, emitBalance, refuse } from './emit.ts';
import { findResting, refField } from './findOrder.ts';
import * as Limits from './limits.ts';
import type { Market } from './market.ts';
import { cancelResting } from './matching/makers.ts';
import * as Reasons from './reasons.ts';
import * as CommandLayout from './records/commands.ts';
import * as EventLayout from './records/events.ts';
import * as RecordLayout from './records/header.ts';
import type { State } from './state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { LIMITS } = Limits;
const { REASON } = Reasons;
const R = { ...RecordLayout };
const C = { ...CommandLayout };
const { CAUSE, DONE_COUNT, DONE_ORDER } = EventLayout;

export function cancel(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const marketIndex = i32[at + R.MARKET] as number;
  const market = state.markets[marketIndex];
  if (market === undefined) return refuse(state, C.COMMAND.CANCEL, account, marketIndex, 'UNKNOWN_MARKET', 'market');
  const slot = findResting(state, i32, f64, at);
  if (slot < 0) return refuse(state, C.COMMAND.CANCEL, account, marketIndex, 'UNKNOWN_ORDER', refField(f64, at));
  const before = state.accounts.balance(account);
  cancelResting(state, market, slot, REASON.CANCELED);
  emitBalance(state, account, marketIndex, state.accounts.balance(account) - before, CAUSE.HOLD);
  const end = done(state, C.COMMAND.CANCEL, account, marketIndex);
  state.events.f64[(end + DONE_ORDER) >> 1] = state.orders.id(slot);
}

/** Cancels the account’s resting orders in one market, or in all (MARKET −1): at most LIMITS.cancelsPerCommand of them. */
export function cancelAll(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const marketIndex = i32[at + R.MARKET] as number;
  if (!state.accounts.has(account)) return refuse(state, C.COMMAND.CANCEL_ALL, account, marketIndex, 'NOT_FOUND', '');
  if (marketIndex !== -1 && state.markets[marketIndex] === undefined)
    return refuse(state, C.COMMAND.CANCEL_ALL, account, marketIndex, 'UNKNOWN_MARKET', 'market');
  const canceled = cancelOfAccount(state, account, marketIndex, REASON.CANCELED);
  const end = done(state, C.COMMAND.CANCEL_ALL, account, marketIndex);
  state.events.i32[end + DONE_COUNT] = canceled;
}

/** Cancels up to `most` resting orders of an account in one market or all (−1), with its balance; returns how many. */
export function cancelOfAccount(
  state: State,
  account: number,
  marketIndex: number,
  reason: number,
  most: number = LIMITS.cancelsPerCommand,
): number {
  const before = state.accounts.balance(account);
  const markets = marketIndex === -1 ? (state.accounts.markets[account] ?? []) : [marketIndex];
  let canceled = 0;
  for (const index of markets) {
    const market = state.markets[index] as Market;
    const holder = market.holders.find(account);
    if (holder < 0) continue;
    canceled += cancelOrdersOf(state, market, holder, most - canceled, reason);
  }
  if (canceled > 0) emitBalance(state, account, marketIndex, state.accounts.balance(account) - before, CAUSE.HOLD);
  return canceled;
}

/** Cancels up to `most` resting orders of a holder, the youngest first; returns how many. */
export function cancelOrdersOf(state: State, market: Market, holder: number, most: number, reason: number): number {
  const head = market.holders.openAt(holder);
  let canceled = 0;
  while (canceled < most) {
    const slot = market.holders.i32[head] as number;
    if (slot < 0) break;
    cancelResting(state, market, slot, reason);
    canceled++;
  }
  return canceled;
}
