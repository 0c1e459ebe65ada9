import type { MarketImage } from '../../engines/image.ts';
import { TIGHT_SPREAD_TICKS } from '../../engines/limits.ts';
import { BUY } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import { TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import { PriceBitmap } from './priceBitmap.ts';
import { tradeMillionths } from './tradePrice.ts';

const NONE = E.PRICE_SOURCES.indexOf('none');
const MID = E.PRICE_SOURCES.indexOf('mid');
const LAST = E.PRICE_SOURCES.indexOf('last');
const MAKER = E.PRICE_SOURCES.indexOf('amm');
const CLOSED = E.MARKET_STATUSES.indexOf('closed');

/** Which levels of a book are occupied: all that its best prices need. Prices in ticks, 0 for an empty side. */
class TopOfBook {
  private readonly bids = new PriceBitmap(TICKS_PER_DOLLAR);
  private readonly asks = new PriceBitmap(TICKS_PER_DOLLAR);
  bid = 0;
  ask = 0;

  set(side: number, price: number, occupied: boolean): void {
    const levels = side === BUY ? this.bids : this.asks;
    if (occupied) levels.set(price);
    else levels.clear(price);
    if (side === BUY) this.bid = Math.max(0, levels.atOrBelow(TICKS_PER_DOLLAR));
    else this.ask = Math.max(0, levels.atOrAbove(0));
  }

  /** In millionths, −1 unless both sides stand and the spread is tight. */
  get mid(): number {
    const tight = this.bid > 0 && this.ask > 0 && this.ask - this.bid <= TIGHT_SPREAD_TICKS;
    return tight ? (this.bid + this.ask) * 50 : -1;
  }
}

/**
 * Prices of a market’s outcomes as events change them, by the rule of its closing prices: the mid of a tight book, else
 * the maker’s price, else the last trade. After the close they stand still: the book is emptied then.
 */
export class MarketPrices {
  readonly millionths: Int32Array;
  readonly sources: Uint8Array;
  private readonly books: (TopOfBook | undefined)[] = [];
  private readonly last: Int32Array;
  private readonly maker: Int32Array;
  private hasMaker = false;
  private closed = false;

  constructor(outcomes: number) {
    this.millionths = new Int32Array(outcomes).fill(-1);
    this.sources = new Uint8Array(outcomes);
    this.last = new Int32Array(outcomes).fill(-1);
    this.maker = new Int32Array(outcomes).fill(-1);
  }

  static of(image: MarketImage): MarketPrices {
    const prices = new MarketPrices(image.outcomes.length);
    for (const { outcome, bids, asks } of image.books) {
      for (const [price] of bids) prices.setLevel(outcome, BUY, price, true);
      for (const [price] of asks) prices.setLevel(outcome, 1 - BUY, price, true);
    }
    prices.last.set(image.last);
    prices.maker.set(image.ammMillionths);
    prices.hasMaker = image.ammMillionths.length > 0;
    for (let outcome = 0; outcome < prices.millionths.length; outcome++) prices.refresh(outcome);
    prices.closed = image.status >= CLOSED;
    return prices;
  }

  onLevel(i32: Int32Array, f64: Float64Array, at: number): void {
    const lots = f64[(at + E.LEVEL_LOTS) >> 1] as number;
    const outcome = i32[at + E.LEVEL_OUTCOME] as number;
    this.setLevel(outcome, i32[at + E.LEVEL_SIDE] as number, i32[at + E.LEVEL_PRICE] as number, lots > 0);
  }

  onTrade(i32: Int32Array, f64: Float64Array, at: number): void {
    if (((i32[at + E.TRADE_FLAGS] as number) & E.SET_FILL) !== 0) return;
    this.last[i32[at + E.TRADE_OUTCOME] as number] = tradeMillionths(i32, f64, at);
  }

  onMaker(f64: Float64Array, at: number): void {
    const n = this.maker.length;
    this.hasMaker = true;
    for (let i = 0; i < n; i++) this.maker[i] = f64[((at + E.AMM_PER_OUTCOME) >> 1) + n + i] as number;
  }

  onMarket(i32: Int32Array, at: number): void {
    this.closed = (i32[at + E.MARKET_STATUS] as number) >= CLOSED;
  }

  /** Sets the price of `outcome` by what is known now; true if it or its source is another. */
  refresh(outcome: number): boolean {
    if (this.closed) return false;
    // Two outcomes share the one book of the first; each has its own price of a maker.
    const mirrored = outcome === 1 && this.millionths.length === 2;
    const book = mirrored ? 0 : outcome;
    let source = MID;
    let price = this.books[book]?.mid ?? -1;
    if (price === -1) {
      source = LAST;
      price = this.last[book] as number;
    }
    if (mirrored && price !== -1) price = 1_000_000 - price;
    if (source === LAST && this.hasMaker) {
      source = MAKER;
      price = this.maker[outcome] as number;
    }
    if (price === -1) source = NONE;
    if (price === this.millionths[outcome] && source === this.sources[outcome]) return false;
    this.millionths[outcome] = price;
    this.sources[outcome] = source;
    return true;
  }

  private setLevel(outcome: number, side: number, price: number, occupied: boolean): void {
    let book = this.books[outcome];
    if (book === undefined) {
      book = new TopOfBook();
      this.books[outcome] = book;
    }
    book.set(side, price, occupied);
  }
}
