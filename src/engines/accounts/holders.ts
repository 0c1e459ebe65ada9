import { grownFloat64, grownInt32 } from '../growth.ts';

/**
 * Who holds what in one market: a row for every account that ever had an order or a share there, in order of arrival.
 * Shares of an outcome: `held` of them cover open orders, the rest are free.
 */
export class Holders {
  readonly outcomes: number;
  private readonly stride: number;
  private readonly linkStride: number;
  count = 0;
  accounts = new Int32Array(4);
  /** paid | shares × n | held × n | cost × n | realized × n */
  values: Float64Array;
  /** first open order | first order covered by shares of outcome × n; −1 none */
  links: Int32Array;
  /** Open addressing: 1 + row, by account. */
  private table = new Int32Array(8);

  constructor(outcomes: number) {
    this.outcomes = outcomes;
    this.stride = 1 + 4 * outcomes;
    this.linkStride = 1 + outcomes;
    this.values = new Float64Array(4 * this.stride);
    this.links = new Int32Array(4 * this.linkStride).fill(-1);
  }

  /** The row of an account, or −1. */
  find(account: number): number {
    const mask = this.table.length - 1;
    for (let at = hash(account) & mask; ; at = (at + 1) & mask) {
      const row = (this.table[at] as number) - 1;
      if (row < 0) return -1;
      if (this.accounts[row] === account) return row;
    }
  }

  add(account: number): number {
    const row = this.count++;
    if (row >= this.accounts.length) {
      this.accounts = grownInt32(this.accounts, row + 1);
      this.values = grownFloat64(this.values, this.accounts.length * this.stride);
      const used = row * this.linkStride;
      this.links = grownInt32(this.links, this.accounts.length * this.linkStride);
      this.links.fill(-1, used);
    }
    this.accounts[row] = account;
    if (this.count * 2 > this.table.length) this.rehash(this.table.length * 2);
    else this.insert(account, row);
    return row;
  }

  paidAt(row: number): number {
    return row * this.stride;
  }
  sharesAt(row: number, outcome: number): number {
    return row * this.stride + 1 + outcome;
  }
  heldAt(row: number, outcome: number): number {
    return row * this.stride + 1 + this.outcomes + outcome;
  }
  costAt(row: number, outcome: number): number {
    return row * this.stride + 1 + 2 * this.outcomes + outcome;
  }
  realizedAt(row: number, outcome: number): number {
    return row * this.stride + 1 + 3 * this.outcomes + outcome;
  }
  openAt(row: number): number {
    return row * this.linkStride;
  }
  coverAt(row: number, outcome: number): number {
    return row * this.linkStride + 1 + outcome;
  }

  shares(row: number, outcome: number): number {
    return this.values[this.sharesAt(row, outcome)] as number;
  }
  held(row: number, outcome: number): number {
    return this.values[this.heldAt(row, outcome)] as number;
  }
  /** Shares that no open order needs. */
  free(row: number, outcome: number): number {
    return this.shares(row, outcome) - this.held(row, outcome);
  }

  /** The used parts, for a snapshot; {@link restore} takes them back. */
  used(): { accounts: Int32Array; values: Float64Array; links: Int32Array } {
    return {
      accounts: this.accounts.subarray(0, this.count),
      values: this.values.subarray(0, this.count * this.stride),
      links: this.links.subarray(0, this.count * this.linkStride),
    };
  }

  restore(accounts: Int32Array, values: Float64Array, links: Int32Array): void {
    this.count = accounts.length;
    this.accounts = grownInt32(accounts, accounts.length);
    this.values = grownFloat64(values, this.accounts.length * this.stride);
    this.links = grownInt32(links, this.accounts.length * this.linkStride);
    this.links.fill(-1, links.length);
    let size = 8;
    while (size < this.count * 2) size *= 2;
    this.rehash(size);
  }

  private rehash(size: number): void {
    this.table = new Int32Array(size);
    for (let row = 0; row < this.count; row++) this.insert(this.accounts[row] as number, row);
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
