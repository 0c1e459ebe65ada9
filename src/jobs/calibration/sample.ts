import { assertUnit, type MultiForecast } from './forecast.ts';
import { type TimeAveragedBrier, timeAveragedBrier } from './timeAveraged.ts';

/** Prices of one market at one horizon before its close, and what its outcomes paid. */
export interface CalibrationSample {
  readonly market: string;
  readonly category: string;
  /** When trading ended, milliseconds since 1970 UTC: the actual time if the market was closed early. */
  readonly closeTime: number;
  readonly resolvedAt: number;
  /** The prices stood at `closeTime − horizonMs`; 0 means closing prices. */
  readonly horizonMs: number;
  /** One per outcome in [0, 1], YES first in a binary market; `null` where the outcome had no price yet. */
  readonly prices: readonly (number | null)[];
  /** One per outcome: 1 or 0, or fractions, summing to 1. All 0 for a voided market. */
  readonly payouts: readonly number[];
  /** The outcomes have a natural order, first to last. */
  readonly ordered?: boolean;
  /** End-of-day prices over the market's life, day 0 first, for the time-averaged score. */
  readonly daily?: { readonly days: number; readonly prices: readonly DailyPrices[] };
}

export interface DailyPrices {
  readonly day: number;
  readonly prices: readonly number[];
}

/**
 * Why a sample is not scored. `voided`: nothing paid, so there is no truth to compare with. `unpriced`: a price is
 * missing, or all are 0. `afterOutcome`: the market was resolved before
 * the price was taken, which makes it no forecast; in the same millisecond it still is one, since closing comes first.
 */
export type Exclusion = 'voided' | 'unpriced' | 'afterOutcome';

export interface ScoredSample {
  readonly forecast: MultiForecast;
  /** The prices of a market of n > 2 outcomes did not sum to 1 and were scaled. */
  readonly scaled: boolean;
  readonly timeAveraged: TimeAveragedBrier | null;
}

/** Prices may sum from 1 by this much before they count as `scaled`: half a tick. */
const SCALED_TOLERANCE = 0.00005;

/** Throws RangeError on prices or payouts that cannot come from a market. */
export function readSample(sample: CalibrationSample): ScoredSample | Exclusion {
  const { prices, payouts } = sample;
  if (prices.length < 2 || prices.length !== payouts.length) {
    throw new RangeError(`market ${sample.market}: ${prices.length} prices, ${payouts.length} payouts`);
  }
  if (payouts.every((payout) => payout === 0)) return 'voided';
  if (sample.resolvedAt < sample.closeTime - sample.horizonMs) return 'afterOutcome';
  const f = probabilities(prices, sample.market);
  if (f === null) return 'unpriced';
  const forecast = { f, payouts, ordered: sample.ordered ?? false };
  const sum = prices.reduce<number>((total, price) => total + (price ?? 0), 0);
  const scaled = prices.length > 2 && Math.abs(sum - 1) > SCALED_TOLERANCE;
  return { forecast, scaled, timeAveraged: averaged(sample) };
}

/**
 * A binary market has one book, so YES is the forecast and NO its complement. With n > 2 outcomes each has a book of
 * its own and the prices seldom sum to 1: they are divided by their sum.
 */
function probabilities(prices: readonly (number | null)[], market: string): number[] | null {
  const known: number[] = [];
  for (const price of prices.length === 2 ? prices.slice(0, 1) : prices) {
    if (price === null) return null;
    assertUnit(price, `market ${market}: price`);
    known.push(price);
  }
  if (prices.length === 2) return [known[0]!, 1 - known[0]!];
  const sum = known.reduce((total, price) => total + price, 0);
  return sum === 0 ? null : known.map((price) => price / sum);
}

function averaged({ daily, payouts, market }: CalibrationSample): TimeAveragedBrier | null {
  if (daily === undefined) return null;
  const forecasts = daily.prices.flatMap(({ day, prices }) => {
    const f = probabilities(prices, market);
    return f === null ? [] : { day, f };
  });
  return timeAveragedBrier({ days: daily.days, forecasts }, payouts);
}
