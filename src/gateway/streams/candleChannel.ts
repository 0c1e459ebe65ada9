import type { CandleRow } from '../../persistence/read-model/reads.ts';
import { floorTo } from '../../persistence/read-model/resolutions.ts';
import { Candles } from '../market-data/candles.ts';
import { candleView, INTERVAL_MS, type Interval } from '../market-data/candleView.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from '../orders/orderJson.ts';
import type { CandleReader } from './candleReader.ts';
import type { Conflation } from './conflation.ts';
import type { EventLog } from './eventLog.ts';
import { GroupRecords } from './groupRecords.ts';
import { CANDLES_CONFLATE_MS, CANDLES_RECENT, LINGER_MS } from './limits.ts';
import { PublicChannel } from './publicChannel.ts';

const logged = new GroupRecords();

export type CandleParts = { data: MarketData; log: EventLog; conflation: Conflation; reader: CandleReader };

/**
 * Candles of one width: the read model’s latest, then every trade added as it happens. What the read model has not seen when it is
 * read, the log of recent events has: nothing is missing, nothing counted twice.
 */
export class CandleChannel extends PublicChannel {
  readonly conflateMs = CANDLES_CONFLATE_MS;
  dueAt = 0;
  override readonly lingerMs = LINGER_MS;
  private readonly intervalMs: number;
  private readonly parts: CandleParts;
  private readonly candles: Candles;
  /** Those that differ from what was sent, oldest first. */
  private readonly changed = new Set<CandleRow>();
  private over = false;

  constructor(market: MarketState, interval: Interval, parts: CandleParts) {
    super('candles', market, market.tradesSeq, `,"interval":"${interval}"`);
    this.ready = false;
    this.parts = parts;
    this.intervalMs = INTERVAL_MS[interval];
    this.candles = new Candles(this.intervalMs, CANDLES_RECENT);
    const query = { market: market.market, intervalMs: this.intervalMs, from: this.first(), seq: parts.data.seq };
    parts.reader.read(query, (seq, rows) => this.over || this.join(seq, rows));
  }

  /** The start of the oldest candle of a snapshot. */
  private first(): number {
    return Math.max(0, floorTo(this.parts.data.time, this.intervalMs) - (CANDLES_RECENT - 1) * this.intervalMs);
  }

  /** The read model’s candles as of `seq`, and what came since; false: the log does not reach back so far. */
  private join(seq: number, rows: readonly CandleRow[]): boolean {
    const { market } = this;
    const { log } = this.parts;
    const groups = log.groupsOfMarket(market.market, seq);
    if (groups === undefined) return false;
    this.candles.begin(rows);
    for (const start of groups) {
      for (const at of logged.collect(log, start, market.market).trades) this.candles.add(log, at);
    }
    this.begins(market.tradesSeq);
    return true;
  }

  snapshotFields(): string {
    return `"candles":[${this.candles
      .since(this.first())
      .map((row) => this.candleJson(row))
      .join(',')}]`;
  }

  onGroup(records: Records, { trades }: GroupRecords): void {
    // Before it has begun, what happens is in the log.
    if (!this.ready || trades.length === 0) return;
    if (this.changed.size === 0) this.parts.conflation.later(this);
    for (const at of trades) this.changed.add(this.candles.add(records, at));
  }

  /** Tells the candles that have changed. */
  override settle(): void {
    const rows = [...this.changed].sort((a, b) => a.start - b.start || a.outcome - b.outcome);
    this.changed.clear();
    const seq = this.market.tradesSeq;
    for (const [i, row] of rows.entries()) this.publish(seq, `"candle":${this.candleJson(row)}`, i + 1 < rows.length);
  }

  override replay(since: number): number {
    return since >= this.last ? this.last : -1;
  }

  override forgotten(): void {
    this.over = true;
  }

  private candleJson(row: CandleRow): string {
    const { outcomes } = this.market;
    return JSON.stringify({ outcome: outcomes[row.outcome], ...candleView(row, false) });
  }
}
