import { ACCOUNT, BODY, MARKET, SEQ, TIME } from '../../../engines/records/buffer.ts';
import { readText } from '../../../engines/records/commands.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import type { Records } from '../records.ts';
import { nullableNumbers, nullableTexts, numbers } from './arrays.ts';

/** DEPOSIT: the amount, then the reference. */
const DEPOSIT_REFERENCE = BODY + 2;

/** Changes of balances in a batch, one row for each account and command; what was only held or released is not one. */
export class LedgerRows {
  /** Row of each account in the command under way: a settlement may touch one account, the house above all, many times. */
  private readonly rowOf = new Map<number, number>();
  private commandSeq = -1;
  private readonly seq: number[] = [];
  private readonly time: number[] = [];
  private readonly delta: number[] = [];
  private readonly balance: number[] = [];
  private readonly held: number[] = [];
  private readonly account: number[] = [];
  private readonly market: (number | null)[] = [];
  private readonly cause: number[] = [];
  private readonly reference: (string | null)[] = [];

  get count(): number {
    return this.seq.length;
  }

  /** `command` is the record that caused the event at `at`. */
  add(i32: Int32Array, f64: Float64Array, at: number, command: Records, commandAt: number): void {
    const seq = f64[(at + SEQ) >> 1] as number;
    const delta = f64[(at + E.BALANCE_DELTA) >> 1] as number;
    if (seq !== this.commandSeq) {
      this.rowOf.clear();
      this.commandSeq = seq;
    }
    const account = i32[at + ACCOUNT] as number;
    const cause = i32[at + E.BALANCE_CAUSE] as number;
    let row = this.rowOf.get(account);
    if (row === undefined) {
      if (delta === 0 && cause !== E.CAUSE.OPENED) return;
      row = this.seq.length;
      this.rowOf.set(account, row);
      const cash = cause === E.CAUSE.OPENED || cause === E.CAUSE.DEPOSIT;
      this.seq.push(seq);
      this.time.push(f64[(at + TIME) >> 1] as number);
      this.delta.push(0);
      this.account.push(account);
      this.market.push(cash ? null : (i32[at + MARKET] as number));
      this.cause.push(cause);
      this.reference.push(cause === E.CAUSE.DEPOSIT ? readText(command.i32, commandAt + DEPOSIT_REFERENCE) : null);
    }
    this.delta[row] = (this.delta[row] as number) + delta;
    this.balance[row] = f64[(at + E.BALANCE_BALANCE) >> 1] as number;
    this.held[row] = f64[(at + E.BALANCE_HELD) >> 1] as number;
  }

  upsert(sql: Sql) {
    return sql`
      insert into brier.ledger (seq, time, delta, balance, held, account, market, cause, reference)
      select rows.* from unnest(${numbers(this.seq)}::bigint[], ${numbers(this.time)}::bigint[],
        ${numbers(this.delta)}::bigint[], ${numbers(this.balance)}::bigint[], ${numbers(this.held)}::bigint[],
        ${numbers(this.account)}::int[], ${nullableNumbers(this.market)}::int[], ${numbers(this.cause)}::smallint[],
        ${nullableTexts(this.reference)}::text[]) rows where exists (select from head)
      on conflict do nothing`;
  }
}
