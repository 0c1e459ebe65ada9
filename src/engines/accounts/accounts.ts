import type { Micros } from '../../protocol/units.ts';
import { grownFloat64 } from '../growth.ts';
import * as AccountLayout from './accountRow.ts';

export * from './accountRow.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { ACCOUNT_ROW, BALANCE, HELD, OPEN_ORDERS, SETTINGS, EXISTS, BLOCKED } = AccountLayout;

export class Accounts {
  rows: Float64Array;
  /** Markets in which the account has a holder row, oldest first. */
  markets: (number[] | undefined)[] = [];
  /** One more than the highest account number. */
  end = 0;
  count = 0;

  constructor(reserve = 64) {
    this.rows = new Float64Array(ACCOUNT_ROW * reserve);
  }

  has(account: number): boolean {
    return this.settings(account) !== 0;
  }

  open(account: number): void {
    const row = account * ACCOUNT_ROW;
    if (row >= this.rows.length) this.rows = grownFloat64(this.rows, row + ACCOUNT_ROW);
    this.rows[row + SETTINGS] = EXISTS;
    this.count++;
    if (account >= this.end) this.end = account + 1;
  }

  balance(account: number): Micros {
    return this.rows[account * ACCOUNT_ROW + BALANCE] as number;
  }

  held(account: number): Micros {
    return this.rows[account * ACCOUNT_ROW + HELD] as number;
  }

  available(account: number): Micros {
    const row = account * ACCOUNT_ROW;
    return (this.rows[row + BALANCE] as number) - (this.rows[row + HELD] as number);
  }

  /** Adds to the balance, `micros` < 0 takes. */
  pay(account: number, micros: Micros): void {
    const at = account * ACCOUNT_ROW + BALANCE;
    this.rows[at] = (this.rows[at] as number) + micros;
  }

  /** Open orders require more cash, `micros` < 0 less. */
  hold(account: number, micros: Micros): void {
    const at = account * ACCOUNT_ROW + HELD;
    this.rows[at] = (this.rows[at] as number) + micros;
  }

  openOrders(account: number): number {
    return this.rows[account * ACCOUNT_ROW + OPEN_ORDERS] as number;
  }

  countOpen(account: number, more: number): void {
    const at = account * ACCOUNT_ROW + OPEN_ORDERS;
    this.rows[at] = (this.rows[at] as number) + more;
  }

  /** 0 where there is no such account. */
  settings(account: number): number {
    return account >= 0 && account < this.end ? (this.rows[account * ACCOUNT_ROW + SETTINGS] as number) : 0;
  }

  setRisk(account: number, blocked: boolean, openOrders: number): void {
    this.rows[account * ACCOUNT_ROW + SETTINGS] = EXISTS | (blocked ? BLOCKED : 0) | (openOrders << 2);
  }

  enterMarket(account: number, market: number): void {
    const list = this.markets[account];
    if (list === undefined) this.markets[account] = [market];
    else list.push(market);
  }

  leaveMarket(account: number, market: number): void {
    const list = this.markets[account];
    if (list === undefined) return;
    const at = list.indexOf(market);
    if (at >= 0) list.splice(at, 1);
  }
}
