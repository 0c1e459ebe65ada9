import { deliver, hold, linkMine, merge, receive, unhold, unlinkMine } from '../accounts/positions.ts';
import { emitBalance, emitLevel, emitOrder, emitPosition, emitPositions, emitTrade } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import type { Market } from '../market.ts';
import { BUY, MARKET_TYPE, SELL } from '../records/commands.ts';
import { CAUSE, MIRRORED, STATUS } from '../records/events.ts';
import type { State } from '../state.ts';
import type { Book } from './book.ts';
import {
  CLIENT_REF,
  COVERED,
  FILLED,
  FILLED_MICROS,
  HOLDER,
  MONEY_ROW,
  PRICE,
  ROW,
  SIZE,
  STATE,
  TERMS,
} from './orders.ts';

/** Does a resting price satisfy an incoming limit? */
const within = (side: number, limit: number, resting: number): boolean =>
  side === BUY ? resting <= limit : resting >= limit;

/** What an incoming order would do to the book. Reused: read it before the next {@link walk}. */
export const reach = { lots: 0, micros: 0, orders: 0, lastPrice: 0 };

/**
 * Walks the opposite side level by level without changing it: lots that an order of `side` at `limit` would fill, their
 * money at the resting prices (in book terms) and how many resting orders that takes. `budget` caps the client's cost,
 * which for a mirrored order is 10,000 − price a lot.
 */
export function walk(
  book: Book,
  side: number,
  limit: number,
  lots: number,
  budget: number,
  mirrored: boolean,
): typeof reach {
  reach.lots = reach.micros = reach.orders = reach.lastPrice = 0;
  let left = lots;
  let money = budget;
  let price = side === BUY ? book.bestAsk : book.bestBid;
  while (price !== 0 && left > 0 && within(side, limit, price)) {
    let take = Math.min(left, book.lotsAt(price));
    const each = mirrored ? 10_000 - price : price;
    if (take * each > money) take = Math.floor(money / each);
    if (take === 0) break;
    reach.lots += take;
    reach.micros += take * price;
    reach.orders += book.ordersAt(price);
    reach.lastPrice = price;
    money -= take * each;
    left -= take;
    price = side === BUY ? book.nextAsk(price) : book.nextBid(price);
  }
  return reach;
}

/**
 * Fills an incoming order against the book, best price first, oldest order first, at the resting orders' prices.
 * Everything has been checked: `lots` is what the taker can pay for. Returns the lots that were filled.
 */
export function match(
  state: State,
  market: Market,
  outcome: number,
  slot: number,
  limit: number,
  lots: number,
): number {
  const book = market.books[outcome] as Book;
  const orders = state.orders;
  const side = (orders.rows[slot * ROW + TERMS] as number) & 1;
  const taker = orders.rows[slot * ROW + HOLDER] as number;
  const takerAccount = market.holders.accounts[taker] as number;
  const takerId = orders.id(slot);
  const takerMirrored = (orders.rows[slot * ROW + TERMS] as number) & MIRRORED ? 1 : 0;
  let left = lots;
  while (left > 0 && state.fills < LIMITS.fillsPerCommand) {
    const price = side === BUY ? book.bestAsk : book.bestBid;
    if (price === 0 || !within(side, limit, price)) break;
    while (left > 0 && state.fills < LIMITS.fillsPerCommand) {
      const resting = book.oldest(price);
      if (resting < 0) break;
      const rows = orders.rows;
      const row = resting * ROW;
      const maker = rows[row + HOLDER] as number;
      const remaining = (rows[row + SIZE] as number) - (rows[row + FILLED] as number);
      const fill = left < remaining ? left : remaining;
      const micros = fill * price;
      const makerMirrored = (rows[row + TERMS] as number) & MIRRORED ? 2 : 0;
      const makerAccount = market.holders.accounts[maker] as number;
      const makerId = orders.id(resting);
      fillResting(state, market, book, outcome, resting, fill);
      if (side === BUY) receive(state, market, taker, outcome, fill, micros);
      else deliver(state, market, taker, outcome, fill, micros);
      addFilled(state, slot, fill, micros);
      emitTrade(
        state,
        market,
        takerAccount,
        makerAccount,
        outcome,
        side,
        fill,
        price,
        micros,
        takerId,
        makerId,
        takerMirrored | makerMirrored,
      );
      market.volume += micros;
      state.fills++;
      left -= fill;
    }
    setLast(market, outcome, price * 100);
    emitLevel(state, market, outcome, 1 - side, price);
  }
  return lots - left;
}

