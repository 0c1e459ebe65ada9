import {
  type DailyPrice,
  type DecidedFilter,
  type DecidedMarket,
  dailyPrices,
  decidedMarkets,
  type HorizonPrice,
  pricesBeforeClose,
} from '../../persistence/jobs/decidedMarkets.ts';
import type { Sql } from '../../persistence/postgres/connect.ts';
import { TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import type { CalibrationSample } from '../calibration/sample.ts';
import { dailyHistories } from './dailyHistory.ts';

/** Markets in one report; the newest ones stay. */
export const REPORT_MARKETS_MAX = 2_000;
/** Daily prices read for one report; markets beyond go without a time-averaged score, newest first. */
const DAILY_PRICES_MAX = 100_000;
/** Markets read at once. */
const PAGE = 500;

const MILLIONTHS = 1_000_000;
export const UNCATEGORIZED = 'uncategorized';

/** `complete` is false where there were more than {@link REPORT_MARKETS_MAX}. */
export type Samples = { samples: CalibrationSample[]; complete: boolean };

/**
 * Reads what calibration compares, from the read model: for each market that was resolved or voided and each horizon, the
 * prices that stood so long before its close, 0 meaning its closing prices, and what its outcomes paid.
 */
export async function readSamples(
  sql: Sql,
  filter: DecidedFilter,
  horizonsMs: readonly number[],
  marketsMax: number = REPORT_MARKETS_MAX,
): Promise<Samples> {
  const samples: CalibrationSample[] = [];
  const earlier = horizonsMs.filter((horizonMs) => horizonMs > 0);
  let after: DecidedMarket | undefined;
  let dailyLeft = horizonsMs.includes(0) ? DAILY_PRICES_MAX : 0;
  for (let read = 0; read < marketsMax; ) {
    const limit = Math.min(PAGE, marketsMax - read);
    const page = await decidedMarkets(sql, filter, after, limit);
    const prices = earlier.length === 0 ? [] : await pricesBeforeClose(sql, page, earlier);
    const daily = dailyLeft <= 0 ? [] : await readDaily(sql, page, dailyLeft);
    dailyLeft -= daily.length === 0 ? dailyLeft : daily.length;
    samples.push(...samplesOf(page, horizonsMs, prices, daily));
    read += page.length;
    after = page.at(-1);
    if (page.length < limit) return { samples, complete: true };
  }
  const more = await decidedMarkets(sql, filter, after, 1);
  return { samples, complete: more.length === 0 };
}

/** None at all where there are more than `limit`: half a history would be another score. */
async function readDaily(sql: Sql, page: readonly DecidedMarket[], limit: number): Promise<DailyPrice[]> {
  const daily = await dailyPrices(
    sql,
    page.map(({ market }) => market),
    limit + 1,
  );
  return daily.length > limit ? [] : daily;
}

/** Exported for the test against a naive reading. */
export function samplesOf(
  markets: readonly DecidedMarket[],
  horizonsMs: readonly number[],
  prices: readonly HorizonPrice[],
  daily: readonly DailyPrice[],
): CalibrationSample[] {
  const histories = dailyHistories(markets, daily);
  const before = new Map<string, (number | null)[]>();
  const outcomes = new Map(markets.map((one) => [one.market, one.outcomes]));
  for (const { market, horizonMs, outcome, millionths } of prices) {
    const key = `${market} ${horizonMs}`;
    const vector = before.get(key) ?? new Array<number | null>(outcomes.get(market) ?? 0).fill(null);
    vector[outcome] = millionths / MILLIONTHS;
    before.set(key, vector);
  }
  return markets.flatMap((one) => {
    const none = new Array<null>(one.outcomes).fill(null);
    const closing = one.closingPrices?.map((price) => (price < 0 ? null : price / MILLIONTHS)) ?? none;
    const payouts = one.payouts?.map((ticks) => ticks / TICKS_PER_DOLLAR) ?? none.map(() => 0);
    const history = histories.get(one.market);
    return horizonsMs.map((horizonMs) => ({
      market: one.slug,
      category: one.category ?? UNCATEGORIZED,
      closeTime: one.closeTime,
      resolvedAt: one.decidedAt,
      horizonMs,
      prices: horizonMs === 0 ? closing : (before.get(`${one.market} ${horizonMs}`) ?? none),
      payouts,
      ...(horizonMs === 0 && history !== undefined && { daily: history }),
    }));
  });
}
