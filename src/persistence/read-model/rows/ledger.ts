import { ACCOUNT, BODY, KIND, MARKET, SEQ, TIME } from '../../../engines/records/buffer.ts';
import { COMMAND, readText } from '../../../engines/records/commands.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import type { Records } from '../records.ts';
import { RowBuffer } from './rowBuffer.ts';

/** DEPOSIT: the amount, then the reference. */
const DEPOSIT_REFERENCE = BODY + 2;

/** Columns of brier.ledger but the reference. */
const COLUMNS = 8;

const NO_MARKET = -1;

/** What a command does to one account: it may touch it many times, the house in a settlement above all. */
type Change = { before: number; cause: number; row: number; market: number };

/** Changes of balances in a batch, one row for each account and command; what was only held or released is not one. */
export class LedgerRows {
  private readonly rows = new RowBuffer(COLUMNS, { textAfter: COLUMNS });
  /** Accounts of the command under way. */
  private readonly changes = new Map<number, Change>();
  private commandSeq = -1;
  /** An item of the batch under way has ended. */
  private itemEnded = false;

  get count(): number {
    return this.rows.count;
  }

  /** `command` is the record that caused the event at `at`. */
  add(i32: Int32Array, f64: Float64Array, at: number, command: Records, commandAt: number): void {
    const seq = f64[(at + SEQ) >> 1] as number;
    if (seq !== this.commandSeq) {
      this.changes.clear();
      this.commandSeq = seq;
      this.itemEnded = false;
    }
    const account = i32[at + ACCOUNT] as number;
    const balance = f64[(at + E.BALANCE_BALANCE) >> 1] as number;
    const delta = f64[(at + E.BALANCE_DELTA) >> 1] as number;
    let change = this.changes.get(account);
    if (change === undefined) {
      change = { before: balance - delta, cause: -1, row: -1, market: NO_MARKET };
      this.changes.set(account, change);
    } else if (!this.itemEnded && isTaker(command, commandAt, account)) {
      // Its last event tells the whole change; those of its own resting orders, which come before, may know part of it.
      change.before = balance - delta;
    }
    const { before } = change;
    const market = i32[at + MARKET] as number;
    // What is only held moves no money. A batch may do so in several markets.
    if (market >= 0 && delta !== 0) {
      const first = change.market === NO_MARKET || change.market === market;
      change.market = first ? market : Number.NaN;
    }
    if (change.row < 0) {
      change.cause = i32[at + E.BALANCE_CAUSE] as number;
      if (balance === before && change.cause !== E.CAUSE.OPENED) return;
      change.row = this.rows.add();
      const deposit = change.cause === E.CAUSE.DEPOSIT;
      this.rows.texts?.push(deposit ? readText(command.i32, commandAt + DEPOSIT_REFERENCE) : null);
    }
    const { row } = change;
    const { values } = this.rows;
    values[row] = seq;
    values[row + 1] = f64[(at + TIME) >> 1] as number;
    values[row + 2] = balance - before;
    values[row + 3] = balance;
    values[row + 4] = f64[(at + E.BALANCE_HELD) >> 1] as number;
    values[row + 5] = account;
    values[row + 6] = change.market === NO_MARKET ? Number.NaN : change.market;
    values[row + 7] = change.cause;
  }

  /** The events of one item of a batch have been added. */
  endItem(): void {
    this.itemEnded = true;
  }

  insert(sql: Sql) {
    return sql`
      insert into brier.ledger select rows.* from unnest(${this.rows.toArray()}::brier.ledger[]) rows
      where exists (select from head)`;
  }
}

/** Whose order the command is about. */
function isTaker({ i32 }: Records, commandAt: number, account: number): boolean {
  const kind = i32[commandAt + KIND];
  return (
    (kind === COMMAND.PLACE || kind === COMMAND.AMEND || kind === COMMAND.BATCH) && i32[commandAt + ACCOUNT] === account
  );
}
