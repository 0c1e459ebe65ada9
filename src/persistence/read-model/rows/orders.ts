import { ACCOUNT, MARKET, SEQ } from '../../../engines/records/buffer.ts';
import { outcomeOfTerms, readClientId, stpOfTerms } from '../../../engines/records/commands.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { RowBuffer } from './rowBuffer.ts';

/** Columns of brier.orders but the client's id, which comes after so many of them. */
const COLUMNS = 22;
const CLIENT_ID_AFTER = 19;

/** Orders changed by a batch, each once: the event holds the whole order, so its last one is enough. */
export class OrderRows {
  private readonly created = new RowBuffer(COLUMNS, { textAfter: CLIENT_ID_AFTER });
  private readonly changed = new RowBuffer(COLUMNS, { textAfter: CLIENT_ID_AFTER });
  /** Where the row of each order begins. */
  private readonly rowOf = new Map<number, number>();
  private readonly base: number;

  /** Orders of commands after `base` are new; those before it have a row. */
  constructor(base: number) {
    this.base = base;
  }

  get count(): number {
    return this.created.count + this.changed.count;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const orderId = f64[(at + E.ORDER_ID) >> 1] as number;
    const createdSeq = f64[(at + E.ORDER_CREATED_SEQ) >> 1] as number;
    const rows = createdSeq > this.base ? this.created : this.changed;
    let row = this.rowOf.get(orderId);
    if (row === undefined) {
      const idLength = i32[at + E.ORDER_CLIENT_ID_LENGTH] as number;
      row = rows.add();
      rows.texts?.push(idLength === 0 ? null : readClientId(i32, at + E.ORDER_CLIENT_ID, idLength));
      this.rowOf.set(orderId, row);
    }
    const terms = i32[at + E.ORDER_TERMS] as number;
    const { values } = rows;
    values[row] = orderId;
    values[row + 1] = createdSeq;
    values[row + 2] = f64[(at + E.ORDER_CREATED_AT) >> 1] as number;
    values[row + 3] = f64[(at + SEQ) >> 1] as number;
    values[row + 4] = f64[(at + E.ORDER_FILLED_MICROS) >> 1] as number;
    values[row + 5] = f64[(at + E.ORDER_FEES) >> 1] as number;
    values[row + 6] = i32[at + ACCOUNT] as number;
    values[row + 7] = i32[at + MARKET] as number;
    values[row + 8] = i32[at + E.ORDER_PRICE] as number;
    values[row + 9] = i32[at + E.ORDER_SIZE] as number;
    values[row + 10] = i32[at + E.ORDER_FILLED] as number;
    values[row + 11] = outcomeOfTerms(terms);
    values[row + 12] = terms & 1;
    values[row + 13] = (terms >> 1) & 1;
    values[row + 14] = (terms >> 2) & 7;
    values[row + 15] = i32[at + E.ORDER_STATUS] as number;
    values[row + 16] = i32[at + E.ORDER_REASON] as number;
    values[row + 17] = (terms & E.POST_ONLY) === 0 ? 0 : 1;
    values[row + 18] = (terms & E.MIRRORED) === 0 ? 0 : 1;
    values[row + 19] = f64[(at + E.ORDER_EXPIRES_AT) >> 1] as number;
    values[row + 20] = stpOfTerms(terms);
    values[row + 21] = (terms & E.REDUCE_ONLY) === 0 ? 0 : 1;
  }

  insert(sql: Sql) {
    return sql`
      insert into brier.orders select rows.* from unnest(${this.created.toArray()}::brier.orders[]) rows
      where exists (select from head)`;
  }

  /** The columns that a command may change. */
  update(sql: Sql) {
    return sql`
      update brier.orders kept set seq = rows.seq, filled_micros = rows.filled_micros, fees = rows.fees, price = rows.price,
        size = rows.size, filled = rows.filled, status = rows.status, reason = rows.reason
      from unnest(${this.changed.toArray()}::brier.orders[]) rows
      where kept.order_id = rows.order_id and exists (select from head)`;
  }
}
