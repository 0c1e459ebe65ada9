import { grownFloat64, grownInt32 } from '../growth.ts';
import { STATUS } from '../records/events.ts';

/**
 * All orders of a shard: one row of 16 int32 each (a cache line: a place, fill or cancel touches one) and six f64 beside it
 * that only reports and fees need. An order id is `generation × 2^24 + slot`: finding an order needs no map, and no id is
 * used twice.
 */
export const ROW = 16;
export const GENERATION = 0;
/** Row in the market's holder table: whose order it is. */
export const HOLDER = 1;
export const MARKET = 2;
/** See `records/commands.ts`; side, price and outcome in the terms of the order’s book. */
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

export const MONEY_ROW = 6;
/** Σ price × size of its fills (of fills by the maker their exact money), in the terms of its book. */
export const FILLED_MICROS = 0;
/** Micros charged so far, and by how many 10⁻⁸ micros that is more than the exact fee: see `accounts/fees.ts`. */
export const FEES = 1;
export const FEE_SLACK = 2;
export const CREATED_AT = 3;
export const CREATED_SEQ = 4;
/** GTD: ms; 0 never. */
export const EXPIRES_AT = 5;

export const FREE = 15;
export const SLOTS_MAX = 2 ** 24;

export class Orders {
  rows: Int32Array;
  money: Float64Array;
  /** Rows ever used. */
  high = 0;
  freeHead = -1;
  live = 0;

  /** Room for `reserve` orders before the slab has to grow: untouched memory costs nothing, growing stalls the loop. */
  constructor(reserve = 64) {
    this.rows = new Int32Array(ROW * reserve);
    this.money = new Float64Array(MONEY_ROW * reserve);
  }

  /** A row with a fresh generation. The caller writes every other word: a row is not cleared twice. */
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
    const generation = slot * ROW + GENERATION;
    this.rows[generation] = (this.rows[generation] as number) + 1;
    this.live++;
    return slot;
  }

  /** An open order of which nothing is filled yet, in the row of a slot. It stands in no list. */
  write(
    slot: number,
    holder: number,
    market: number,
    terms: number,
    price: number,
    lots: number,
    expiresAt: number,
    time: number,
    seq: number,
  ): void {
    const { rows, money } = this;
    const row = slot * ROW;
    rows[row + HOLDER] = holder;
    rows[row + MARKET] = market;
    rows[row + TERMS] = terms;
    rows[row + PRICE] = price;
    rows[row + SIZE] = lots;
    rows[row + FILLED] = 0;
    rows[row + STATE] = STATUS.OPEN;
    rows[row + PREV] = rows[row + NEXT] = -1;
    rows[row + MINE_PREV] = rows[row + MINE_NEXT] = -1;
    rows[row + COVERED] = 0;
    rows[row + COVER_PREV] = rows[row + COVER_NEXT] = -1;
    rows[row + CLIENT_REF] = 0;
    const at = slot * MONEY_ROW;
    money[at + FILLED_MICROS] = money[at + FEES] = money[at + FEE_SLACK] = 0;
    money[at + CREATED_AT] = time;
    money[at + CREATED_SEQ] = seq;
    money[at + EXPIRES_AT] = expiresAt;
  }

  release(slot: number): void {
    const row = slot * ROW;
    this.rows[row + STATE] = FREE;
    this.rows[row + NEXT] = this.freeHead;
    this.freeHead = slot;
    this.live--;
  }

  id(slot: number): number {
    return (this.rows[slot * ROW + GENERATION] as number) * SLOTS_MAX + slot;
  }

  /** The slot of an order id, or −1 when no such order is in memory. */
  find(id: number): number {
    // No %: a remainder of doubles takes longer than the rest of a cancel.
    const generation = Math.floor(id / SLOTS_MAX);
    const slot = id - generation * SLOTS_MAX;
    if (!(slot >= 0 && slot < this.high)) return -1;
    const row = slot * ROW;
    if (this.rows[row + GENERATION] !== generation || this.rows[row + STATE] === FREE) return -1;
    return slot;
  }

  remaining(slot: number): number {
    return (this.rows[slot * ROW + SIZE] as number) - (this.rows[slot * ROW + FILLED] as number);
  }
}
