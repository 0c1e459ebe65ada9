import { grownInt32 } from '../growth.ts';

/**
 * The words of all markets’ holders in one array, as {@link Ladder} has the levels of all books: an array for each market
 * would be three headers more to fetch for every command. A market takes a block, and a larger one in its place when it is full;
 * blocks are even, and what was left is taken again by the next that needs as much.
 */
export class HolderRows {
  i32: Int32Array;
  f64: Float64Array;
  private end = 0;
  /** First words of blocks that were left, by their size. */
  private readonly left = new Map<number, number[]>();

  constructor(reserveWords: number) {
    this.i32 = new Int32Array(reserveWords);
    this.f64 = new Float64Array(this.i32.buffer);
  }

  /** The first of so many words, an even number; all zero. */
  take(words: number): number {
    const at = this.left.get(words)?.pop();
    if (at !== undefined) return at;
    const fresh = this.end;
    this.end += words;
    if (this.end > this.i32.length) {
      this.i32 = grownInt32(this.i32, this.end);
      this.f64 = new Float64Array(this.i32.buffer);
    }
    return fresh;
  }

  /** A block that was taken is needed no more. */
  leave(at: number, words: number): void {
    this.i32.fill(0, at, at + words);
    const blocks = this.left.get(words);
    if (blocks === undefined) this.left.set(words, [at]);
    else blocks.push(at);
  }
}
