import { clearInterval, setInterval } from 'k6/timers';
import { now } from './clock.ts';
import { tally } from './tally.ts';

/** What sends requests. */
export interface Paced {
  /** False while it could not send: its window is full, or it is not connected. */
  readonly isReady: boolean;
  /** Sends one request. */
  step(): void;
}

/** Timers come every so often, and send all that has become due. */
const TICK_MS = 10;

/** What was due before that is not made up for: k6 is behind, and more would only make its queue longer. */
const CATCH_UP_MS = 200;

/** Requests a second at a part of the duration, 0 to 1. */
export type RateAt = (part: number) => number;

/**
 * Sends at a rate that does not depend on the answers, each request by the next that is ready; what cannot leave because
 * nobody is ready leaves later. Where k6 itself cannot keep up it sends less. Resolves after the duration.
 */
export function keepPace(paced: readonly Paced[], durationMs: number, rateAt: RateAt): Promise<void> {
  const startedAt = now();
  let expectedAt = startedAt + TICK_MS;
  let lastAt = startedAt;
  let due = 0;
  let turn = 0;
  const sendOne = (): boolean => {
    for (let tries = 0; tries < paced.length; tries++) {
      const next = paced[turn++ % paced.length] as Paced;
      if (!next.isReady) continue;
      next.step();
      return true;
    }
    return false;
  };
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const at = now();
      tally.lag(Math.max(0, at - expectedAt));
      expectedAt = at + TICK_MS;
      due += (rateAt(Math.min(1, (at - startedAt) / durationMs)) * Math.min(at - lastAt, CATCH_UP_MS)) / 1000;
      lastAt = at;
      while (due >= 1 && sendOne()) due--;
      if (at - startedAt < durationMs) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
}
