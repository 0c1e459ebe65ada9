import * as CommandLayout from '../records/commands.ts';
import type { Ladder } from './ladder.ts';
import * as LevelLayout from './ladder.ts';
import * as OrderLayout from './orderRow.ts';
import type { Orders } from './orders.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { BUY } = CommandLayout;
const { LEVEL, LOTS, OLDEST, PAGE_LEVELS, PAGE_WORDS, YOUNGEST } = LevelLayout;
const { FILLED, NEXT, PREV, PRICE, ROW_SHIFT, SLOTS, SIZE, TERMS } = OrderLayout;

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
  // First words in the ladder: of the page table, and of the bitmap’s three levels. 0: nothing has rested yet.
  private pages = 0;
  private low = 0;
  private middle = 0;
  private top = 0;

  constructor(tickSize: number, ladder: Ladder) {
    this.tickSize = tickSize;
    this.reciprocal = Math.ceil(2 ** 18 / tickSize);
    this.ladder = ladder;
  }

  /** The oldest order at a price that is occupied, or −1. */
  oldest(price: number): number {
    if (this.pages === 0) return -1;
    return (this.ladder.i32[this.levelAt(this.level(price)) + OLDEST] as number) - 1;
  }

  /** Lots resting at a price. */
  lotsAt(price: number): number {
    if (this.pages === 0) return 0;
    return this.ladder.f64[(this.levelAt(this.level(price)) + LOTS) >> 1] as number;
  }

  /** The next occupied price below a bid or above an ask; 0 none. */
  nextBid(price: number): number {
    const level = this.atOrBelow(this.level(price) - 1);
    return level < 0 ? 0 : level * this.tickSize;
  }

  nextAsk(price: number): number {
    const level = this.atOrAbove(this.level(price) + 1);
    return level < 0 ? 0 : level * this.tickSize;
  }

  /** Puts what is left of an order at the back of its price level. */
  rest(orders: Orders, slot: number): void {
    if (this.pages === 0) this.allocate();
    const rows = orders.rows;
    const row = (slot & SLOTS) << ROW_SHIFT;
    const price = rows[row + PRICE] as number;
    const level = this.level(price);
    let at = this.levelAt(level);
    if (at < LEVEL * PAGE_LEVELS) {
      at = this.ladder.take(PAGE_WORDS);
      this.ladder.i32[this.pages + (level >> 6)] = at;
      at = this.levelAt(level);
    }
    const words = this.ladder.i32;
    const youngest = (words[at + YOUNGEST] as number) - 1;
    rows[row + PREV] = youngest;
    rows[row + NEXT] = -1;
    words[at + YOUNGEST] = slot + 1;
    if (youngest >= 0) rows[((youngest & SLOTS) << ROW_SHIFT) + NEXT] = slot;
    else {
      words[at + OLDEST] = slot + 1;
      this.occupy(level);
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
    const row = (slot & SLOTS) << ROW_SHIFT;
    const price = rows[row + PRICE] as number;
    const level = this.level(price);
    const at = this.levelAt(level);
    const words = this.ladder.i32;
    const prev = rows[row + PREV] as number;
    const next = rows[row + NEXT] as number;
    if (prev >= 0) rows[((prev & SLOTS) << ROW_SHIFT) + NEXT] = next;
    else words[at + OLDEST] = next + 1;
    if (next >= 0) rows[((next & SLOTS) << ROW_SHIFT) + PREV] = prev;
    else words[at + YOUNGEST] = prev + 1;
    const lots = (at + LOTS) >> 1;
    this.ladder.f64[lots] = (this.ladder.f64[lots] as number) - remaining;
    if (prev >= 0 || next >= 0) return;
    this.vacate(level);
    if (price === this.bestBid) this.bestBid = this.nextBid(price);
    else if (price === this.bestAsk) this.bestAsk = this.nextAsk(price);
  }

  private level(price: number): number {
    return Math.imul(price, this.reciprocal) >>> 18;
  }

  /** First word of a level; in the empty page where nothing ever rested. */
  private levelAt(level: number): number {
    return (this.ladder.i32[this.pages + (level >> 6)] as number) + (level & 63) * LEVEL;
  }

  private allocate(): void {
    const levels = 10_000 / this.tickSize + 1;
    const [pages, low, middle] = [(levels >> 6) + 1, (levels >> 5) + 1, (levels >> 10) + 1];
    this.pages = this.ladder.take(pages + low + middle + 1);
    this.low = this.pages + pages;
    this.middle = this.low + low;
    this.top = this.middle + middle;
  }

  private occupy(level: number): void {
    const words = this.ladder.i32;
    const low = this.low + (level >> 5);
    const middle = this.middle + (level >> 10);
    words[low] = (words[low] as number) | (1 << (level & 31));
    words[middle] = (words[middle] as number) | (1 << ((level >> 5) & 31));
    words[this.top] = (words[this.top] as number) | (1 << (level >> 10));
  }

  private vacate(level: number): void {
    const words = this.ladder.i32;
    const low = this.low + (level >> 5);
    words[low] = (words[low] as number) & ~(1 << (level & 31));
    if (words[low] !== 0) return;
    const middle = this.middle + (level >> 10);
    words[middle] = (words[middle] as number) & ~(1 << ((level >> 5) & 31));
    if (words[middle] === 0) words[this.top] = (words[this.top] as number) & ~(1 << (level >> 10));
  }

  /** The lowest occupied level ≥ `level`, or −1: at most three words of the bitmap away. */
  private atOrAbove(level: number): number {
    const words = this.ladder.i32;
    let w = level >> 5;
    let word = (words[this.low + w] as number) & (-1 << (level & 31));
    if (word !== 0) return w * 32 + lowestBit(word);
    word = (w & 31) === 31 ? 0 : (words[this.middle + (w >> 5)] as number) & (-1 << ((w & 31) + 1));
    let found = w >> 5;
    if (word === 0) {
      const above = found === 31 ? 0 : (words[this.top] as number) & (-1 << (found + 1));
      if (above === 0) return -1;
      found = lowestBit(above);
      word = words[this.middle + found] as number;
    }
    w = found * 32 + lowestBit(word);
    return w * 32 + lowestBit(words[this.low + w] as number);
  }

  /** The highest occupied level ≤ `level`, or −1. */
  private atOrBelow(level: number): number {
    const words = this.ladder.i32;
    let w = level >> 5;
    let word = (words[this.low + w] as number) & (-1 >>> (31 - (level & 31)));
    if (word !== 0) return w * 32 + highestBit(word);
    word = (w & 31) === 0 ? 0 : (words[this.middle + (w >> 5)] as number) & (-1 >>> (32 - (w & 31)));
    let found = w >> 5;
    if (word === 0) {
      const below = found === 0 ? 0 : (words[this.top] as number) & (-1 >>> (32 - found));
      if (below === 0) return -1;
      found = highestBit(below);
      word = words[this.middle + found] as number;
    }
    w = found * 32 + highestBit(word);
    return w * 32 + highestBit(words[this.low + w] as number);
  }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
const highestBit = (word: number): number => 31 - Math.clz32(word);
