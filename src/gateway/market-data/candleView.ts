import type { CANDLE_INTERVALS_MS, CandleRow } from '../../persistence/read-model/reads.ts';
import { formatMillionths, formatMoney, formatSize, MICROS_PER_DOLLAR } from '../../protocol/units.ts';
import type { CANDLE_INTERVALS } from '../../protocol/wire.ts';
import { clientMoney } from '../orders/orderJson.ts';

export type Interval = (typeof CANDLE_INTERVALS)[number];
export const INTERVAL_MS: Readonly<Record<Interval, (typeof CANDLE_INTERVALS_MS)[number]>> = {
  '1s': 1_000,
  '5s': 5_000,
  '15s': 15_000,
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};

/** A candle as clients see it; `mirrored`: of the second of two outcomes on one book, whose prices are $1 less the first’s. */
export function candleView(row: CandleRow, mirrored: boolean) {
  const price = (millionths: number) => formatMillionths(mirrored ? MICROS_PER_DOLLAR - millionths : millionths);
  return {
    start: row.start,
    open: price(row.open),
    high: price(mirrored ? row.low : row.high),
    low: price(mirrored ? row.high : row.low),
    close: price(row.close),
    size: formatSize(row.lots),
    volume: formatMoney(clientMoney(row.micros, row.lots, mirrored)),
    trades: row.trades,
  };
}
