import { ACCOUNT, MARKET, SEQ, TIME } from '../../../engines/records/buffer.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { RowBuffer } from './rowBuffer.ts';

const TRADE_COLUMNS = 10;
const FILL_COLUMNS = 15;

/**
 * Trades of a batch as the public sees them, and both sides as their accounts see them. Of complete sets the legs are public
 * and their makers’ fills; the taker’s fill is the set. A market’s own maker has no fills.
 */
export class TradeRows {
  private readonly trades = new RowBuffer(TRADE_COLUMNS);
  private readonly fills = new RowBuffer(FILL_COLUMNS);

  get count(): number {
    return this.trades.count + this.fills.count;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const flags = i32[at + E.TRADE_FLAGS] as number;
    const side = i32[at + E.TRADE_SIDE] as number;
    const taker = i32[at + ACCOUNT] as number;
    const maker = i32[at + E.TRADE_MAKER] as number;
    if ((flags & E.SET_FILL) === 0) this.addTrade(i32, f64, at);
    if ((flags & E.LEG) === 0 && taker >= 0) {
      const row = this.addFill(i32, f64, at);
      const { values } = this.fills;
      values[row + 1] = f64[(at + E.TRADE_TAKER_ORDER) >> 1] as number;
      values[row + 5] = f64[(at + E.TRADE_TAKER_FEE) >> 1] as number;
      values[row + 6] = taker;
      values[row + 11] = side;
      // In a call auction both have rested.
      values[row + 13] = (flags & E.AUCTION) === 0 ? 0 : 1;
      values[row + 14] = (flags & E.TAKER_MIRRORED) === 0 ? 0 : 1;
    }
    if (maker < 0) return;
    const row = this.addFill(i32, f64, at);
    const { values } = this.fills;
    values[row + 1] = f64[(at + E.TRADE_MAKER_ORDER) >> 1] as number;
    values[row + 5] = f64[(at + E.TRADE_MAKER_FEE) >> 1] as number;
    values[row + 6] = maker;
    values[row + 11] = 1 - side;
    values[row + 13] = 1;
    values[row + 14] = (flags & E.MAKER_MIRRORED) === 0 ? 0 : 1;
  }

  private addTrade(i32: Int32Array, f64: Float64Array, at: number): void {
    const row = this.trades.add();
    const { values } = this.trades;
    values[row] = f64[(at + E.TRADE_ID) >> 1] as number;
    values[row + 1] = f64[(at + SEQ) >> 1] as number;
    values[row + 2] = f64[(at + TIME) >> 1] as number;
    values[row + 3] = f64[(at + E.TRADE_MICROS) >> 1] as number;
    values[row + 4] = i32[at + MARKET] as number;
    values[row + 5] = i32[at + E.TRADE_PRICE] as number;
    values[row + 6] = i32[at + E.TRADE_LOTS] as number;
    values[row + 7] = i32[at + E.TRADE_OUTCOME] as number;
    values[row + 8] = i32[at + E.TRADE_SIDE] as number;
    values[row + 9] = i32[at + E.TRADE_VENUE] as number;
  }

  /** What both sides of a trade share. */
  private addFill(i32: Int32Array, f64: Float64Array, at: number): number {
    const row = this.fills.add();
    const { values } = this.fills;
    values[row] = f64[(at + E.TRADE_ID) >> 1] as number;
    values[row + 2] = f64[(at + SEQ) >> 1] as number;
    values[row + 3] = f64[(at + TIME) >> 1] as number;
    values[row + 4] = f64[(at + E.TRADE_MICROS) >> 1] as number;
    values[row + 7] = i32[at + MARKET] as number;
    values[row + 8] = i32[at + E.TRADE_PRICE] as number;
    values[row + 9] = i32[at + E.TRADE_LOTS] as number;
    values[row + 10] = i32[at + E.TRADE_OUTCOME] as number;
    values[row + 12] = i32[at + E.TRADE_VENUE] as number;
    return row;
  }

  insertTrades(sql: Sql) {
    return sql`
      insert into brier.trades select rows.* from unnest(${this.trades.toArray()}::brier.trades[]) rows
      where exists (select from head)`;
  }

  insertFills(sql: Sql) {
    return sql`
      insert into brier.fills select rows.* from unnest(${this.fills.toArray()}::brier.fills[]) rows
      where exists (select from head)`;
  }
}
