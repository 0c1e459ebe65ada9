import { assert } from '../growth.ts';
import { lotsToBuyUpTo, lotsToSellDownTo } from '../lmsr/lmsr.ts';
import { HALTED, type Market, OPEN } from '../market.ts';
import type { Book } from '../order-book/book.ts';
import * as O from '../order-book/orders.ts';
import { BUY, outcomeOfTerms, SELL } from '../records/commands.ts';
import type { State } from '../state.ts';

/** The books of a market and its collected orders; returns how many orders stand in them. */
export function checkBooks(state: State, market: Market): number {
  const of = `in market ${market.terms.slug}`;
  let count = 0;
  market.books.forEach((book, outcome) => {
    assert(book.bestBid === 0 || book.bestAsk === 0 || book.bestBid < book.bestAsk, `the book is not crossed ${of}`);
    for (let price = book.bestBid; price !== 0; price = book.nextBid(price))
      count += checkLevel(state, market, book, outcome, BUY, price);
    for (let price = book.bestAsk; price !== 0; price = book.nextAsk(price))
      count += checkLevel(state, market, book, outcome, SELL, price);
  });
  let collected = 0;
  for (let slot = market.collected.oldest; slot >= 0; slot = state.orders.rows[slot * O.ROW + O.NEXT] as number) {
    assert(market.collected.has(state.orders, slot), `a collected order is marked ${of}`);
    collected++;
  }
  assert(collected === market.collected.count, `collected orders are counted ${of}`);
  if (market.status !== OPEN && market.status !== HALTED) return count + collected;
  assert(market.collecting || collected === 0, `orders are collected for an auction only ${of}`);
  if (market.books.length > 2) checkSets(market);
  // What a top-up leaves crossed while the market is halted is filled when it opens.
  if (market.hasMaker && market.status === OPEN && state.time < market.closeTime) checkMaker(market);
  return count + collected;
}

function checkLevel(state: State, market: Market, book: Book, outcome: number, side: number, price: number): number {
  const of = `in market ${market.terms.slug}`;
  const { rows } = state.orders;
  let count = 0;
  let sum = 0;
  let previous = -1;
  for (let slot = book.oldest(price); slot >= 0; slot = rows[slot * O.ROW + O.NEXT] as number) {
    const terms = rows[slot * O.ROW + O.TERMS] as number;
    assert(rows[slot * O.ROW + O.PRICE] === price, `an order rests at its price ${of}`);
    assert(outcomeOfTerms(terms) === outcome && (terms & 1) === side, `an order rests on its side ${of}`);
    assert(rows[slot * O.ROW + O.PREV] === previous, `a level is linked both ways ${of}`);
    assert(!market.collected.has(state.orders, slot), `an order of the book is not collected ${of}`);
    previous = slot;
    sum += state.orders.remaining(slot);
    count++;
  }
  assert(count > 0, `an occupied level has orders ${of}`);
  assert(sum === book.lotsAt(price), `a level’s total is that of its orders ${of}`);
  return count;
}

/** Nobody could mint a set and sell it to the best bids, or buy one from the best asks and merge it, for more than it costs. */
function checkSets(market: Market): void {
  const bids = market.books.map((book) => book.bestBid);
  const asks = market.books.map((book) => book.bestAsk);
  const sum = (prices: number[]): number => prices.reduce((total, price) => total + price, 0);
  const of = `in market ${market.terms.slug}`;
  if (!bids.includes(0)) assert(sum(bids) < 10_000, `the best bids leave something of a set ${of}`);
  if (!asks.includes(0)) assert(sum(asks) > 10_000, `the best asks cost more than a set ${of}`);
}

/** The maker would not sell a lot to the best bid of its own accord, nor buy one from the best ask. */
function checkMaker(market: Market): void {
  const { q, b, outcomes: n } = market;
  const { bandMin, bandMax } = market.terms;
  const of = `in market ${market.terms.slug}`;
  market.books.forEach((book, outcome) => {
    if (book.bestBid !== 0) {
      const lots = lotsToBuyUpTo(q, n, b, outcome, Math.min(book.bestBid * 100, bandMax));
      assert(lots === 0, `no bid crosses the maker ${of}`);
    }
    if (book.bestAsk !== 0) {
      const lots = lotsToSellDownTo(q, n, b, outcome, Math.max(book.bestAsk * 100, bandMin));
      assert(lots === 0, `no ask crosses the maker ${of}`);
    }
  });
}
