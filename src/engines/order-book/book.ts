import { BUY } from '../records/commands.ts';
import { LEVEL, LOTS, type Ladder, OLDEST, PAGE_LEVELS, YOUNGEST } from './ladder.ts';
import { FILLED, NEXT, type Orders, PREV, PRICE, ROW, SIZE, TERMS } from './orders.ts';
import { PriceBitmap } from './priceBitmap.ts';

/**
 * Resting orders of one outcome: a level for each price, a queue of orders (oldest first) in each level, and one bitmap of
 * the occupied levels. A book is never crossed, so bids and asks share the levels and the bitmap: what is below the best
 * ask is a bid. Place, cancel and fill are O(1) at any depth. Nothing is allocated before the first order rests.
 */
export class Book {
  readonly tickSize: number;
  /** Best prices in ticks; 0 none. */
  bestBid = 0;
  bestAsk = 0;
  /** price / tickSize = (price × reciprocal) >>> 18, exactly: an integer division would cost more than the rest. */
  private readonly reciprocal: number;
  private readonly ladder: Ladder;
  private pages = NOTHING;
  private occupied = EMPTY;

  constructor(tickSize: number, ladder: Ladder) {
    this.tickSize = tickSize;
    this.reciprocal = Math.ceil(2 ** 18 / tickSize);
    this.ladder = ladder;
  }

  /** The oldest order at a price that is occupied, or −1. */
  oldest(price: number): number {
    if (this.pages === NOTHING) return -1;
    return (this.ladder.i32[this.levelAt(this.level(price)) + OLDEST] as number) - 1;
  }

  /** Lots resting at a price. */
  lotsAt(price: number): number {
    if (this.pages === NOTHING) return 0;
    return this.ladder.f64[(this.levelAt(this.level(price)) + LOTS) >> 1] as number;
  }

  /** The next occupied price below a bid or above an ask; 0 none. */
  nextBid(price: number): number {
    const level = this.occupied.atOrBelow(this.level(price) - 1);
    return level < 0 ? 0 : level * this.tickSize;
  }

  nextAsk(price: number): number {
    const level = this.occupied.atOrAbove(this.level(price) + 1);
    return level < 0 ? 0 : level * this.tickSize;
  }

  /** Puts what is left of an order at the back of its price level. */
  rest(orders: Orders, slot: number): void {
    if (this.pages === NOTHING) this.allocate();
    const rows = orders.rows;
    const row = slot * ROW;
    const price = rows[row + PRICE] as number;
    const level = this.level(price);
    let at = this.levelAt(level);
    if (at < LEVEL * PAGE_LEVELS) {
      this.pages[level >> 6] = this.ladder.takePage();
      at = this.levelAt(level);
    }
    const words = this.ladder.i32;
    const youngest = (words[at + YOUNGEST] as number) - 1;
    rows[row + PREV] = youngest;
    rows[row + NEXT] = -1;
    words[at + YOUNGEST] = slot + 1;
    if (youngest >= 0) rows[youngest * ROW + NEXT] = slot;
    else {
      words[at + OLDEST] = slot + 1;
      this.occupied.set(level);
      if (((rows[row + TERMS] as number) & 1) === BUY) {
        if (price > this.bestBid) this.bestBid = price;
      } else if (this.bestAsk === 0 || price < this.bestAsk) this.bestAsk = price;
    }
    const lots = (at + LOTS) >> 1;
    const totals = this.ladder.f64;
    totals[lots] = (totals[lots] as number) + (rows[row + SIZE] as number) - (rows[row + FILLED] as number);
  }

  /** A resting order lost `lots` to a fill or an amend. */
  shrink(price: number, lots: number): void {
    const at = (this.levelAt(this.level(price)) + LOTS) >> 1;
    this.ladder.f64[at] = (this.ladder.f64[at] as number) - lots;
  }

  /** Takes an order out of its level; `remaining` of it was still counted there. */
  remove(orders: Orders, slot: number, remaining: number): void {
    const rows = orders.rows;
    const row = slot * ROW;
    const price = rows[row + PRICE] as number;
    const level = this.level(price);
    const at = this.levelAt(level);
    const words = this.ladder.i32;
    const prev = rows[row + PREV] as number;
    const next = rows[row + NEXT] as number;
    if (prev >= 0) rows[prev * ROW + NEXT] = next;
    else words[at + OLDEST] = next + 1;
    if (next >= 0) rows[next * ROW + PREV] = prev;
    else words[at + YOUNGEST] = prev + 1;
    const lots = (at + LOTS) >> 1;
    this.ladder.f64[lots] = (this.ladder.f64[lots] as number) - remaining;
    if (prev >= 0 || next >= 0) return;
    this.occupied.clear(level);
    if (price === this.bestBid) this.bestBid = this.nextBid(price);
    else if (price === this.bestAsk) this.bestAsk = this.nextAsk(price);
  }

  private level(price: number): number {
    return Math.imul(price, this.reciprocal) >>> 18;
  }

  /** First word of a level; in page 0 where nothing ever rested. */
  private levelAt(level: number): number {
    return (this.pages[level >> 6] as number) + (level & 63) * LEVEL;
  }

  private allocate(): void {
    const levels = 10_000 / this.tickSize + 1;
    this.pages = new Int32Array((levels >> 6) + 1);
    this.occupied = new PriceBitmap(levels);
  }
}

const NOTHING = new Int32Array(0);
const EMPTY = new PriceBitmap(0);
