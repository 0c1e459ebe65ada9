import { BUY } from '../records/commands.ts';

/** The taker: what `route` needs to know of it, set by the caller. */
export const taker = {
  /** In the terms of the book. */
  side: BUY as number,
  outcome: 0,
  /** Ticks; worse prices are not taken. */
  limit: 0,
  lots: 0,
  /** Its row among the holders, −1: none yet. */
  holder: -1,
  stp: 0,
  /** The client's cost at most, fees included; Infinity none. */
  budget: Number.POSITIVE_INFINITY,
  /** The budget before the first of several plans. */
  wholeBudget: Number.POSITIVE_INFINITY,
  /** The client buys the other side: its cost of a lot is $1 − price. */
  mirrored: false,
  reduceOnly: false,
  /** Its cost so far in the present plan, without fees. */
  spent: 0,
};
