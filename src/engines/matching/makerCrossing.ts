import { emitAmm, emitLevel, emitTrade } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { lotsToBuyUpTo, lotsToSellDownTo } from '../lmsr/lmsr.ts';
import { makerGives, makerTakes } from '../lmsr/maker.ts';
import type { Market } from '../market.ts';
import { HOLDER, ROW, TERMS } from '../order-book/orders.ts';
import { withdrawTripped } from '../quotes/withdraw.ts';
import { REASON } from '../reasons.ts';
import { BUY, MIRRORED, SELL } from '../records/commands.ts';
import { AMM, MAKER_MIRRORED } from '../records/events.ts';
import type { State } from '../state.ts';
import { setLast } from './execute.ts';
import { cancelMaker, fillResting } from './makers.ts';

/**
 * A trade with the maker of more than two outcomes moves the prices of all of them. Where that takes the maker's price
 * through a resting order of another outcome, the maker fills that order at the order's own price.
 */
export function fillCrossed(state: State, market: Market): void {
  if (market.outcomes > 2) fillAllCrossed(state, market);
}

/**
 * The maker fills every resting order that its prices have passed, also those of two outcomes: after a top-up an order that
 * was less than a lot away may be many of the smaller steps beyond. Each fill uses up an order or brings the price to
 * within a lot of it, so this ends.
 */
export function fillAllCrossed(state: State, market: Market): void {
  if (!market.hasMaker || !market.bookOn) return;
  let changed = false;
  for (let fills = 0; fills < LIMITS.fillsPerCommand; fills++) {
    let found = false;
    for (let j = 0; j < market.books.length && !found; j++)
      found = fillOne(state, market, j, SELL) || fillOne(state, market, j, BUY);
    if (!found) break;
    changed = true;
    withdrawTripped(state);
  }
  if (changed) emitAmm(state, market);
}

/** `side` is the maker's: it sells to the best bid or buys from the best ask of an outcome. */
function fillOne(state: State, market: Market, outcome: number, side: number): boolean {
  const book = market.book(outcome);
  const price = side === SELL ? book.bestBid : book.bestAsk;
  if (price === 0) return false;
  const { bandMin, bandMax } = market.terms;
  const { q, outcomes: n, b } = market;
  const most =
    side === SELL
      ? lotsToBuyUpTo(q, n, b, outcome, Math.min(price * 100, bandMax))
      : lotsToSellDownTo(q, n, b, outcome, Math.max(price * 100, bandMin));
  if (most === 0) return false;
  const { orders } = state;
  const slot = book.oldest(price);
  const expiresAt = orders.expiresAt(slot);
  if (expiresAt !== 0 && expiresAt <= state.time) {
    cancelMaker(state, market, slot, REASON.EXPIRED);
    return true;
  }
  const lots = Math.min(most, orders.remaining(slot));
  const micros = lots * price;
  const account = market.holders.account(orders.rows[slot * ROW + HOLDER] as number);
  const flags = (orders.rows[slot * ROW + TERMS] as number) & MIRRORED ? MAKER_MIRRORED : 0;
  // The maker pays no fee, so nothing pays for a rebate.
  const fee = fillResting(state, market, slot, lots, price, Math.max(0, market.makerFee));
  if (side === SELL) makerGives(market, outcome, lots, micros);
  else makerTakes(market, outcome, lots, micros);
  emitTrade(state, market, AMM, account, outcome, side, lots, price, micros, -1, slot, 0, fee, flags);
  emitLevel(state, market, outcome, 1 - side, price);
  market.volume += micros;
  setLast(market, outcome, price * 100);
  return true;
}
