import { grownInt32 } from '../growth.ts';

/**
 * The price levels of all books of a shard, in pages of 64 levels that a book takes when an order first rests in them: ten
 * thousand markets of ten thousand ticks cost what is used of them. A level is four words, so that its queue and its total
 * share a cache line:
 *
 * ```
 *   0               1               2 3
 *   oldest + 1      youngest + 1    lots, f64
 * ```
 * Slots are stored plus one: a fresh page is all zeroes and needs no filling. Page 0 stays empty: books point unused pages
 * to it, and reading needs no test.
 */
export const LEVEL = 4;
export const OLDEST = 0;
export const YOUNGEST = 1;
/** f64 index of a level's lots is (word + LOTS) / 2. */
export const LOTS = 2;
export const PAGE_LEVELS = 64;
export const PAGE_WORDS = PAGE_LEVELS * LEVEL;

export class Ladder {
  i32: Int32Array;
  f64: Float64Array;
  private high = 1;

  constructor(reservePages = 16) {
    this.i32 = new Int32Array(PAGE_WORDS * reservePages);
    this.f64 = new Float64Array(this.i32.buffer);
  }

  /** The first word of a fresh page. */
  takePage(): number {
    const at = this.high++ * PAGE_WORDS;
    if (at + PAGE_WORDS > this.i32.length) {
      this.i32 = grownInt32(this.i32, at + PAGE_WORDS);
      this.f64 = new Float64Array(this.i32.buffer);
    }
    return at;
  }
}