export function addFilled(state: State, slot: number, lots: number, micros: number): void {
  const row = slot * ROW;
  state.orders.rows[row + FILLED] = (state.orders.rows[row + FILLED] as number) + lots;
  const money = slot * MONEY_ROW + FILLED_MICROS;
  state.orders.money[money] = (state.orders.money[money] as number) + micros;
}

/** A resting order gives or takes `lots` at its own price. */
function fillResting(state: State, market: Market, book: Book, outcome: number, slot: number, lots: number): void {
  const rows = state.orders.rows;
  const row = slot * ROW;
  const price = rows[row + PRICE] as number;
  const holder = rows[row + HOLDER] as number;
  const account = market.holders.accounts[holder] as number;
  const before = state.accounts.balance[account] as number;
  const side = (rows[row + TERMS] as number) & 1;
  unhold(state, market, slot, lots, true);
  addFilled(state, slot, lots, lots * price);
  if (side === BUY) receive(state, market, holder, outcome, lots, lots * price);
  else deliver(state, market, holder, outcome, lots, lots * price);
  book.shrink(price, lots);
  if (rows[row + FILLED] === rows[row + SIZE]) {
    book.remove(state.orders, slot, 0);
    leaveBook(state, market, slot);
    finish(state, slot, STATUS.FILLED, 0);
  } else emitOrder(state, slot);
  emitBalance(state, account, market.index, (state.accounts.balance[account] as number) - before, CAUSE.TRADE);
  emitPositions(state, market, holder);
}

/** Puts what is left of an order into the book, with its collateral. */
export function rest(state: State, market: Market, outcome: number, slot: number): void {
  const rows = state.orders.rows;
  const row = slot * ROW;
  hold(state, market, slot, (rows[row + SIZE] as number) - (rows[row + FILLED] as number));
  (market.books[outcome] as Book).rest(state.orders, slot);
  linkMine(state, market, slot);
  market.openOrders++;
  const account = market.holders.accounts[rows[row + HOLDER] as number] as number;
  state.accounts.openOrders[account] = (state.accounts.openOrders[account] as number) + 1;
  emitLevel(state, market, outcome, (rows[row + TERMS] as number) & 1, rows[row + PRICE] as number);
}

/** The order no longer rests; its row stays. */
export function leaveBook(state: State, market: Market, slot: number): void {
  unlinkMine(state, market, slot);
  market.openOrders--;
  const account = market.holders.accounts[state.orders.rows[slot * ROW + HOLDER] as number] as number;
  state.accounts.openOrders[account] = (state.accounts.openOrders[account] as number) - 1;
}

/** Takes a resting order out of book and collateral. The caller decides what becomes of it. */
export function unrest(state: State, market: Market, slot: number): void {
  const rows = state.orders.rows;
  const row = slot * ROW;
  const outcome = (rows[row + TERMS] as number) >> 8;
  const remaining = (rows[row + SIZE] as number) - (rows[row + FILLED] as number);
  const covered = rows[row + COVERED] as number;
  unhold(state, market, slot, remaining, true);
  (market.books[outcome] as Book).remove(state.orders, slot, remaining);
  leaveBook(state, market, slot);
  if (covered > 0 && market.outcomes > 2) merge(state, market, rows[row + HOLDER] as number, outcome);
}

/** Ends an order: the last ORDER event; the row is kept only while a client id remembers it. */
export function finish(state: State, slot: number, status: number, reason: number): void {
  const rows = state.orders.rows;
  const row = slot * ROW;
  rows[row + STATE] = status | (reason << 4);
  emitOrder(state, slot);
  const ref = rows[row + CLIENT_REF] as number;
  if (ref === 0) state.orders.release(slot);
  else state.clientIds.ended(ref - 1, state.time);
}

/** Cancels a resting order, with the level and position events; the caller emits the balance. */
export function cancelResting(state: State, market: Market, slot: number, reason: number): void {
  const rows = state.orders.rows;
  const row = slot * ROW;
  const terms = rows[row + TERMS] as number;
  const price = rows[row + PRICE] as number;
  const holder = rows[row + HOLDER] as number;
  const covered = rows[row + COVERED] as number;
  unrest(state, market, slot);
  finish(state, slot, STATUS.CANCELED, reason);
  emitLevel(state, market, terms >> 8, terms & 1, price);
  if (covered > 0) {
    if (market.outcomes > 2) emitPositions(state, market, holder);
    else emitPosition(state, market, holder, (terms & 1) === SELL ? 0 : 1);
  }
}

/** Records a trade price in millionths; two outcomes are each other's complement. */
export function setLast(market: Market, outcome: number, millionths: number): void {
  market.last[outcome] = millionths;
  if (market.outcomes === 2 && market.type !== MARKET_TYPE.lmsr) market.last[1 - outcome] = 1_000_000 - millionths;
}
