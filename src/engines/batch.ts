import { amend } from './amend.ts';
import { cancel } from './cancel.ts';
import { done, refuse } from './emit.ts';
import { place } from './place.ts';
import * as CommandLayout from './records/commands.ts';
import * as EventLayout from './records/events.ts';
import * as RecordLayout from './records/header.ts';
import type { State } from './state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const R = { ...RecordLayout };
const C = { ...CommandLayout };
const { DONE_COUNT, DONE_WORDS } = EventLayout;

/** Requests in one batch at most. */
export const BATCH_ITEMS_MAX = 50;

/**
 * Applies the items one after another under one sequence number: each has its own result, and sees what those before it
 * did. With STOP_ON_FAILURE what follows a refused item is refused untried. Replace is a batch of cancel and place.
 */
export function batch(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const stops = i32[at + C.BATCH_MODE] === C.BATCH_STOP_ON_FAILURE;
  const size = i32[at + C.BATCH_SIZE] as number;
  if (!itemsFit(i32, at, account, size))
    return refuse(state, C.COMMAND.BATCH, account, -1, 'INVALID_REQUEST', 'requests');
  let item = at + C.BATCH_ITEMS;
  let succeeded = 0;
  for (let index = 0; index < size; index++) {
    const kind = i32[item + R.KIND] as number;
    state.item = index;
    state.touched = 0;
    if (stops && succeeded < index) refuse(state, kind, account, i32[item + R.MARKET] as number, 'CONFLICT', '');
    else if (kind === C.COMMAND.PLACE) place(state, i32, f64, item);
    else if (kind === C.COMMAND.AMEND) amend(state, i32, f64, item);
    else cancel(state, i32, f64, item);
    state.item = -1;
    if (state.events.i32[state.events.words - DONE_WORDS + R.CODE] === 0) succeeded++;
    item += i32[item + R.LENGTH] as number;
  }
  const end = done(state, C.COMMAND.BATCH, account, -1);
  state.events.i32[end + DONE_COUNT] = succeeded;
}

/** Are the items whole records of this account, of kinds that a batch may have? */
function itemsFit(i32: Int32Array, at: number, account: number, size: number): boolean {
  if (!(size >= 1 && size <= BATCH_ITEMS_MAX)) return false;
  const end = at + (i32[at + R.LENGTH] as number);
  let item = at + C.BATCH_ITEMS;
  for (let index = 0; index < size; index++) {
    const kind = i32[item + R.KIND];
    const words = kind === C.COMMAND.PLACE ? C.PLACE_WORDS : C.REF_WORDS;
    if (kind !== C.COMMAND.PLACE && kind !== C.COMMAND.AMEND && kind !== C.COMMAND.CANCEL) return false;
    const length = i32[item + R.LENGTH] as number;
    if (i32[item + R.ACCOUNT] !== account || length < words || item + length > end) return false;
    item += length;
  }
  return true;
}
