import { setTimeout } from 'k6/timers';

const POLL_MS = 20;

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(), ms);
  });

/** Looks again and again until it is so; false when it is not within the time. */
export async function until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; !isSo(); await pause(POLL_MS)) {
    if (Date.now() > deadline) return false;
  }
  return true;
}
