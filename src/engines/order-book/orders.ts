import { grownFloat64, grownInt32 } from '../growth.ts';
import * as CommandLayout from '../records/commands.ts';
import * as EventLayout from '../records/events.ts';
import * as OrderLayout from './orderRow.ts';

export * from './orderRow.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { STATUS } = EventLayout;
const { TIF } = CommandLayout;
const {
  ROW,
  ROW_SHIFT,
  SLOTS,
  GENERATION,
  HOLDER,
  MARKET,
  TERMS,
  PRICE,
  SIZE,
  FILLED,
  STATE,
  PREV,
  NEXT,
  MINE_PREV,
  MINE_NEXT,
  COVERED,
  COVER_PREV,
  COVER_NEXT,
  CLIENT_REF,
  MONEY_ROW,
  FILLED_MICROS,
  FEES,
  FEE_SLACK,
  CREATED_ROW,
  CREATED_AT,
  CREATED_SEQ,
  FREE,
  SLOTS_MAX,
} = OrderLayout;

export class Orders {
  rows: Int32Array;
  /** CREATED_ROW f64 a slot. */
  created: Float64Array;
  /** MONEY_ROW f64 a slot; zeroes while nothing of the order is filled. */
  money: Float64Array;
  /** An f64 a slot, of orders that are good till a date only: ms. */
  ends: Float64Array;
  /** Rows ever used. */
  high = 0;
  freeHead = -1;
  live = 0;

  /** Room for `reserve` orders before the slab has to grow: untouched memory costs nothing, growing stalls the loop. */
  constructor(reserve = 64) {
    this.rows = new Int32Array(ROW * reserve);
    this.created = new Float64Array(CREATED_ROW * reserve);
    this.money = new Float64Array(MONEY_ROW * reserve);
    this.ends = new Float64Array(reserve);
  }

  /** A row with a fresh generation. The caller writes every other word: a row is not cleared twice. */
  allocate(): number {
    let slot = this.freeHead;
    if (slot >= 0) this.freeHead = this.rows[((slot & SLOTS) << ROW_SHIFT) + NEXT] as number;
    else {
      slot = this.high++;
      if (this.high * ROW > this.rows.length) this.grow(this.high);
    }
    const generation = ((slot & SLOTS) << ROW_SHIFT) + GENERATION;
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
    const { rows, created } = this;
    const row = (slot & SLOTS) << ROW_SHIFT;
    // What the order before it in this row left.
    if (rows[row + FILLED] !== 0) {
      const { money } = this;
      const at = slot * MONEY_ROW;
      money[at + FILLED_MICROS] = money[at + FEES] = money[at + FEE_SLACK] = 0;
    }
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
    created[slot * CREATED_ROW + CREATED_AT] = time;
    created[slot * CREATED_ROW + CREATED_SEQ] = seq;
    if (expiresAt !== 0) this.ends[slot] = expiresAt;
  }

  /** When an order expires: ms, 0 never. */
  expiresAt(slot: number): number {
    const tif = ((this.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) >> 2) & 7;
    return tif === TIF.GTD ? (this.ends[slot] as number) : 0;
  }

  /** Room for the rows of so many slots. */
  grow(slots: number): void {
    this.rows = grownInt32(this.rows, slots * ROW);
    this.created = grownFloat64(this.created, slots * CREATED_ROW);
    this.money = grownFloat64(this.money, slots * MONEY_ROW);
    this.ends = grownFloat64(this.ends, slots);
  }

  release(slot: number): void {
    const row = (slot & SLOTS) << ROW_SHIFT;
    this.rows[row + STATE] = FREE;
    this.rows[row + NEXT] = this.freeHead;
    this.freeHead = slot;
    this.live--;
  }

  id(slot: number): number {
    return (this.rows[((slot & SLOTS) << ROW_SHIFT) + GENERATION] as number) * SLOTS_MAX + slot;
  }

  /** The slot of an order id, or −1 when no such order is in memory. */
  find(id: number): number {
    // No %: a remainder of doubles takes longer than the rest of a cancel. And | 0: all indexes made of the slot are integers
    // then, not doubles (7 % of the engine’s time on one market).
    const generation = Math.floor(id / SLOTS_MAX);
    const slot = (id - generation * SLOTS_MAX) | 0;
    if (!(slot >= 0 && slot < this.high)) return -1;
    const row = (slot & SLOTS) << ROW_SHIFT;
    if (this.rows[row + GENERATION] !== generation || this.rows[row + STATE] === FREE) return -1;
    return slot;
  }

  remaining(slot: number): number {
    return (
      (this.rows[((slot & SLOTS) << ROW_SHIFT) + SIZE] as number) -
      (this.rows[((slot & SLOTS) << ROW_SHIFT) + FILLED] as number)
    );
  }
}
