import { LIMITS } from '../limits.ts';
import type { Market } from '../market.ts';
import { type Orders, PRICE, ROW, TERMS } from '../order-book/orders.ts';
import { inPriority } from '../order-book/priority.ts';
import { BUY, SELL } from '../records/commands.ts';
import type { State } from '../state.ts';

/** A resting order in the terms of its book: id, side (0 bid, 1 ask), ticks, lots left. */
export type RestingOrder = [orderId: number, side: number, price: number, lots: number];
/**
 * Every order that stands in the books of a market, in priority: best price first, oldest first at each, bids before asks.
 * Orders collected for an auction stand in no book. `seq` is that of the last command applied: what later ones change is
 * in their events.
 */
export type BookOrdersJson = { seq: number; time: number; books: { outcome: number; orders: RestingOrder[] }[] };

/** More of them than one answer holds? */
export const tooManyOrders = (market: Market): boolean =>
  market.openOrders - market.collected.count > LIMITS.bookQueryOrders;

export function bookOrdersJson(state: State, market: Market): BookOrdersJson {
  const { orders } = state;
  const books = market.books.map((book, outcome) => ({
    outcome,
    orders: [...inPriority(orders, book, BUY), ...inPriority(orders, book, SELL)].map((slot) =>
      restingOf(orders, slot),
    ),
  }));
  return { seq: state.seq, time: state.time, books };
}

function restingOf(orders: Orders, slot: number): RestingOrder {
  const { rows } = orders;
  const side = (rows[slot * ROW + TERMS] as number) & 1;
  return [orders.id(slot), side, rows[slot * ROW + PRICE] as number, orders.remaining(slot)];
}
