import type { DailyPrice, DecidedMarket } from '../../persistence/jobs/decidedMarkets.ts';
import type { CalibrationSample } from '../calibration/sample.ts';

const DAY_MS = 86_400_000;
const MILLIONTHS = 1_000_000;

/**
 * End-of-day prices by market, from each outcome’s last price on the days on which it changed. Days are UTC days, the one
 * on which the market was created being day 0; a day is listed when every outcome has had a price by its end.
 */
export function dailyHistories(
  markets: readonly DecidedMarket[],
  daily: readonly DailyPrice[],
): Map<number, NonNullable<CalibrationSample['daily']>> {
  const byMarket = new Map<number, DailyPrice[]>();
  for (const row of daily) {
    const rows = byMarket.get(row.market);
    if (rows === undefined) byMarket.set(row.market, [row]);
    else rows.push(row);
  }
  return new Map(
    markets.flatMap((one) => {
      const rows = byMarket.get(one.market);
      return rows === undefined ? [] : [[one.market, history(one, rows)]];
    }),
  );
}

function history(market: DecidedMarket, rows: readonly DailyPrice[]): NonNullable<CalibrationSample['daily']> {
  const first = dayOf(market.createdAt);
  const latest = new Array<number | null>(market.outcomes).fill(null);
  const prices: { day: number; prices: number[] }[] = [];
  for (const { outcome, day, millionths } of [...rows].sort((a, b) => a.day - b.day)) {
    latest[outcome] = millionths / MILLIONTHS;
    const known = latest.filter((price) => price !== null);
    if (known.length < market.outcomes) continue;
    // A later row of the same day takes the place of the earlier one.
    if (prices.at(-1)?.day === day - first) prices.pop();
    prices.push({ day: day - first, prices: known });
  }
  return { days: dayOf(Math.max(market.createdAt, market.closeTime - 1)) - first + 1, prices };
}

const dayOf = (time: number): number => Math.floor(time / DAY_MS);
