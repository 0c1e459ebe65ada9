import { squaredDistance } from './brier.ts';
import { toVectors } from './forecast.ts';

/** The probabilities that stood at the end of a day; days count from 0, the market's first. */
export interface DailyForecast {
  readonly day: number;
  readonly f: readonly number[];
}

/** `days` is how many days the market was open. Days without an entry keep the last one; later entries of a day win. */
export interface DailyHistory {
  readonly days: number;
  readonly forecasts: readonly DailyForecast[];
}

export interface TimeAveragedBrier {
  /** On the 0–2 scale. */
  readonly brierMulti: number;
  readonly daysScored: number;
}

/**
 * The tournament rule (Good Judgment Project): a forecast is carried forward until the next one, each day from the
 * first forecast on is scored, and the mean over the scored days counts. `null` when no day has a forecast.
 */
export function timeAveragedBrier(history: DailyHistory, payouts: readonly number[]): TimeAveragedBrier | null {
  const forecasts = history.forecasts.filter(({ day }) => day < history.days).sort((a, b) => a.day - b.day);
  const first = forecasts[0];
  if (first === undefined) return null;
  if (first.day < 0) throw new RangeError(`day ${first.day} is before the market opened`);
  let sum = 0;
  forecasts.forEach(({ day, f }, i) => {
    const until = forecasts[i + 1]?.day ?? history.days;
    sum += (until - day) * squaredDistance(toVectors({ f, payouts }));
  });
  const daysScored = history.days - first.day;
  return { brierMulti: sum / daysScored, daysScored };
}
