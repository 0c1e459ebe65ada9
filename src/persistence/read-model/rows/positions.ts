import { ACCOUNT, MARKET, SEQ } from '../../../engines/records/buffer.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { arrayOfRows } from './arrays.ts';
import { positionKey } from './keys.ts';

/** Positions changed by a batch, each once: the event holds the whole position. */
export class PositionRows {
  private readonly rows = new Map<number, string>();

  get count(): number {
    return this.rows.size;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const account = i32[at + ACCOUNT] as number;
    const market = i32[at + MARKET] as number;
    const outcome = i32[at + E.POSITION_OUTCOME] as number;
    this.rows.set(
      positionKey(account, market, outcome),
      `"(${f64[(at + E.POSITION_SHARES) >> 1]},${f64[(at + E.POSITION_HELD) >> 1]},${f64[(at + E.POSITION_COST) >> 1]},${
        f64[(at + E.POSITION_REALIZED) >> 1]
      },${f64[(at + SEQ) >> 1]},${account},${market},${outcome})"`,
    );
  }

  upsert(sql: Sql) {
    return sql`
      insert into brier.positions
      select rows.* from unnest(${arrayOfRows([...this.rows.values()])}::brier.positions[]) rows
      where exists (select from head)
      on conflict (account, market, outcome) do update set shares = excluded.shares, held = excluded.held,
        cost = excluded.cost, realized = excluded.realized, seq = excluded.seq`;
  }
}
