import { done, emitBalance, refuse } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { REASON } from '../reasons.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { CAUSE, DONE_COUNT } from '../records/events.ts';
import type { State } from '../state.ts';
import { findNamed } from './named.ts';
import { cancelGroup } from './withdraw.ts';

/**
 * Cancels quotes of an account: of one group or (without a name) all, in one market or (−1) all; by group, market, outcome;
 * at most LIMITS.cancelsPerCommand. `count` says how many; of a group that is not there none.
 */
export function cancelQuotes(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const market = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.CANCEL_QUOTES;
  if (!state.accounts.has(account)) return refuse(state, kind, account, market, 'NOT_FOUND', '');
  if (market !== -1 && state.markets[market] === undefined)
    return refuse(state, kind, account, market, 'UNKNOWN_MARKET', 'market');
  const named = i32[at + C.GROUP_NAME_LENGTH] === 0 ? undefined : (findNamed(state, account, i32, at) ?? null);
  const before = state.accounts.balance(account);
  let canceled = 0;
  for (const group of state.quoteGroups.of(account)) {
    if (named !== undefined && group !== named) continue;
    canceled += cancelGroup(state, group, market, LIMITS.cancelsPerCommand - canceled, REASON.CANCELED);
  }
  if (canceled > 0) emitBalance(state, account, market, state.accounts.balance(account) - before, CAUSE.HOLD);
  const end = done(state, kind, account, market);
  state.events.i32[end + DONE_COUNT] = canceled;
}
