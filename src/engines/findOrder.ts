import type { Market } from './market.ts';
import * as OrderLayout from './order-book/orderRow.ts';
import * as CommandLayout from './records/commands.ts';
import type { Field } from './records/events.ts';
import * as EventLayout from './records/events.ts';
import * as RecordLayout from './records/header.ts';
import type { State } from './state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const O = { ...OrderLayout };
const R = { ...RecordLayout };
const C = { ...CommandLayout };
const { STATUS } = EventLayout;

/** The slot of the order that a record names by id or client id, if it is the account’s; −1 otherwise. */
export function findOrder(state: State, i32: Int32Array, f64: Float64Array, at: number): number {
  const account = i32[at + R.ACCOUNT] as number;
  const id = f64[(at + C.REF_ORDER) >> 1] as number;
  let slot: number;
  if (id !== 0) slot = state.orders.find(id);
  else {
    const length = i32[at + C.REF_CLIENT_ID_LENGTH] as number;
    const entry = length > 0 ? state.clientIds.find(account, i32, at + C.REF_CLIENT_ID, length) : -1;
    slot = entry < 0 ? -1 : state.clientIds.slot(entry);
  }
  if (slot < 0) return -1;
  const row = (slot & O.SLOTS) << O.ROW_SHIFT;
  const market = state.markets[state.orders.rows[row + O.MARKET] as number] as Market;
  return market.holders.account(state.orders.rows[row + O.HOLDER] as number) === account ? slot : -1;
}

/**
 * As {@link findOrder}, but the order must rest in the market that the record names, and be no quote: those are changed
 * through their group.
 */
export function findResting(state: State, i32: Int32Array, f64: Float64Array, at: number): number {
  const slot = findOrder(state, i32, f64, at);
  if (slot < 0) return -1;
  const row = (slot & O.SLOTS) << O.ROW_SHIFT;
  if (state.orders.rows[row + O.MARKET] !== i32[at + R.MARKET]) return -1;
  if (((state.orders.rows[row + O.TERMS] as number) & C.GROUP_BITS) !== 0) return -1;
  return ((state.orders.rows[row + O.STATE] as number) & 15) === STATUS.OPEN ? slot : -1;
}

/** Which of the two ids a record names its order by. */
export const refField = (f64: Float64Array, at: number): Field =>
  f64[(at + C.REF_ORDER) >> 1] !== 0 ? 'orderId' : 'clientOrderId';
