import type { HolderRows } from './holderRows.ts';

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
export const HELD = 1;
export const COST = 2;
export const REALIZED = 3;

const ROWS_FIRST = 4;
const TABLE_FIRST = 8;

export class Holders {
  readonly outcomes: number;
  /** Words of a row, even. */
  readonly stride: number;
  /** Word of a row's first f64. */
  private readonly paidWord: number;
  private readonly space: HolderRows;
  count = 0;
  /** First words in the space: of the rows, of which there may be `capacity`, and of the table (open addressing: 1 + row, by account). */
  private base: number;
  private table: number;
  private mask = TABLE_FIRST - 1;
  private capacity = ROWS_FIRST;

  constructor(outcomes: number, space: HolderRows) {
    this.outcomes = outcomes;
    this.space = space;
    this.paidWord = COVER + 2 * outcomes;
    this.stride = this.paidWord + 2 + 2 * POSITION * outcomes;
    this.base = space.take(ROWS_FIRST * this.stride);
    this.table = space.take(TABLE_FIRST);
  }

  get i32(): Int32Array {
    return this.space.i32;
  }
  get f64(): Float64Array {
    return this.space.f64;
  }

  /** The row of an account, or −1. */
  find(account: number): number {
    const { base, mask, stride, table } = this;
    const words = this.space.i32;
    for (let at = hash(account) & mask; ; at = (at + 1) & mask) {
      const row = (words[table + at] as number) - 1;
      if (row < 0 || words[base + row * stride] === account) return row;
    }
  }

  add(account: number): number {
    const row = this.count++;
    if (row === this.capacity) this.resize(row * 2);
    const at = this.base + row * this.stride;
    const words = this.space.i32;
    words[at] = account;
    words.fill(-1, at + OPEN, at + this.paidWord);
    if (this.count * 2 > this.mask + 1) this.rehash((this.mask + 1) * 2);
    else this.insert(account, row);
    return row;
  }

  account(row: number): number {
    return this.space.i32[this.base + row * this.stride] as number;
  }
  /** Index in `i32` of the head of a row’s open orders; of its orders that shares of an outcome cover; of reduce-only ones. */
  openAt(row: number): number {
    return this.base + row * this.stride + OPEN;
  }
  coverAt(row: number, outcome: number): number {
    return this.base + row * this.stride + COVER + outcome;
  }
  reduceAt(row: number, outcome: number): number {
    return this.base + row * this.stride + COVER + this.outcomes + outcome;
  }
  /** Index in `f64` of what the holder has paid into the market, net. */
  paidAt(row: number): number {
    return (this.base + row * this.stride + this.paidWord) >> 1;
  }
  /** Index in `f64` of the shares of an outcome; held, cost and realized follow. */
  sharesAt(row: number, outcome: number): number {
    return ((this.base + row * this.stride + this.paidWord) >> 1) + 1 + outcome * POSITION;
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
    return this.space.i32.subarray(this.base, this.base + this.count * this.stride);
  }

  restore(used: Int32Array): void {
    const count = used.length / this.stride;
    let [rows, size] = [ROWS_FIRST, TABLE_FIRST];
    while (rows < count) rows *= 2;
    while (size < count * 2) size *= 2;
    if (rows !== this.capacity) this.resize(rows);
    this.count = count;
    this.space.i32.set(used, this.base);
    this.rehash(size);
  }

  /** Moves the rows to a block for so many. */
  private resize(capacity: number): void {
    const { base, space, stride } = this;
    const words = this.capacity * stride;
    this.base = space.take(capacity * stride);
    space.i32.copyWithin(this.base, base, base + words);
    space.leave(base, words);
    this.capacity = capacity;
  }

  private rehash(size: number): void {
    this.space.leave(this.table, this.mask + 1);
    this.table = this.space.take(size);
    this.mask = size - 1;
    for (let row = 0; row < this.count; row++) this.insert(this.account(row), row);
  }

  private insert(account: number, row: number): void {
    const { mask, table } = this;
    const words = this.space.i32;
    let at = hash(account) & mask;
    while (words[table + at] !== 0) at = (at + 1) & mask;
    words[table + at] = row + 1;
  }
}

const hash = (account: number): number => {
  const mixed = Math.imul(account ^ (account >>> 15), 0x9e3779b1);
  return mixed ^ (mixed >>> 13);
};
