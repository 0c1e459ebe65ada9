import { ACCOUNT, MARKET, SEQ } from '../../../engines/records/buffer.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { positionKey } from './keys.ts';
import { RowBuffer } from './rowBuffer.ts';

/** Columns of brier.positions. */
const COLUMNS = 8;

/** Positions changed by a batch, each once: the event holds the whole position. */
export class PositionRows {
  private readonly rows = new RowBuffer(COLUMNS);
  /** Where the row of each position begins. */
  private readonly rowOf = new Map<number, number>();

  get count(): number {
    return this.rows.count;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const account = i32[at + ACCOUNT] as number;
    const market = i32[at + MARKET] as number;
    const outcome = i32[at + E.POSITION_OUTCOME] as number;
    const key = positionKey(account, market, outcome);
    let row = this.rowOf.get(key);
    if (row === undefined) {
      row = this.rows.add();
      this.rowOf.set(key, row);
    }
    const { values } = this.rows;
    values[row] = f64[(at + E.POSITION_SHARES) >> 1] as number;
    values[row + 1] = f64[(at + E.POSITION_HELD) >> 1] as number;
    values[row + 2] = f64[(at + E.POSITION_COST) >> 1] as number;
    values[row + 3] = f64[(at + E.POSITION_REALIZED) >> 1] as number;
    values[row + 4] = f64[(at + SEQ) >> 1] as number;
    values[row + 5] = account;
    values[row + 6] = market;
    values[row + 7] = outcome;
  }

  upsert(sql: Sql) {
    return sql`
      insert into brier.positions
      select rows.* from unnest(${this.rows.toArray()}::brier.positions[]) rows
      where exists (select from head)
      on conflict (account, market, outcome) do update set shares = excluded.shares, held = excluded.held,
        cost = excluded.cost, realized = excluded.realized, seq = excluded.seq`;
  }
}
