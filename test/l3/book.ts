import type { Side } from './feed.ts';

/** A trade as both books report it; several in a row of the same two orders at one price are one. */
export type Fill = { taker: number; maker: number; tick: number; lots: number };
/** ticks, lots; best first */
export type TickLevel = [number, number];

/** What is replayed into: orders are known by the venue's numbers, which are not used twice. */
export interface Book {
  /** Trades as far as the price reaches, then rests. */
  place(order: number, side: Side, tick: number, lots: number): Fill[];
  /** Takes what is left of an order away, and places `lots` of it anew at another price. */
  reprice(order: number, tick: number, lots: number): Fill[];
  cancel(order: number): void;
  /** Lots of the order that rest. */
  left(order: number): number;
  /** Resting orders, by number. */
  resting(): number[];
  levels(): { bids: TickLevel[]; asks: TickLevel[] };
}
