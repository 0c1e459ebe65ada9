import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import * as CommandLayout from '../records/commands.ts';
import type { State } from '../state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { COVER_NEXT, COVER_PREV, HOLDER, MINE_NEXT, MINE_PREV, ROW_SHIFT, SLOTS, TERMS } = OrderLayout;
const { REDUCE_ONLY } = CommandLayout;

/** A holder's orders in lists, the youngest first: all open ones, and for each outcome those that its shares cover. */

/** Reduce-only orders have a list of their own: a merge takes their cover first. */
function coverHead(state: State, market: Market, slot: number, holder: number, outcome: number): number {
  const reduceOnly = ((state.orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) & REDUCE_ONLY) !== 0;
  return reduceOnly ? market.holders.reduceAt(holder, outcome) : market.holders.coverAt(holder, outcome);
}

export function linkCover(state: State, market: Market, slot: number, holder: number, outcome: number): void {
  const { rows } = state.orders;
  const { i32 } = market.holders;
  const head = coverHead(state, market, slot, holder, outcome);
  const first = i32[head] as number;
  rows[((slot & SLOTS) << ROW_SHIFT) + COVER_PREV] = -1;
  rows[((slot & SLOTS) << ROW_SHIFT) + COVER_NEXT] = first;
  if (first >= 0) rows[((first & SLOTS) << ROW_SHIFT) + COVER_PREV] = slot;
  i32[head] = slot;
}

export function unlinkCover(state: State, market: Market, slot: number, holder: number, outcome: number): void {
  const { rows } = state.orders;
  const prev = rows[((slot & SLOTS) << ROW_SHIFT) + COVER_PREV] as number;
  const next = rows[((slot & SLOTS) << ROW_SHIFT) + COVER_NEXT] as number;
  if (prev >= 0) rows[((prev & SLOTS) << ROW_SHIFT) + COVER_NEXT] = next;
  else market.holders.i32[coverHead(state, market, slot, holder, outcome)] = next;
  if (next >= 0) rows[((next & SLOTS) << ROW_SHIFT) + COVER_PREV] = prev;
  rows[((slot & SLOTS) << ROW_SHIFT) + COVER_PREV] = rows[((slot & SLOTS) << ROW_SHIFT) + COVER_NEXT] = -1;
}

/** Puts an order at the head of its holder's open orders. */
export function linkMine(state: State, market: Market, slot: number): void {
  const { rows } = state.orders;
  const { i32 } = market.holders;
  const head = market.holders.openAt(rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] as number);
  const first = i32[head] as number;
  rows[((slot & SLOTS) << ROW_SHIFT) + MINE_PREV] = -1;
  rows[((slot & SLOTS) << ROW_SHIFT) + MINE_NEXT] = first;
  if (first >= 0) rows[((first & SLOTS) << ROW_SHIFT) + MINE_PREV] = slot;
  i32[head] = slot;
}

export function unlinkMine(state: State, market: Market, slot: number): void {
  const { rows } = state.orders;
  const prev = rows[((slot & SLOTS) << ROW_SHIFT) + MINE_PREV] as number;
  const next = rows[((slot & SLOTS) << ROW_SHIFT) + MINE_NEXT] as number;
  if (prev >= 0) rows[((prev & SLOTS) << ROW_SHIFT) + MINE_NEXT] = next;
  else market.holders.i32[market.holders.openAt(rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] as number)] = next;
  if (next >= 0) rows[((next & SLOTS) << ROW_SHIFT) + MINE_PREV] = prev;
  rows[((slot & SLOTS) << ROW_SHIFT) + MINE_PREV] = rows[((slot & SLOTS) << ROW_SHIFT) + MINE_NEXT] = -1;
}
