import { grownInt32 } from '../growth.ts';

/**
 * Who holds what in one market: a row for every account that ever had an order or a share there, in order of arrival.
 * Everything of a row stands together, words first, then f64 (n outcomes):
 *
 * ```
 * account | first open order | first covered order × n | first reduce-only order × n | paid f64 | (shares held cost realized) f64 × n
 * ```
 * Shares of an outcome: `held` of them cover open orders, the rest are free. First orders are slots, −1 none.
 */
const OPEN = 1;
const COVER = 2;
export const POSITION = 4;
const HELD = 1;
const COST = 2;
const REALIZED = 3;

export class Holders {
  readonly outcomes: number;
  /** Words of a row, even. */
  readonly stride: number;
  /** Word of a row's first f64. */
  private readonly paidWord: number;
  count = 0;
  i32: Int32Array;
  f64: Float64Array;
  /** Open addressing: 1 + row, by account. */
  private table = new Int32Array(8);

  constructor(outcomes: number) {
    this.outcomes = outcomes;
    this.paidWord = COVER + 2 * outcomes;
    this.stride = this.paidWord + 2 + 2 * POSITION * outcomes;
    this.i32 = new Int32Array(this.stride * 4);
    this.f64 = new Float64Array(this.i32.buffer);
  }

  /** The row of an account, or −1. */
  find(account: number): number {
    const mask = this.table.length - 1;
    for (let at = hash(account) & mask; ; at = (at + 1) & mask) {
      const row = (this.table[at] as number) - 1;
      if (row < 0 || this.i32[row * this.stride] === account) return row;
    }
  }

  add(account: number): number {
    const row = this.count++;
    const at = row * this.stride;
    if (at + this.stride > this.i32.length) {
      this.i32 = grownInt32(this.i32, at + this.stride);
      this.f64 = new Float64Array(this.i32.buffer);
    }
    this.i32[at] = account;
    this.i32.fill(-1, at + OPEN, at + this.paidWord);
    if (this.count * 2 > this.table.length) this.rehash(this.table.length * 2);
    else this.insert(account, row);
    return row;
  }

  account(row: number): number {
    return this.i32[row * this.stride] as number;
  }
  /** Index in `i32` of the head of a row’s open orders; of its orders that shares of an outcome cover; of reduce-only ones. */
  openAt(row: number): number {
    return row * this.stride + OPEN;
  }
  coverAt(row: number, outcome: number): number {
    return row * this.stride + COVER + outcome;
  }
  reduceAt(row: number, outcome: number): number {
    return row * this.stride + COVER + this.outcomes + outcome;
  }
  /** Index in `f64` of what the holder has paid into the market, net. */
  paidAt(row: number): number {
    return (row * this.stride + this.paidWord) >> 1;
  }
  /** Index in `f64` of the shares of an outcome; held, cost and realized follow. */
  sharesAt(row: number, outcome: number): number {
    return ((row * this.stride + this.paidWord) >> 1) + 1 + outcome * POSITION;
  }
  heldAt(row: number, outcome: number): number {
    return this.sharesAt(row, outcome) + HELD;
  }
  costAt(row: number, outcome: number): number {
    return this.sharesAt(row, outcome) + COST;
  }
  realizedAt(row: number, outcome: number): number {
    return this.sharesAt(row, outcome) + REALIZED;
  }

  shares(row: number, outcome: number): number {
    return this.f64[this.sharesAt(row, outcome)] as number;
  }
  held(row: number, outcome: number): number {
    return this.f64[this.heldAt(row, outcome)] as number;
  }
  /** Shares that no open order needs. */
  free(row: number, outcome: number): number {
    const at = this.sharesAt(row, outcome);
    return (this.f64[at] as number) - (this.f64[at + HELD] as number);
  }

  /** The used part, for a snapshot; {@link restore} takes it back. */
  used(): Int32Array {
    return this.i32.subarray(0, this.count * this.stride);
  }

  restore(used: Int32Array): void {
    this.count = used.length / this.stride;
    this.i32 = grownInt32(used, Math.max(used.length, this.stride * 4));
    this.f64 = new Float64Array(this.i32.buffer);
    let size = 8;
    while (size < this.count * 2) size *= 2;
    this.rehash(size);
  }

  private rehash(size: number): void {
    this.table = new Int32Array(size);
    for (let row = 0; row < this.count; row++) this.insert(this.account(row), row);
  }

  private insert(account: number, row: number): void {
    const mask = this.table.length - 1;
    let at = hash(account) & mask;
    while (this.table[at] !== 0) at = (at + 1) & mask;
    this.table[at] = row + 1;
  }
}

const hash = (account: number): number => {
  const mixed = Math.imul(account ^ (account >>> 15), 0x9e3779b1);
  return mixed ^ (mixed >>> 13);
};
