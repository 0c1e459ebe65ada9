import { ACCOUNT, MARKET, SEQ, TIME } from '../../../engines/records/buffer.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { booleans, numbers } from './arrays.ts';

const TAKER_MIRRORED = 1;
const MAKER_MIRRORED = 2;

/** Trades of a batch as the public sees them. */
export class TradeRows {
  private readonly tradeId: number[] = [];
  private readonly seq: number[] = [];
  private readonly time: number[] = [];
  private readonly micros: number[] = [];
  private readonly market: number[] = [];
  private readonly price: number[] = [];
  private readonly lots: number[] = [];
  private readonly outcome: number[] = [];
  private readonly side: number[] = [];
  private readonly venue: number[] = [];

  get count(): number {
    return this.tradeId.length;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    this.tradeId.push(f64[(at + E.TRADE_ID) >> 1] as number);
    this.seq.push(f64[(at + SEQ) >> 1] as number);
    this.time.push(f64[(at + TIME) >> 1] as number);
    this.micros.push(f64[(at + E.TRADE_MICROS) >> 1] as number);
    this.market.push(i32[at + MARKET] as number);
    this.price.push(i32[at + E.TRADE_PRICE] as number);
    this.lots.push(i32[at + E.TRADE_LOTS] as number);
    this.outcome.push(i32[at + E.TRADE_OUTCOME] as number);
    this.side.push(i32[at + E.TRADE_SIDE] as number);
    this.venue.push(i32[at + E.TRADE_VENUE] as number);
  }

  upsert(sql: Sql) {
    return sql`
      insert into brier.trades (trade_id, seq, time, micros, market, price, lots, outcome, side, venue)
      select rows.* from unnest(${numbers(this.tradeId)}::bigint[], ${numbers(this.seq)}::bigint[],
        ${numbers(this.time)}::bigint[], ${numbers(this.micros)}::bigint[], ${numbers(this.market)}::int[],
        ${numbers(this.price)}::int[], ${numbers(this.lots)}::int[], ${numbers(this.outcome)}::smallint[],
        ${numbers(this.side)}::smallint[], ${numbers(this.venue)}::smallint[]) rows where exists (select from head)
      on conflict do nothing`;
  }
}

/** Both sides of the trades of a batch, as their accounts see them. */
export class FillRows {
  private readonly tradeId: number[] = [];
  private readonly orderId: number[] = [];
  private readonly seq: number[] = [];
  private readonly time: number[] = [];
  private readonly micros: number[] = [];
  private readonly fee: number[] = [];
  private readonly account: number[] = [];
  private readonly market: number[] = [];
  private readonly price: number[] = [];
  private readonly lots: number[] = [];
  private readonly outcome: number[] = [];
  private readonly side: number[] = [];
  private readonly venue: number[] = [];
  private readonly maker: boolean[] = [];
  private readonly mirrored: boolean[] = [];

  get count(): number {
    return this.tradeId.length;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const side = i32[at + E.TRADE_SIDE] as number;
    const flags = i32[at + E.TRADE_FLAGS] as number;
    this.push(i32, f64, at, false, i32[at + ACCOUNT] as number, side, (flags & TAKER_MIRRORED) !== 0);
    const maker = i32[at + E.TRADE_MAKER] as number;
    if (maker !== E.AMM) this.push(i32, f64, at, true, maker, 1 - side, (flags & MAKER_MIRRORED) !== 0);
  }

  private push(
    i32: Int32Array,
    f64: Float64Array,
    at: number,
    maker: boolean,
    account: number,
    side: number,
    mirrored: boolean,
  ): void {
    this.tradeId.push(f64[(at + E.TRADE_ID) >> 1] as number);
    this.orderId.push(f64[(at + (maker ? E.TRADE_MAKER_ORDER : E.TRADE_TAKER_ORDER)) >> 1] as number);
    this.seq.push(f64[(at + SEQ) >> 1] as number);
    this.time.push(f64[(at + TIME) >> 1] as number);
    this.micros.push(f64[(at + E.TRADE_MICROS) >> 1] as number);
    this.fee.push(f64[(at + (maker ? E.TRADE_MAKER_FEE : E.TRADE_TAKER_FEE)) >> 1] as number);
    this.account.push(account);
    this.market.push(i32[at + MARKET] as number);
    this.price.push(i32[at + E.TRADE_PRICE] as number);
    this.lots.push(i32[at + E.TRADE_LOTS] as number);
    this.outcome.push(i32[at + E.TRADE_OUTCOME] as number);
    this.side.push(side);
    this.venue.push(i32[at + E.TRADE_VENUE] as number);
    this.maker.push(maker);
    this.mirrored.push(mirrored);
  }

  upsert(sql: Sql) {
    return sql`
      insert into brier.fills (trade_id, order_id, seq, time, micros, fee, account, market, price, lots, outcome, side,
        venue, maker, mirrored)
      select rows.* from unnest(${numbers(this.tradeId)}::bigint[], ${numbers(this.orderId)}::bigint[],
        ${numbers(this.seq)}::bigint[], ${numbers(this.time)}::bigint[], ${numbers(this.micros)}::bigint[],
        ${numbers(this.fee)}::bigint[], ${numbers(this.account)}::int[], ${numbers(this.market)}::int[],
        ${numbers(this.price)}::int[], ${numbers(this.lots)}::int[], ${numbers(this.outcome)}::smallint[],
        ${numbers(this.side)}::smallint[], ${numbers(this.venue)}::smallint[], ${booleans(this.maker)}::boolean[],
        ${booleans(this.mirrored)}::boolean[]) rows where exists (select from head)
      on conflict do nothing`;
  }
}
