import { done, refuse } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import type { State } from '../state.ts';
import { emitQuoteGroup } from './emitGroup.ts';
import type { QuoteGroup } from './groups.ts';
import { addNamed, findNamed, hasTooManyGroups, isName } from './named.ts';

/** The longest window and freeze: a day. */
const PROTECTION_MS_MAX = 86_400_000;

/**
 * Sets, lifts or leaves a group's protection, and ends its freeze. A new protection begins a new window but ends no freeze.
 * A group that is not there is created, unless the command leaves its protection as it is. The event says how it stands.
 */
export function configureGroup(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const kind = C.COMMAND.QUOTE_GROUP;
  const window = f64[(at + C.PROTECTION_WINDOW) >> 1] as number;
  const frozen = f64[(at + C.PROTECTION_FROZEN) >> 1] as number;
  const size = i32[at + C.PROTECTION_SIZE] as number;
  const delta = i32[at + C.PROTECTION_DELTA] as number;
  const resets = i32[at + C.PROTECTION_RESET] === 1;
  if (!state.accounts.has(account)) return refuse(state, kind, account, -1, 'NOT_FOUND', '');
  if (!isName(i32, at)) return refuse(state, kind, account, -1, 'INVALID_REQUEST', 'group');
  if (window !== C.KEEP && window !== 0 && !isProtection(window, frozen, size, delta))
    return refuse(state, kind, account, -1, 'INVALID_REQUEST', 'protection');
  const known = findNamed(state, account, i32, at);
  if (known === undefined) {
    if (window === C.KEEP) return refuse(state, kind, account, -1, 'NOT_FOUND', 'group');
    if (hasTooManyGroups(state, kind, account)) return;
  }
  const group = known ?? addNamed(state, account, i32, at);
  if (window === 0) protect(group, 0, 0, 0, 0);
  else if (window !== C.KEEP) protect(group, window, frozen, size, delta);
  if (resets) {
    group.frozenUntil = 0;
    group.endWindow();
  }
  emitQuoteGroup(state, group, known === undefined ? 'created' : resets ? 'reset' : 'configured');
  done(state, kind, account, -1);
}

function isProtection(window: number, frozen: number, size: number, delta: number): boolean {
  const inTime = window > 0 && window <= PROTECTION_MS_MAX && frozen >= 0 && frozen <= PROTECTION_MS_MAX;
  const inSize = size >= 0 && size <= LIMITS.orderLots && delta >= 0 && delta <= LIMITS.orderLots;
  return inTime && inSize && (size > 0 || delta > 0);
}

function protect(group: QuoteGroup, window: number, frozen: number, size: number, delta: number): void {
  group.window = window;
  group.frozen = frozen;
  group.sizeLimit = size;
  group.deltaLimit = delta;
  group.endWindow();
}
