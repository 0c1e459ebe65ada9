import { setTimeout as pause } from 'node:timers/promises';
import { HttpError } from '../../src/sdk/index.ts';

/** Refusals that mean later, not no. A repeated request is known by its id, so one that was carried out is not again. */
const LATER = new Set(['RATE_LIMITED', 'OVERLOADED', 'UNAVAILABLE', 'STATUS_UNKNOWN']);
/** Some minutes in all; after that the last refusal stands. */
const TRIES_MAX = 40;
const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 5000;

/** How long to wait before try number `tries` + 1 after this refusal; undefined if it is final. */
export function pauseBefore(
  tries: number,
  refusal: { code: string; retryAfterMs?: number | undefined },
): number | undefined {
  if (!LATER.has(refusal.code) || tries >= TRIES_MAX) return undefined;
  return refusal.retryAfterMs ?? Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** tries);
}

/** Repeats an idempotent HTTP call while the exchange says later. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      const wait = error instanceof HttpError ? pauseBefore(tries, error) : undefined;
      if (wait === undefined) throw error;
      await pause(wait);
    }
  }
}
