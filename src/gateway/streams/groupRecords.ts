import * as R from '../../engines/records/buffer.ts';
import { EVENT, SET_FILL, TRADE_FLAGS } from '../../engines/records/events.ts';
import { endsGroup } from '../engine-port/groups.ts';
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

  /** The taker’s fill by a complete set is not public: its legs are. */
  add({ i32 }: Records, kind: number, at: number): void {
    if (kind === EVENT.LEVEL) this.levels.push(at);
    else if (kind === EVENT.TRADE) {
      if (((i32[at + TRADE_FLAGS] as number) & SET_FILL) === 0) this.trades.push(at);
    } else if (kind === EVENT.AMM) this.amm = at;
    else if (kind === EVENT.MARKET) this.lifecycle = true;
  }

  /** Reads the group that begins at `start`. */
  collect(records: Records, start: number, market: number): this {
    const { i32 } = records;
    this.clear();
    for (let at = start; !endsGroup(i32, at); at += i32[at] as number) {
      if (i32[at + R.MARKET] === market) this.add(records, i32[at + R.KIND] as number, at);
    }
    return this;
  }
}
