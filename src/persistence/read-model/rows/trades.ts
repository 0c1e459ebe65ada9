import { ACCOUNT, MARKET, SEQ, TIME } from '../../../engines/records/buffer.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { arrayOfRows } from './arrays.ts';

const TAKER_MIRRORED = 1;
const MAKER_MIRRORED = 2;

/** Trades of a batch as the public sees them, and both sides as their accounts see them. */
export class TradeRows {
  private readonly trades: string[] = [];
  private readonly fills: string[] = [];

  get count(): number {
    return this.trades.length + this.fills.length;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const id = f64[(at + E.TRADE_ID) >> 1];
    const seqTimeMicros = `${f64[(at + SEQ) >> 1]},${f64[(at + TIME) >> 1]},${f64[(at + E.TRADE_MICROS) >> 1]}`;
    const market = i32[at + MARKET];
    const priceLots = `${i32[at + E.TRADE_PRICE]},${i32[at + E.TRADE_LOTS]}`;
    const outcome = i32[at + E.TRADE_OUTCOME];
    const side = i32[at + E.TRADE_SIDE] as number;
    const venue = i32[at + E.TRADE_VENUE];
    const flags = i32[at + E.TRADE_FLAGS] as number;
    this.trades.push(`"(${id},${seqTimeMicros},${market},${priceLots},${outcome},${side},${venue})"`);
    const takerOrder = f64[(at + E.TRADE_TAKER_ORDER) >> 1];
    const takerFee = f64[(at + E.TRADE_TAKER_FEE) >> 1];
    this.fills.push(
      `"(${id},${takerOrder},${seqTimeMicros},${takerFee},${i32[at + ACCOUNT]},${market},${priceLots},${outcome},${side},${venue},f,${
        (flags & TAKER_MIRRORED) !== 0
      })"`,
    );
    const maker = i32[at + E.TRADE_MAKER];
    if (maker === E.AMM) return;
    const makerOrder = f64[(at + E.TRADE_MAKER_ORDER) >> 1];
    const makerFee = f64[(at + E.TRADE_MAKER_FEE) >> 1];
    this.fills.push(
      `"(${id},${makerOrder},${seqTimeMicros},${makerFee},${maker},${market},${priceLots},${outcome},${1 - side},${venue},t,${
        (flags & MAKER_MIRRORED) !== 0
      })"`,
    );
  }

  insertTrades(sql: Sql) {
    return sql`
      insert into brier.trades select rows.* from unnest(${arrayOfRows(this.trades)}::brier.trades[]) rows
      where exists (select from head)`;
  }

  insertFills(sql: Sql) {
    return sql`
      insert into brier.fills select rows.* from unnest(${arrayOfRows(this.fills)}::brier.fills[]) rows
      where exists (select from head)`;
  }
}
