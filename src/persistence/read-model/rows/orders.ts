import { ACCOUNT, MARKET, SEQ } from '../../../engines/records/buffer.ts';
import { readClientId } from '../../../engines/records/commands.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { booleans, nullableTexts, numbers } from './arrays.ts';

/** Orders changed by a batch, each once: the event holds the whole order, so its last one is enough. */
export class OrderRows {
  private readonly rowOf = new Map<number, number>();
  private readonly orderId: number[] = [];
  private readonly createdSeq: number[] = [];
  private readonly createdAt: number[] = [];
  private readonly seq: number[] = [];
  private readonly filledMicros: number[] = [];
  private readonly fees: number[] = [];
  private readonly account: number[] = [];
  private readonly market: number[] = [];
  private readonly price: number[] = [];
  private readonly size: number[] = [];
  private readonly filled: number[] = [];
  private readonly outcome: number[] = [];
  private readonly side: number[] = [];
  private readonly type: number[] = [];
  private readonly tif: number[] = [];
  private readonly status: number[] = [];
  private readonly reason: number[] = [];
  private readonly postOnly: boolean[] = [];
  private readonly mirrored: boolean[] = [];
  private readonly clientOrderId: (string | null)[] = [];

  get count(): number {
    return this.orderId.length;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const orderId = f64[(at + E.ORDER_ID) >> 1] as number;
    let row = this.rowOf.get(orderId);
    if (row === undefined) {
      row = this.orderId.length;
      this.rowOf.set(orderId, row);
      this.addTerms(i32, f64, at, orderId);
    }
    this.seq[row] = f64[(at + SEQ) >> 1] as number;
    this.filledMicros[row] = f64[(at + E.ORDER_FILLED_MICROS) >> 1] as number;
    this.fees[row] = f64[(at + E.ORDER_FEES) >> 1] as number;
    this.price[row] = i32[at + E.ORDER_PRICE] as number;
    this.size[row] = i32[at + E.ORDER_SIZE] as number;
    this.filled[row] = i32[at + E.ORDER_FILLED] as number;
    this.status[row] = i32[at + E.ORDER_STATUS] as number;
    this.reason[row] = i32[at + E.ORDER_REASON] as number;
  }

  /** What no command changes. */
  private addTerms(i32: Int32Array, f64: Float64Array, at: number, orderId: number): void {
    const terms = i32[at + E.ORDER_TERMS] as number;
    const idLength = i32[at + E.ORDER_CLIENT_ID_LENGTH] as number;
    this.orderId.push(orderId);
    this.createdSeq.push(f64[(at + E.ORDER_CREATED_SEQ) >> 1] as number);
    this.createdAt.push(f64[(at + E.ORDER_CREATED_AT) >> 1] as number);
    this.account.push(i32[at + ACCOUNT] as number);
    this.market.push(i32[at + MARKET] as number);
    this.side.push(terms & 1);
    this.type.push((terms >> 1) & 1);
    this.tif.push((terms >> 2) & 7);
    this.postOnly.push((terms & E.POST_ONLY) !== 0);
    this.mirrored.push((terms & E.MIRRORED) !== 0);
    this.outcome.push(terms >> 8);
    this.clientOrderId.push(idLength === 0 ? null : readClientId(i32, at + E.ORDER_CLIENT_ID, idLength));
  }

  upsert(sql: Sql) {
    return sql`
      insert into brier.orders (order_id, created_seq, created_at, seq, filled_micros, fees, account, market, price, size,
        filled, outcome, side, type, tif, status, reason, post_only, mirrored, client_order_id)
      select rows.* from unnest(${numbers(this.orderId)}::bigint[], ${numbers(this.createdSeq)}::bigint[],
        ${numbers(this.createdAt)}::bigint[], ${numbers(this.seq)}::bigint[], ${numbers(this.filledMicros)}::bigint[],
        ${numbers(this.fees)}::bigint[], ${numbers(this.account)}::int[], ${numbers(this.market)}::int[],
        ${numbers(this.price)}::int[], ${numbers(this.size)}::int[], ${numbers(this.filled)}::int[],
        ${numbers(this.outcome)}::smallint[], ${numbers(this.side)}::smallint[], ${numbers(this.type)}::smallint[],
        ${numbers(this.tif)}::smallint[], ${numbers(this.status)}::smallint[], ${numbers(this.reason)}::smallint[],
        ${booleans(this.postOnly)}::boolean[], ${booleans(this.mirrored)}::boolean[],
        ${nullableTexts(this.clientOrderId)}::text[]) rows where exists (select from head)
      on conflict (order_id) do update set seq = excluded.seq, filled_micros = excluded.filled_micros, fees = excluded.fees,
        price = excluded.price, size = excluded.size, filled = excluded.filled, status = excluded.status,
        reason = excluded.reason`;
  }
}
