import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { lifecycleFields, tickerFields } from '../market-data/tickerView.ts';
import type { Records } from '../orders/orderJson.ts';
import type { Conflation } from './conflation.ts';
import type { GroupRecords } from './groupRecords.ts';
import { PublicChannel } from './publicChannel.ts';

/** Channels whose every message is the whole state: a resume needs the latest one, or none. */
abstract class StateChannel extends PublicChannel {
  override replay(since: number): number {
    return since >= this.last ? this.last : -1;
  }
}

/** Prices and volume of a market, whenever one of them has changed. */
export class TickerChannel extends StateChannel {
  readonly conflateMs: number;
  dueAt = 0;
  private readonly data: MarketData;
  private readonly conflation: Conflation;
  private changed = false;
  private sent: string;

  constructor(market: MarketState, data: MarketData, conflateMs: number, conflation: Conflation) {
    super('ticker', market, market.tickerSeq);
    this.data = data;
    this.conflateMs = conflateMs;
    this.conflation = conflation;
    this.sent = tickerFields(market);
  }

  snapshotFields(): string {
    return `${tickerFields(this.market)},"time":${this.data.time}`;
  }

  onGroup(_records: Records, group: GroupRecords): void {
    if (group.levels.length === 0 && group.trades.length === 0 && group.amm < 0) return;
    if (this.conflateMs === 0) {
      this.changed = true;
      this.settle();
    } else if (!this.changed) {
      this.changed = true;
      this.conflation.later(this);
    }
  }

  override settle(): void {
    if (!this.changed) return;
    this.changed = false;
    const fields = tickerFields(this.market);
    if (fields === this.sent) return;
    this.sent = fields;
    this.publish(this.market.tickerSeq, `${fields},"time":${this.data.time}`);
  }
}

/** A market’s lifecycle. */
export class LifecycleChannel extends StateChannel {
  constructor(market: MarketState) {
    super('market', market, market.marketSeq);
  }

  snapshotFields(): string {
    return lifecycleFields(this.market);
  }

  onGroup(_records: Records, group: GroupRecords, seq: number): void {
    if (group.lifecycle) this.publish(seq, lifecycleFields(this.market));
  }
}
