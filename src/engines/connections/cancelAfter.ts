import { cancelOfAccount } from '../cancel.ts';
import { done, refuse } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { REASON } from '../reasons.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import type { State } from '../state.ts';
import { emitConnection } from './emitConnection.ts';

/** The longest time that a dead-man's switch is set to: a day. */
const CANCEL_AFTER_MS_MAX = 86_400_000;

/** Sets an account's dead-man's switch to so many ms from now, in place of what it was; 0 lifts it. */
export function cancelAfter(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const ms = f64[(at + C.CANCEL_AFTER_MS) >> 1] as number;
  const kind = C.COMMAND.CANCEL_AFTER;
  if (!state.accounts.has(account)) return refuse(state, kind, account, -1, 'NOT_FOUND', '');
  if (!(ms >= 0 && ms <= CANCEL_AFTER_MS_MAX)) return refuse(state, kind, account, -1, 'INVALID_REQUEST', 'timeoutMs');
  const connections = state.connections.of(account);
  const cancelAt = ms === 0 ? 0 : state.time + ms;
  if (cancelAt !== connections.cancelAt) {
    state.connections.setCancelAt(connections, cancelAt);
    emitConnection(state, connections);
  }
  done(state, kind, account, -1);
}

/**
 * Cancels all orders of the accounts whose switches are due, the earliest first, at most `most` orders (and as many
 * accounts); a switch is lifted when none of its orders is left. Returns how many.
 */
export function cancelDue(state: State, most: number): number {
  const { deadlines } = state.connections;
  let canceled = 0;
  for (let accounts = 0; accounts < LIMITS.cancelsPerCommand; accounts++) {
    if (deadlines.next > state.time) break;
    const account = deadlines.first;
    canceled += cancelOfAccount(state, account, -1, REASON.CANCEL_AFTER, most - canceled);
    if (state.accounts.openOrders(account) > 0) break;
    const connections = state.connections.of(account);
    state.connections.setCancelAt(connections, 0);
    emitConnection(state, connections);
  }
  return canceled;
}
