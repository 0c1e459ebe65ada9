import { beginZeroed, digest } from '../emit.ts';
import * as E from '../records/events.ts';
import type { State } from '../state.ts';
import type { QuoteGroup } from './groups.ts';

/** A group as it stands, and why it is told: `cause` of GROUP_CAUSES. */
export function emitQuoteGroup(state: State, group: QuoteGroup, cause: (typeof E.GROUP_CAUSES)[number]): void {
  const at = beginZeroed(state, E.EVENT.QUOTE_GROUP, E.GROUP_EVENT_WORDS, group.account, -1);
  const { i32, f64 } = state.events;
  const counts = group.inWindow(state.time);
  const frozenUntil = group.isFrozen(state.time) ? group.frozenUntil : 0;
  const filled = counts ? group.filled : 0;
  const delta = counts ? group.delta : 0;
  i32[at + E.GROUP_NUMBER] = group.number;
  i32[at + E.GROUP_CAUSE] = E.GROUP_CAUSES.indexOf(cause);
  i32[at + E.GROUP_SIZE_LIMIT] = group.sizeLimit;
  i32[at + E.GROUP_DELTA_LIMIT] = group.deltaLimit;
  f64[(at + E.GROUP_WINDOW) >> 1] = group.window;
  f64[(at + E.GROUP_FROZEN) >> 1] = group.frozen;
  f64[(at + E.GROUP_FROZEN_UNTIL) >> 1] = frozenUntil;
  f64[(at + E.GROUP_FILLED) >> 1] = filled;
  f64[(at + E.GROUP_DELTA) >> 1] = delta;
  i32[at + E.GROUP_EVENT_NAME_LENGTH] = group.nameLength;
  i32.set(group.name, at + E.GROUP_EVENT_NAME);
  digest(state, group.number, frozenUntil);
  digest(state, filled, delta);
}
