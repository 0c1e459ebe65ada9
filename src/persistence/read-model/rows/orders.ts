import { ACCOUNT, MARKET, SEQ } from '../../../engines/records/buffer.ts';
import { readClientId } from '../../../engines/records/commands.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { arrayOfRows, textField } from './arrays.ts';

/** Orders changed by a batch, each once: the event holds the whole order, so its last one is enough. */
export class OrderRows {
  private readonly created = new Map<number, string>();
  private readonly changed = new Map<number, string>();
  private readonly base: number;

  /** Orders of commands after `base` are new; those before it have a row. */
  constructor(base: number) {
    this.base = base;
  }

  get count(): number {
    return this.created.size + this.changed.size;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const orderId = f64[(at + E.ORDER_ID) >> 1] as number;
    const rows = (f64[(at + E.ORDER_CREATED_SEQ) >> 1] as number) > this.base ? this.created : this.changed;
    rows.set(orderId, rowText(i32, f64, at));
  }

  insert(sql: Sql) {
    return sql`
      insert into brier.orders select rows.* from unnest(${arrayOfRows([...this.created.values()])}::brier.orders[]) rows
      where exists (select from head)`;
  }

  /** The columns that a command may change. */
  update(sql: Sql) {
    return sql`
      update brier.orders kept set seq = rows.seq, filled_micros = rows.filled_micros, fees = rows.fees, price = rows.price,
        size = rows.size, filled = rows.filled, status = rows.status, reason = rows.reason
      from unnest(${arrayOfRows([...this.changed.values()])}::brier.orders[]) rows
      where kept.order_id = rows.order_id and exists (select from head)`;
  }
}

function rowText(i32: Int32Array, f64: Float64Array, at: number): string {
  const terms = i32[at + E.ORDER_TERMS] as number;
  const idLength = i32[at + E.ORDER_CLIENT_ID_LENGTH] as number;
  const clientId = idLength === 0 ? '' : textField(readClientId(i32, at + E.ORDER_CLIENT_ID, idLength));
  return `"(${f64[(at + E.ORDER_ID) >> 1]},${f64[(at + E.ORDER_CREATED_SEQ) >> 1]},${
    f64[(at + E.ORDER_CREATED_AT) >> 1]
  },${f64[(at + SEQ) >> 1]},${f64[(at + E.ORDER_FILLED_MICROS) >> 1]},${f64[(at + E.ORDER_FEES) >> 1]},${
    i32[at + ACCOUNT]
  },${i32[at + MARKET]},${i32[at + E.ORDER_PRICE]},${i32[at + E.ORDER_SIZE]},${i32[at + E.ORDER_FILLED]},${terms >> 8},${
    terms & 1
  },${(terms >> 1) & 1},${(terms >> 2) & 7},${i32[at + E.ORDER_STATUS]},${i32[at + E.ORDER_REASON]},${
    (terms & E.POST_ONLY) !== 0
  },${(terms & E.MIRRORED) !== 0},${clientId})"`;
}
