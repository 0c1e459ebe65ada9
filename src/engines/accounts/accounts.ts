import type { Micros } from '../../protocol/units.ts';
import { grownFloat64, grownInt32 } from '../growth.ts';

/**
 * Cash of every account, by account number. `balance = available + held`, both ≥ 0 (the house's balance may be negative:
 * it is the operator's own money, spent on market makers).
 */
export class Accounts {
  balance = new Float64Array(64);
  /** Cash that open orders require. */
  held = new Float64Array(64);
  openOrders = new Int32Array(64);
  /** 1 where the account exists. */
  exists = new Int32Array(64);
  /** Markets in which the account has a holder row, oldest first. */
  markets: (number[] | undefined)[] = [];
  /** One more than the highest account number. */
  end = 0;
  count = 0;

  has(account: number): boolean {
    return account >= 0 && account < this.end && this.exists[account] === 1;
  }

  open(account: number): void {
    if (account >= this.balance.length) {
      this.balance = grownFloat64(this.balance, account + 1);
      this.held = grownFloat64(this.held, account + 1);
      this.openOrders = grownInt32(this.openOrders, account + 1);
      this.exists = grownInt32(this.exists, account + 1);
    }
    this.exists[account] = 1;
    this.count++;
    if (account >= this.end) this.end = account + 1;
  }

  available(account: number): Micros {
    return (this.balance[account] as number) - (this.held[account] as number);
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
