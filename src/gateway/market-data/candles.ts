import { TIME } from '../../engines/records/buffer.ts';
import * as E from '../../engines/records/events.ts';
import type { CandleRow } from '../../persistence/read-model/reads.ts';
import { floorTo } from '../../persistence/read-model/resolutions.ts';
import { tradeMillionths } from '../../persistence/read-model/tradePrice.ts';
import type { Records } from '../orders/orderJson.ts';

/**
 * The latest candles of one width, of every outcome of a market: those of the read model, continued trade by trade as the read
 * model does it, so that both have the same numbers. Of each outcome at most `most` are kept.
 */
export class Candles {
  private readonly byOutcome = new Map<number, CandleRow[]>();
  private readonly intervalMs: number;
  private readonly most: number;

  constructor(intervalMs: number, most: number) {
    this.intervalMs = intervalMs;
    this.most = most;
  }

  /** In place of what there is. Each outcome’s are in the order of time. */
  begin(rows: readonly CandleRow[]): void {
    this.byOutcome.clear();
    for (const row of rows) this.push({ ...row });
  }

  /** Adds a TRADE record, later than all before; returns its candle. */
  add({ i32, f64 }: Records, at: number): CandleRow {
    const outcome = i32[at + E.TRADE_OUTCOME] as number;
    const start = floorTo(f64[(at + TIME) >> 1] as number, this.intervalMs);
    const price = tradeMillionths(i32, f64, at);
    let candle = this.byOutcome.get(outcome)?.at(-1);
    if (candle?.start !== start) {
      candle = { outcome, start, open: price, high: price, low: price, close: price, lots: 0, micros: 0, trades: 0 };
      this.push(candle);
    }
    candle.high = Math.max(candle.high, price);
    candle.low = Math.min(candle.low, price);
    candle.close = price;
    candle.lots += i32[at + E.TRADE_LOTS] as number;
    candle.micros += f64[(at + E.TRADE_MICROS) >> 1] as number;
    candle.trades++;
    return candle;
  }

  /** Those that start at `from` or later, oldest first; of one start by outcome. */
  since(from: number): CandleRow[] {
    return [...this.byOutcome.values()]
      .flat()
      .filter(({ start }) => start >= from)
      .sort((a, b) => a.start - b.start || a.outcome - b.outcome);
  }

  private push(row: CandleRow): void {
    const rows = this.byOutcome.get(row.outcome);
    if (rows === undefined) this.byOutcome.set(row.outcome, [row]);
    else if (rows.push(row) > this.most) rows.shift();
  }
}
