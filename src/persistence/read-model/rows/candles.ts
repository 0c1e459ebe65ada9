import { MARKET, TIME } from '../../../engines/records/buffer.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import { floorTo, RESOLUTIONS_MS } from '../resolutions.ts';
import { tradeMillionths } from '../tradePrice.ts';
import { outcomeKey } from './keys.ts';
import { RowBuffer } from './rowBuffer.ts';

const COLUMNS = 11;

type Candle = {
  market: number;
  outcome: number;
  resolution: number;
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  micros: number;
  trades: number;
};

/** Candles that a batch begins or continues, at every kept resolution. */
export class CandleRows {
  /** The newest second of each outcome. */
  private readonly current = new Map<number, Candle>();
  private readonly seconds: Candle[] = [];

  add(i32: Int32Array, f64: Float64Array, at: number): void {
    if (((i32[at + E.TRADE_FLAGS] as number) & E.SET_FILL) !== 0) return;
    const market = i32[at + MARKET] as number;
    const outcome = i32[at + E.TRADE_OUTCOME] as number;
    const resolution = RESOLUTIONS_MS[0];
    const time = floorTo(f64[(at + TIME) >> 1] as number, resolution);
    const price = tradeMillionths(i32, f64, at);
    const key = outcomeKey(market, outcome);
    let candle = this.current.get(key);
    if (candle === undefined || candle.time !== time) {
      const prices = { open: price, high: price, low: price, close: price };
      candle = { market, outcome, resolution, time, ...prices, lots: 0, micros: 0, trades: 0 };
      this.current.set(key, candle);
      this.seconds.push(candle);
    }
    if (price > candle.high) candle.high = price;
    if (price < candle.low) candle.low = price;
    candle.close = price;
    candle.lots += i32[at + E.TRADE_LOTS] as number;
    candle.micros += f64[(at + E.TRADE_MICROS) >> 1] as number;
    candle.trades++;
  }

  /** Adds to the candle that stands: exact, because the head in the same statement lets each batch in once. */
  upsert(sql: Sql) {
    const rows = new RowBuffer(COLUMNS);
    for (const resolution of RESOLUTIONS_MS) {
      for (const row of widen(this.seconds, resolution)) {
        const at = rows.add();
        rows.values.set(columns(row), at);
      }
    }
    return sql`
      insert into brier.candles as kept select rows.* from unnest(${rows.toArray()}::brier.candles[]) rows
      where exists (select from head)
      on conflict (market, outcome, resolution, time) do update set lots = kept.lots + excluded.lots,
        micros = kept.micros + excluded.micros, high = greatest(kept.high, excluded.high),
        low = least(kept.low, excluded.low), close = excluded.close, trades = kept.trades + excluded.trades`;
  }
}

const columns = (row: Candle): number[] => [
  row.time,
  row.lots,
  row.micros,
  row.market,
  row.resolution,
  row.open,
  row.high,
  row.low,
  row.close,
  row.trades,
  row.outcome,
];

/** Candles of `resolution` from those of seconds, which are in the order of time for each outcome. */
function widen(seconds: readonly Candle[], resolution: number): Candle[] {
  const wide = new Map<number, Candle>();
  const rows: Candle[] = [];
  for (const second of seconds) {
    const time = floorTo(second.time, resolution);
    const key = outcomeKey(second.market, second.outcome);
    const candle = wide.get(key);
    if (candle === undefined || candle.time !== time) {
      const first = { ...second, resolution, time };
      wide.set(key, first);
      rows.push(first);
      continue;
    }
    candle.high = Math.max(candle.high, second.high);
    candle.low = Math.min(candle.low, second.low);
    candle.close = second.close;
    candle.lots += second.lots;
    candle.micros += second.micros;
    candle.trades += second.trades;
  }
  return rows;
}
