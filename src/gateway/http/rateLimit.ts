import type { RateLimitName, RateLimits } from '../limits/rateLimits.ts';
import { Refusal } from '../services/refusal.ts';

/** The refusal of a spent budget; undefined: go on. */
export function limit(deps: { limits: RateLimits }, name: RateLimitName, key: string | number): Refusal | undefined {
  const retryAfterMs = deps.limits.take(name, key, performance.now());
  if (retryAfterMs === 0) return undefined;
  return new Refusal('RATE_LIMITED', 'Too many requests: wait before the next', { retryAfterMs });
}
