import { begin, digest } from '../emit.ts';
import * as E from '../records/events.ts';
import type { State } from '../state.ts';
import type { AccountConnections } from './connections.ts';

/** How an account's orders are bound to its connections, after a change. */
export function emitConnection(state: State, connections: AccountConnections): void {
  const at = begin(state, E.EVENT.CONNECTION, E.CONNECTION_EVENT_WORDS, connections.account, -1);
  const { i32, f64 } = state.events;
  i32[at + E.CONNECTION_DEFAULT] = connections.armsAtLogin ? 1 : 0;
  i32[at + E.CONNECTION_ARMED] = connections.armed;
  f64[(at + E.CONNECTION_CANCEL_AT) >> 1] = connections.cancelAt;
  digest(state, connections.armed, connections.cancelAt);
}
