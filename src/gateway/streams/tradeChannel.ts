import * as R from '../../engines/records/buffer.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from '../orders/orderJson.ts';
import type { EventLog } from './eventLog.ts';
import { GroupRecords } from './groupRecords.ts';
import { RECENT_COMMANDS_MAX, RECENT_TRADES } from './limits.ts';
import { PublicChannel } from './publicChannel.ts';
import { tradeFields } from './records.ts';

const logged = new GroupRecords();

/** Every trade, one message each; those of one command share its seq. A snapshot has the latest ones, oldest first. */
export class TradeChannel extends PublicChannel {
  private readonly log: EventLog;

  constructor(market: MarketState, log: EventLog) {
    super('trades', market, market.tradesSeq);
    this.log = log;
  }

  snapshotFields(): string {
    const { log, market } = this;
    const recent: string[] = [];
    for (const start of log.recentOfMarket(market.market, RECENT_COMMANDS_MAX)) {
      const { trades } = logged.collect(log, start, market.market);
      const seq = log.f64[(start + R.SEQ) >> 1];
      for (let i = trades.length - 1; i >= 0; i--) {
        if (recent.length === RECENT_TRADES) break;
        recent.push(`{"seq":${seq},${tradeFields(log, trades[i] as number, market)}}`);
      }
      if (recent.length === RECENT_TRADES) break;
    }
    return `"trades":[${recent.reverse().join(',')}]`;
  }

  onGroup(records: Records, group: GroupRecords, seq: number): void {
    const { trades } = group;
    for (let i = 0; i < trades.length; i++) {
      this.publish(seq, tradeFields(records, trades[i] as number, this.market), i + 1 < trades.length);
    }
  }

  override replay(since: number, send: (text: string) => boolean): number {
    const { log, market } = this;
    if (since >= this.last) return this.last;
    const groups = log.groupsOfMarket(market.market, since);
    if (groups === undefined) return -1;
    let prev = since;
    for (const start of groups) {
      const { trades } = logged.collect(log, start, market.market);
      const seq = log.f64[(start + R.SEQ) >> 1] as number;
      for (let i = 0; i < trades.length; i++) {
        const fields = tradeFields(log, trades[i] as number, market);
        if (!send(this.message(seq, prev, fields, i + 1 < trades.length))) return -1;
        prev = seq;
      }
    }
    return prev;
  }
}
