import { ACCOUNT, MARKET, SEQ } from '../../../engines/records/buffer.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { numbers } from './arrays.ts';
import { positionKey } from './keys.ts';

/** Positions changed by a batch, each once: the event holds the whole position. */
export class PositionRows {
  private readonly rowOf = new Map<number, number>();
  private readonly shares: number[] = [];
  private readonly held: number[] = [];
  private readonly cost: number[] = [];
  private readonly realized: number[] = [];
  private readonly seq: number[] = [];
  private readonly account: number[] = [];
  private readonly market: number[] = [];
  private readonly outcome: number[] = [];

  get count(): number {
    return this.seq.length;
  }

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    const account = i32[at + ACCOUNT] as number;
    const market = i32[at + MARKET] as number;
    const outcome = i32[at + E.POSITION_OUTCOME] as number;
    const key = positionKey(account, market, outcome);
    let row = this.rowOf.get(key);
    if (row === undefined) {
      row = this.seq.length;
      this.rowOf.set(key, row);
      this.account.push(account);
      this.market.push(market);
      this.outcome.push(outcome);
    }
    this.shares[row] = f64[(at + E.POSITION_SHARES) >> 1] as number;
    this.held[row] = f64[(at + E.POSITION_HELD) >> 1] as number;
    this.cost[row] = f64[(at + E.POSITION_COST) >> 1] as number;
    this.realized[row] = f64[(at + E.POSITION_REALIZED) >> 1] as number;
    this.seq[row] = f64[(at + SEQ) >> 1] as number;
  }

  upsert(sql: Sql) {
    return sql`
      insert into brier.positions (shares, held, cost, realized, seq, account, market, outcome)
      select rows.* from unnest(${numbers(this.shares)}::bigint[], ${numbers(this.held)}::bigint[],
        ${numbers(this.cost)}::bigint[], ${numbers(this.realized)}::bigint[], ${numbers(this.seq)}::bigint[],
        ${numbers(this.account)}::int[], ${numbers(this.market)}::int[], ${numbers(this.outcome)}::smallint[]) rows
      where exists (select from head)
      on conflict (account, market, outcome) do update set shares = excluded.shares, held = excluded.held,
        cost = excluded.cost, realized = excluded.realized, seq = excluded.seq`;
  }
}
