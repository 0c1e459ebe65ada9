import * as R from '../../engines/records/buffer.ts';
import { EVENT } from '../../engines/records/events.ts';
import type { Records } from '../orders/orderJson.ts';

/** Where the records of one group are that a market’s channels care for. Reused from group to group. */
export class GroupRecords {
  readonly levels: number[] = [];
  readonly trades: number[] = [];
  /** The last AMM record, −1 none. */
  amm = -1;
  lifecycle = false;

  clear(): void {
    this.levels.length = this.trades.length = 0;
    this.amm = -1;
    this.lifecycle = false;
  }

  add(kind: number, at: number): void {
    if (kind === EVENT.LEVEL) this.levels.push(at);
    else if (kind === EVENT.TRADE) this.trades.push(at);
    else if (kind === EVENT.AMM) this.amm = at;
    else if (kind === EVENT.MARKET) this.lifecycle = true;
  }

  /** Reads the group that begins at `start`. */
  collect({ i32 }: Records, start: number, market: number): this {
    this.clear();
    for (let at = start; i32[at + R.KIND] !== EVENT.DONE; at += i32[at] as number) {
      if (i32[at + R.MARKET] === market) this.add(i32[at + R.KIND] as number, at);
    }
    return this;
  }
}
