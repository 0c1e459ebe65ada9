import { done, refuse, refuseLimit } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { REASON } from '../reasons.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { DONE_COUNT } from '../records/events.ts';
import type { State } from '../state.ts';
import type { AccountConnections } from './connections.ts';
import { emitConnection } from './emitConnection.ts';
import { cancelCarried, dropNumber } from './orders.ts';

const COMMAND = C.COMMAND.CONNECTION;
const ACTION = C.CONNECTION_ACTIONS;

/**
 * What became of a connection whose end is to cancel its orders: it is armed (`count` is its number, which its orders carry),
 * no longer so, or gone; or an account's default changes. A number that is not armed is none to free: nothing happens.
 */
export function connection(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const action = i32[at + C.CONNECTION_ACTION] as number;
  const number = i32[at + C.CONNECTION_NUMBER] as number;
  if (action === ACTION.ALL_GONE) return allGone(state, account);
  if (!state.accounts.has(account)) return refuse(state, COMMAND, account, -1, 'NOT_FOUND', '');
  switch (action) {
    case ACTION.ARM:
      return arm(state, account);
    case ACTION.DISARM:
      if (state.connections.isArmed(account, number)) {
        dropNumber(state, account, number);
        free(state, state.connections.of(account), number);
      }
      break;
    case ACTION.GONE:
      if (state.connections.isArmed(account, number)) {
        cancelCarried(state, account, number, Number.POSITIVE_INFINITY, REASON.DISCONNECTED);
        free(state, state.connections.of(account), number);
      }
      break;
    case ACTION.DEFAULT_ON:
    case ACTION.DEFAULT_OFF:
      setDefault(state, account, action === ACTION.DEFAULT_ON);
      break;
    default:
      return refuse(state, COMMAND, account, -1, 'INVALID_REQUEST', 'type');
  }
  done(state, COMMAND, account, -1);
}

function arm(state: State, account: number): void {
  const connections = state.connections.of(account);
  const number = connections.arm();
  if (number === 0) return refuseLimit(state, COMMAND, account, -1, 'armedConnectionsPerAccount', '');
  emitConnection(state, connections);
  const end = done(state, COMMAND, account, -1);
  state.events.i32[end + DONE_COUNT] = number;
}

function free(state: State, connections: AccountConnections, number: number): void {
  connections.free(number);
  emitConnection(state, connections);
}

function setDefault(state: State, account: number, armsAtLogin: boolean): void {
  const connections = state.connections.of(account);
  if (connections.armsAtLogin === armsAtLogin) return;
  connections.armsAtLogin = armsAtLogin;
  emitConnection(state, connections);
}

/**
 * The exchange starts: no connection is left. All armed ones of all accounts are gone, as many as LIMITS.cancelsPerCommand
 * orders allow; `count` says how many accounts are still to be looked at: repeat until it is 0.
 */
function allGone(state: State, account: number): void {
  let most: number = LIMITS.cancelsPerCommand;
  let left = 0;
  for (const connections of state.connections.all()) {
    const before = connections.armed;
    for (const number of connections.numbers()) {
      if (most === 0) break;
      const canceled = cancelCarried(state, connections.account, number, most, REASON.DISCONNECTED);
      most -= canceled;
      // Where the limit was met there may be more.
      if (most > 0) connections.free(number);
    }
    if (connections.armed !== before) emitConnection(state, connections);
    if (connections.armed > 0) left++;
  }
  const end = done(state, COMMAND, account, -1);
  state.events.i32[end + DONE_COUNT] = left;
}
