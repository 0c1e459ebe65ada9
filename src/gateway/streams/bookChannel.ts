import * as R from '../../engines/records/buffer.ts';
import { bookFields, checksum } from '../market-data/bookView.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from '../orders/orderJson.ts';
import type { EventLog } from './eventLog.ts';
import { GroupRecords } from './groupRecords.ts';
import { PublicChannel } from './publicChannel.ts';
import { bookDeltaFields } from './records.ts';

const logged = new GroupRecords();

/** The whole book, each change at once. Resumes from the log; the checksum of a moment that has passed is not known any more. */
export class BookChannel extends PublicChannel {
  private readonly log: EventLog;

  constructor(market: MarketState, log: EventLog) {
    super('book', market, market.bookSeq);
    this.log = log;
  }

  snapshotFields(): string {
    return bookFields(this.market);
  }

  onGroup(records: Records, group: GroupRecords, seq: number): void {
    if (group.levels.length === 0 && group.amm < 0) return;
    const fields = bookDeltaFields(records, group.levels, group.amm, this.market);
    this.publish(seq, `"type":"delta",${fields},"crc":${checksum(this.market)}`);
  }

  override replay(since: number, send: (text: string) => boolean): number {
    const { log, market } = this;
    if (since >= this.last) return this.last;
    const groups = log.groupsOfMarket(market.market, since);
    if (groups === undefined) return -1;
    let prev = since;
    for (const start of groups) {
      const { levels, amm } = logged.collect(log, start, market.market);
      if (levels.length === 0 && amm < 0) continue;
      const seq = log.f64[(start + R.SEQ) >> 1] as number;
      if (!send(this.message(seq, prev, `"type":"delta",${bookDeltaFields(log, levels, amm, market)}`))) return -1;
      prev = seq;
    }
    return prev;
  }

  override caughtUpFields(): string {
    return `,"crc":${checksum(this.market)}`;
  }
}
