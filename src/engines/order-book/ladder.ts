import { grownInt32 } from '../growth.ts';

/**
 * The price levels of all books of a shard in one array: the header of a typed array is a cache line of its own, and a
 * hundred books with five arrays each would spend more on headers than on levels. A book takes a few words for its bitmap
 * and its page table when an order first rests in it, and pages of 64 levels as prices are used: ten thousand markets of
 * ten thousand ticks cost what is used of them. A level is four words, so that its queue and its total share a cache line:
 *
 * ```
 *   0               1               2 3
 *   oldest + 1      youngest + 1    lots, f64
 * ```
 * Slots are stored plus one: fresh memory is all zeroes and needs no filling. The first page stays empty: books point
 * unused pages to it, and reading needs no test.
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
  private end = PAGE_WORDS;

  constructor(reservePages = 16) {
    this.i32 = new Int32Array(PAGE_WORDS * reservePages);
    this.f64 = new Float64Array(this.i32.buffer);
  }

  /** The first of so many fresh words; even. */
  take(words: number): number {
    const at = this.end;
    this.end += (words + 1) & ~1;
    if (this.end > this.i32.length) {
      this.i32 = grownInt32(this.i32, this.end);
      this.f64 = new Float64Array(this.i32.buffer);
    }
    return at;
  }
}
