import { grownFloat64, grownInt32 } from '../growth.ts';
import * as EventLayout from '../records/events.ts';
import * as OrderLayout from './orderRow.ts';

export * from './orderRow.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { STATUS } = EventLayout;
const {
  ROW,
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
  CREATED_AT,
  CREATED_SEQ,
  EXPIRES_AT,
  FREE,
  SLOTS_MAX,
} = OrderLayout;

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
    // No %: a remainder of doubles takes longer than the rest of a cancel. And | 0: all indexes made of the slot are integers
    // then, not doubles (7 % of the engine’s time on one market).
    const generation = Math.floor(id / SLOTS_MAX);
    const slot = (id - generation * SLOTS_MAX) | 0;
    if (!(slot >= 0 && slot < this.high)) return -1;
    const row = slot * ROW;
    if (this.rows[row + GENERATION] !== generation || this.rows[row + STATE] === FREE) return -1;
    return slot;
  }

  remaining(slot: number): number {
    return (this.rows[slot * ROW + SIZE] as number) - (this.rows[slot * ROW + FILLED] as number);
  }
}
