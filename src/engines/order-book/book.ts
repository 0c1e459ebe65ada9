import { BUY } from '../records/commands.ts';
import { FILLED, NEXT, type Orders, PREV, PRICE, ROW, SIZE, TERMS } from './orders.ts';
import { PriceBitmap } from './priceBitmap.ts';

/**
 * Resting orders of one outcome: an array slot for each price, a queue of orders (oldest first) in each slot, and a bitmap
 * of the occupied slots for each side. Place, cancel and fill are O(1) at any depth. A book is never crossed, so one array
 * of levels serves both sides. Nothing is allocated before the first order rests.
 */
export class Book {
  readonly tickSize: number;
  readonly levels: number;
  /** Best prices in ticks; bid 0 and ask 0 mean none. */
  bestBid = 0;
  bestAsk = 0;
  private head: Int32Array | undefined;
  private tail = NONE;
  private total = NO_LOTS;
  private orderCount = NONE;
  private bids: PriceBitmap | undefined;
  private asks: PriceBitmap | undefined;

  constructor(tickSize: number) {
    this.tickSize = tickSize;
    this.levels = 10_000 / tickSize;
  }

  /** The oldest order at a price, or −1. */
  oldest(price: number): number {
    return this.head === undefined ? -1 : (this.head[price / this.tickSize] as number);
  }

  /** Lots resting at a price. */
  lotsAt(price: number): number {
    return this.head === undefined ? 0 : (this.total[price / this.tickSize] as number);
  }

  ordersAt(price: number): number {
    return this.head === undefined ? 0 : (this.orderCount[price / this.tickSize] as number);
  }

  /** The next occupied price away from the top of the bids (lower) or the asks (higher); 0 none. */
  nextBid(price: number): number {
    const level = (this.bids as PriceBitmap).atOrBelow(price / this.tickSize - 1);
    return level < 0 ? 0 : level * this.tickSize;
  }

  nextAsk(price: number): number {
    const level = (this.asks as PriceBitmap).atOrAbove(price / this.tickSize + 1);
    return level < 0 ? 0 : level * this.tickSize;
  }

  /** Puts an order at the back of its price level. */
  rest(orders: Orders, slot: number): void {
    if (this.head === undefined) this.allocate();
    const rows = orders.rows;
    const row = slot * ROW;
    const price = rows[row + PRICE] as number;
    const level = price / this.tickSize;
    const head = this.head as Int32Array;
    const last = this.tail[level] as number;
    rows[row + PREV] = last;
    rows[row + NEXT] = -1;
    if (last < 0) {
      head[level] = slot;
      if (((rows[row + TERMS] as number) & 1) === BUY) {
        (this.bids as PriceBitmap).set(level);
        if (price > this.bestBid) this.bestBid = price;
      } else {
        (this.asks as PriceBitmap).set(level);
        if (this.bestAsk === 0 || price < this.bestAsk) this.bestAsk = price;
      }
    } else rows[last * ROW + NEXT] = slot;
    this.tail[level] = slot;
    this.total[level] = (this.total[level] as number) + (rows[row + SIZE] as number) - (rows[row + FILLED] as number);
    this.orderCount[level] = (this.orderCount[level] as number) + 1;
  }

  /** A resting order lost `lots` to a fill or an amend. */
  shrink(price: number, lots: number): void {
    const level = price / this.tickSize;
    this.total[level] = (this.total[level] as number) - lots;
  }

  /** Takes an order out of its level; `remaining` of it was still there. */
  remove(orders: Orders, slot: number, remaining: number): void {
    const rows = orders.rows;
    const row = slot * ROW;
    const price = rows[row + PRICE] as number;
    const level = price / this.tickSize;
    const prev = rows[row + PREV] as number;
    const next = rows[row + NEXT] as number;
    const head = this.head as Int32Array;
    if (prev < 0) head[level] = next;
    else rows[prev * ROW + NEXT] = next;
    if (next < 0) this.tail[level] = prev;
    else rows[next * ROW + PREV] = prev;
    rows[row + PREV] = rows[row + NEXT] = -1;
    this.total[level] = (this.total[level] as number) - remaining;
    this.orderCount[level] = (this.orderCount[level] as number) - 1;
    if (head[level] !== -1) return;
    if (((rows[row + TERMS] as number) & 1) === BUY) {
      (this.bids as PriceBitmap).clear(level);
      if (price === this.bestBid) this.bestBid = this.nextBid(price);
    } else {
      (this.asks as PriceBitmap).clear(level);
      if (price === this.bestAsk) this.bestAsk = this.nextAsk(price);
    }
  }

  private allocate(): void {
    this.head = new Int32Array(this.levels + 1).fill(-1);
    this.tail = new Int32Array(this.levels + 1).fill(-1);
    this.total = new Float64Array(this.levels + 1);
    this.orderCount = new Int32Array(this.levels + 1);
    this.bids = new PriceBitmap(this.levels + 1);
    this.asks = new PriceBitmap(this.levels + 1);
  }
}

const NONE = new Int32Array(0);
const NO_LOTS = new Float64Array(0);
