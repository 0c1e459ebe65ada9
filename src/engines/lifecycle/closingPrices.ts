import { TIGHT_SPREAD_TICKS } from '../limits.ts';
import { makerPrices } from '../lmsr/maker.ts';
import type { Market } from '../market.ts';
import { PRICE_SOURCES } from '../records/events.ts';

const NONE = PRICE_SOURCES.indexOf('none');
const MID = PRICE_SOURCES.indexOf('mid');
const LAST = PRICE_SOURCES.indexOf('last');
const AMM_PRICE = PRICE_SOURCES.indexOf('amm');

/** The mid of a tight book, else the marginal price of the maker, else the last trade; in millionths, with its source. */
export function recordClosingPrices(market: Market): void {
  const n = market.outcomes;
  const prices = new Int32Array(n).fill(-1);
  const sources = new Int32Array(n).fill(NONE);
  const maker = market.hasMaker ? makerPrices(market) : null;
  for (let i = 0; i < n; i++) {
    const mid = market.bookOn ? midOf(market, i) : -1;
    if (mid >= 0) {
      prices[i] = mid;
      sources[i] = MID;
    } else if (maker !== null) {
      prices[i] = maker[i] as number;
      sources[i] = AMM_PRICE;
    } else if (market.last[i] !== -1) {
      prices[i] = market.last[i] as number;
      sources[i] = LAST;
    }
  }
  market.closingPrices = prices;
  market.closingSources = sources;
}

/** The mid of an outcome's book, −1 where a side is empty or the spread is wide. */
function midOf(market: Market, outcome: number): number {
  const second = market.mirrors && outcome === 1;
  const book = market.books[second ? 0 : outcome];
  if (book === undefined || book.bestBid === 0 || book.bestAsk === 0) return -1;
  if (book.bestAsk - book.bestBid > TIGHT_SPREAD_TICKS) return -1;
  const mid = (book.bestBid + book.bestAsk) * 50;
  return second ? 1_000_000 - mid : mid;
}
