import { BUY } from '../../engines/records/commands.ts';

/**
 * One side of a book: prices with their total size, best last, so that changes near the top move little memory.
 * Bounded by the prices there are (9,999).
 */
export class Levels {
  readonly side: number;
  /** Ticks, worst first. */
  readonly prices: number[] = [];
  /** Lots at the price of the same index. */
  readonly lots: number[] = [];

  constructor(side: number) {
    this.side = side;
  }

  get size(): number {
    return this.prices.length;
  }

  /** Ticks of the best price, 0 none. */
  get best(): number {
    return this.prices.length === 0 ? 0 : (this.prices[this.prices.length - 1] as number);
  }

  /** Sets a level’s total; 0 removes it. */
  set(price: number, lots: number): void {
    const at = this.find(price);
    const found = this.prices[at] === price;
    if (lots === 0) {
      if (!found) return;
      this.prices.splice(at, 1);
      this.lots.splice(at, 1);
    } else if (found) this.lots[at] = lots;
    else {
      this.prices.splice(at, 0, price);
      this.lots.splice(at, 0, lots);
    }
  }

  /** 0 where there is no such level. */
  lotsAt(price: number): number {
    const at = this.find(price);
    return this.prices[at] === price ? (this.lots[at] as number) : 0;
  }

  /** The first index whose price is not worse than `price`. */
  private find(price: number): number {
    const prices = this.prices;
    const ascending = this.side === BUY;
    let low = 0;
    let high = prices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = prices[middle] as number;
      if (ascending ? there < price : there > price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
