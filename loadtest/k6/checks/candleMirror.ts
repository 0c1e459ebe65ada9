import type * as z from 'zod';
import type { streams } from '../../../src/protocol/streams.ts';
import { parseDecimal } from '../../../src/protocol/units.ts';
import { lotsOf, microsOf } from './money.ts';

type Candle = z.infer<typeof streams.candles>['candle'];
export type CandlesMessage = z.infer<typeof streams.candles> | z.infer<typeof streams.candlesSnapshot>;

const PRICE_MAX = 1_000_000;
const millionths = (price: string): number => parseDecimal(price, 6, PRICE_MAX);

/** The candles of a market and interval: each grows, until the next one begins. */
export class CandleMirror {
  /** The newest of each outcome. */
  readonly #newest = new Map<string, Candle>();

  /** What is wrong with a message, or undefined. */
  take(message: CandlesMessage): string | undefined {
    if ('candle' in message) return this.#next(message.candle);
    // What it has been told already is told again, and has not become less.
    const known = new Map(this.#newest);
    this.#newest.clear();
    let fault: string | undefined;
    for (const candle of message.candles) {
      const before = known.get(candle.outcome);
      if (before?.start === candle.start) fault = growth(before, candle) ?? fault;
      fault = this.#next(candle) ?? fault;
    }
    for (const [outcome, { start }] of known) {
      if ((this.#newest.get(outcome)?.start ?? 0) < start) fault = `the candle of ${outcome} at ${start} is gone`;
    }
    return fault;
  }

  #next(candle: Candle): string | undefined {
    const before = this.#newest.get(candle.outcome);
    this.#newest.set(candle.outcome, candle);
    const { outcome, start } = candle;
    if (before !== undefined && start < before.start) return `${outcome} goes back from ${before.start} to ${start}`;
    return shape(candle) ?? (before?.start === start ? growth(before, candle) : undefined);
  }
}

/** What no candle can be. */
function shape({ outcome, start, open, high, low, close, size, trades }: Candle): string | undefined {
  const [highest, lowest] = [millionths(high), millionths(low)];
  const isWithin = [open, close].every((price) => lowest <= millionths(price) && millionths(price) <= highest);
  if (isWithin && trades > 0 && lotsOf(size) > 0) return undefined;
  return `${outcome} at ${start} is none`;
}

/** How a candle can not follow on itself. */
function growth(before: Candle, after: Candle): string | undefined {
  const { outcome, start } = after;
  const isMore =
    after.open === before.open &&
    millionths(after.high) >= millionths(before.high) &&
    millionths(after.low) <= millionths(before.low) &&
    after.trades >= before.trades &&
    lotsOf(after.size) >= lotsOf(before.size) &&
    microsOf(after.volume) >= microsOf(before.volume);
  return isMore ? undefined : `${outcome} at ${start} was ${JSON.stringify(before)}, then ${JSON.stringify(after)}`;
}
