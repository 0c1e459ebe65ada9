import { grownFloat64, grownInt32 } from '../growth.ts';

/**
 * All orders of a shard: one row of 16 int32 each (a cache line) and four f64 beside it.
 * An order id is `generation × 2^24 + slot`, so finding an order needs no map, and an id is never used twice.
 */
export const ROW = 16;
/** Word 0: the generation. */
/** Row in the market's holder table: whose order it is. */
export const HOLDER = 1;
export const MARKET = 2;
/** side | type << 1 | tif << 2 | postOnly << 5 | mirrored << 6 | outcome << 8, in the terms of its book. */
export const TERMS = 3;
export const PRICE = 4;
export const SIZE = 5;
export const FILLED = 6;
/** STATUS | reason << 4; FREE when the row is unused. */
export const STATE = 7;
/** Neighbours at the price level, older and younger; −1 none. NEXT links free rows, too. */
export const PREV = 8;
export const NEXT = 9;
/** Neighbours among the holder's open orders. */
export const MINE_PREV = 10;
export const MINE_NEXT = 11;
/** Lots that shares (not cash) collateralise, and neighbours among the holder's orders that shares cover. */
export const COVERED = 12;
export const COVER_PREV = 13;
export const COVER_NEXT = 14;
/** 1 + entry of the client id that remembers it; 0 none. */
export const CLIENT_REF = 15;

export const MONEY_ROW = 4;
/** Σ price × size of its fills (of maker fills by the AMM their exact money), in the terms of its book. */
export const FILLED_MICROS = 0;
export const FEES = 1;
export const CREATED_AT = 2;
export const CREATED_SEQ = 3;

export const FREE = 15;
export const SLOTS_MAX = 2 ** 24;

export class Orders {
  rows = new Int32Array(ROW * 64);
  money = new Float64Array(MONEY_ROW * 64);
  /** Rows ever used. */
  high = 0;
  freeHead = -1;
  live = 0;

  /** A fresh row: every word 0 but the generation, its links −1. */
  allocate(): number {
    let slot = this.freeHead;
    if (slot >= 0) this.freeHead = this.rows[slot * ROW + NEXT] as number;
    else {
      slot = this.high++;
      if (this.high * ROW > this.rows.length) {
        this.rows = grownInt32(this.rows, this.high * ROW);
        this.money = grownFloat64(this.money, this.high * MONEY_ROW);
      }
    }
    const row = slot * ROW;
    const rows = this.rows;
    const generation = (rows[row] as number) + 1;
    rows.fill(0, row, row + ROW);
    rows[row] = generation;
    rows[row + PREV] = rows[row + NEXT] = -1;
    rows[row + MINE_PREV] = rows[row + MINE_NEXT] = -1;
    rows[row + COVER_PREV] = rows[row + COVER_NEXT] = -1;
    this.live++;
    return slot;
  }

  release(slot: number): void {
    const row = slot * ROW;
    const generation = this.rows[row] as number;
    this.rows.fill(0, row, row + ROW);
    this.money.fill(0, slot * MONEY_ROW, slot * MONEY_ROW + MONEY_ROW);
    this.rows[row] = generation;
    this.rows[row + STATE] = FREE;
    this.rows[row + NEXT] = this.freeHead;
    this.freeHead = slot;
    this.live--;
  }

  id(slot: number): number {
    return (this.rows[slot * ROW] as number) * SLOTS_MAX + slot;
  }

  /** The slot of an order id, or −1 when no such order is in memory. */
  find(id: number): number {
    const slot = id % SLOTS_MAX;
    if (!(slot >= 0 && slot < this.high)) return -1;
    const row = slot * ROW;
    if (this.rows[row] !== (id - slot) / SLOTS_MAX || this.rows[row + STATE] === FREE) return -1;
    return slot;
  }
}
