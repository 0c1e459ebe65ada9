import { cancelOfAccount } from '../cancel.ts';
import { done, refuse } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { REASON } from '../reasons.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { DONE_COUNT } from '../records/events.ts';
import type { State } from '../state.ts';
import { BLOCKED } from './accounts.ts';

/**
 * Sets what an account may do; KEEP leaves a setting as it is. Blocking it is the kill switch: its resting orders are canceled, too, as many as one command
 * may, and `count` says how many; while it is the most that one may, repeat.
 */
export function setAccountRisk(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const blocked = i32[at + C.ACCOUNT_BLOCKED] as number;
  const openOrders = i32[at + C.ACCOUNT_OPEN_ORDERS] as number;
  const no = (code: Parameters<typeof refuse>[4]) => refuse(state, C.COMMAND.SET_ACCOUNT_RISK, account, -1, code, '');
  if (account === C.HOUSE || !state.accounts.has(account)) return no('NOT_FOUND');
  if (blocked !== C.KEEP && blocked !== 0 && blocked !== 1) return no('INVALID_REQUEST');
  if (openOrders !== C.KEEP && !(openOrders >= 0 && openOrders <= LIMITS.orders)) return no('INVALID_REQUEST');

  // After this point nothing refuses.
  const settings = state.accounts.settings(account);
  state.accounts.setRisk(
    account,
    blocked === C.KEEP ? (settings & BLOCKED) !== 0 : blocked === 1,
    openOrders === C.KEEP ? settings >> 2 : openOrders,
  );
  const canceled = blocked === 1 ? cancelOfAccount(state, account, -1, REASON.KILL_SWITCH) : 0;
  const end = done(state, C.COMMAND.SET_ACCOUNT_RISK, account, -1);
  state.events.i32[end + DONE_COUNT] = canceled;
}
