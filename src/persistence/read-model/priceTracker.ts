import type { EngineImage } from '../../engines/image.ts';
import { KIND, LENGTH, MARKET, SEQ, TIME } from '../../engines/records/buffer.ts';
import { EVENT, MARKET_OUTCOMES } from '../../engines/records/events.ts';
import { MarketPrices } from './marketPrices.ts';
import type { Records } from './records.ts';
import type { PricePointRows } from './rows/pricePoints.ts';

/** Knows every market’s prices, from an image of the engine on, and notes each change once a command is done. */
export class PriceTracker {
  private readonly markets: MarketPrices[];
  /** Markets whose prices the command under way may have changed. */
  private readonly touched: number[] = [];

  constructor(image: EngineImage) {
    this.markets = image.markets.map((market) => MarketPrices.of(market));
  }

  /** Takes the events of one command; what changed goes to `points`, if there are any to fill. */
  add(events: Records, from: number, doneAt: number, points: PricePointRows | null): void {
    const { i32, f64 } = events;
    for (let at = from; at < doneAt; at += i32[at + LENGTH] as number) this.event(i32, f64, at);
    if (this.touched.length === 0) return;
    const time = f64[(doneAt + TIME) >> 1] as number;
    const seq = f64[(doneAt + SEQ) >> 1] as number;
    for (const market of this.touched) {
      const prices = this.markets[market] as MarketPrices;
      const { millionths, sources } = prices;
      for (let outcome = 0; outcome < millionths.length; outcome++) {
        if (!prices.refresh(outcome) || millionths[outcome] === -1) continue;
        points?.add(market, outcome, time, seq, millionths[outcome] as number, sources[outcome] as number);
      }
    }
    this.touched.length = 0;
  }

  private event(i32: Int32Array, f64: Float64Array, at: number): void {
    const market = i32[at + MARKET] as number;
    switch (i32[at + KIND]) {
      case EVENT.LEVEL:
        this.markets[market]?.onLevel(i32, f64, at);
        break;
      case EVENT.TRADE:
        this.markets[market]?.onTrade(i32, f64, at);
        break;
      case EVENT.AMM:
        this.markets[market]?.onMaker(f64, at);
        break;
      case EVENT.MARKET:
        this.markets[market] ??= new MarketPrices(i32[at + MARKET_OUTCOMES] as number);
        this.markets[market]?.onMarket(i32, at);
        return;
      default:
        return;
    }
    // One market’s events mostly follow each other; to look at it twice does no harm.
    if (this.touched.at(-1) !== market) this.touched.push(market);
  }
}
