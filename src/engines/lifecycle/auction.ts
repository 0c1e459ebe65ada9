import { emitLevel, emitOrder } from '../emit.ts';
import { assert } from '../growth.ts';
import { LIMITS } from '../limits.ts';
import type { Market } from '../market.ts';
import { cancelMaker } from '../matching/makers.ts';
import type { Book } from '../order-book/book.ts';
import { ROW, TERMS } from '../order-book/orders.ts';
import { priceOf } from '../order-book/priority.ts';
import { withdrawTripped } from '../quotes/withdraw.ts';
import { REASON } from '../reasons.ts';
import type { State } from '../state.ts';
import { allOrders, crossing, preventSelfTrades, priceOfSides } from './auctionSides.ts';
import { tradeSides } from './auctionTrades.ts';

/**
 * The call auction that reopens a market: everything that crosses trades at one price, the one that trades most, by price,
 * then by time. What is left of the collected orders then joins the book, at the back and in the order of arrival.
 *
 * One command fills and cancels no more than its limits. An auction that takes more stays under way: its price is kept
 * (until nothing crosses there any more) and the market stays halted. Returns 0 when the market can open, else how much
 * was done.
 */
export function reopen(state: State, market: Market): number {
  let canceled = cancelExpired(state, market);
  let fills = 0;
  while (canceled < LIMITS.cancelsPerCommand) {
    const sides = crossing(state.orders, allOrders(state, market));
    if (sides === null) {
      market.auctionPrice = 0;
      const joined = joinBook(state, market);
      if (market.collected.count > 0) return canceled + fills + joined;
      market.collecting = false;
      return 0;
    }
    const open = market.openOrders;
    // The price that an unfinished auction kept may cross nothing any more; the round then does no more than forget it.
    const isPriced = market.auctionPrice !== 0;
    canceled += preventSelfTrades(state, market, sides, LIMITS.cancelsPerCommand - canceled);
    if (canceled >= LIMITS.cancelsPerCommand) break;
    if (market.auctionPrice === 0) market.auctionPrice = priceOfSides(state, market, sides);
    const traded = tradeSides(state, market, sides, LIMITS.fillsPerCommand - fills);
    fills += traded.fills;
    withdrawTripped(state);
    if (traded.more) break;
    assert(isPriced || market.openOrders < open, 'each round of an auction ends an order');
    // Orders that came or went since the price was found may cross elsewhere.
    market.auctionPrice = 0;
  }
  return canceled + fills;
}

/** Orders whose time has passed take no part. */
function cancelExpired(state: State, market: Market): number {
  const { bids, asks } = allOrders(state, market);
  let canceled = 0;
  for (const slot of [...bids, ...asks]) {
    const expiresAt = state.orders.expiresAt(slot);
    if (expiresAt === 0 || expiresAt > state.time) continue;
    if (canceled === LIMITS.cancelsPerCommand) break;
    cancelMaker(state, market, slot, REASON.EXPIRED);
    canceled++;
  }
  return canceled;
}

/** Moves collected orders to the book, which nothing crosses now, as many as one command may; returns how many. */
function joinBook(state: State, market: Market): number {
  const { orders } = state;
  const { collected } = market;
  const book = market.books[0] as Book;
  const levels = new Set<number>();
  let joined = 0;
  for (; collected.oldest >= 0 && joined < LIMITS.cancelsPerCommand; joined++) {
    const slot = collected.oldest;
    collected.remove(orders, slot);
    book.rest(orders, slot);
    emitOrder(state, slot);
    levels.add(2 * priceOf(orders, slot) + ((orders.rows[slot * ROW + TERMS] as number) & 1));
  }
  for (const level of levels) emitLevel(state, market, 0, level & 1, level >> 1);
  return joined;
}
