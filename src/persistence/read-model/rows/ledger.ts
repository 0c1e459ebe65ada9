import { ACCOUNT, BODY, MARKET, SEQ, TIME } from '../../../engines/records/buffer.ts';
import { readText } from '../../../engines/records/commands.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import type { Records } from '../records.ts';
import { arrayOfRows, textField } from './arrays.ts';

/** DEPOSIT: the amount, then the reference. */
const DEPOSIT_REFERENCE = BODY + 2;

/** Changes of balances in a batch, one row for each account and command; what was only held or released is not one. */
export class LedgerRows {
  private readonly rows: string[] = [];
  /** Sum of the changes of each account in the command under way, and its row: a settlement may touch one account, the
   * house above all, many times. */
  private readonly sums = new Map<number, { row: number; delta: number; cause: number }>();
  private commandSeq = -1;

  get count(): number {
    return this.rows.length;
  }

  /** `command` is the record that caused the event at `at`. */
  add(i32: Int32Array, f64: Float64Array, at: number, command: Records, commandAt: number): void {
    const seq = f64[(at + SEQ) >> 1] as number;
    const delta = f64[(at + E.BALANCE_DELTA) >> 1] as number;
    if (seq !== this.commandSeq) {
      this.sums.clear();
      this.commandSeq = seq;
    }
    const account = i32[at + ACCOUNT] as number;
    let sum = this.sums.get(account);
    if (sum === undefined) {
      const cause = i32[at + E.BALANCE_CAUSE] as number;
      if (delta === 0 && cause !== E.CAUSE.OPENED) return;
      sum = { row: this.rows.length, delta: 0, cause };
      this.sums.set(account, sum);
    }
    sum.delta += delta;
    const cash = sum.cause === E.CAUSE.OPENED || sum.cause === E.CAUSE.DEPOSIT;
    const market = cash ? '' : (i32[at + MARKET] as number);
    const reference =
      sum.cause === E.CAUSE.DEPOSIT ? textField(readText(command.i32, commandAt + DEPOSIT_REFERENCE)) : '';
    this.rows[sum.row] = `"(${seq},${f64[(at + TIME) >> 1]},${sum.delta},${f64[(at + E.BALANCE_BALANCE) >> 1]},${
      f64[(at + E.BALANCE_HELD) >> 1]
    },${account},${market},${sum.cause},${reference})"`;
  }

  insert(sql: Sql) {
    return sql`
      insert into brier.ledger select rows.* from unnest(${arrayOfRows(this.rows)}::brier.ledger[]) rows
      where exists (select from head)`;
  }
}
