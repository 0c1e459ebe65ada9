import type { Rate } from './tokenBucket.ts';
import { TokenBuckets } from './tokenBucket.ts';

/**
 * How often an outsider may ask; past it RATE_LIMITED with `retryAfterMs`, on HTTP 429 with `Retry-After`.
 * Generous enough for a person and a bot at once behind one address.
 */
export const RATE_LIMITS = {
  /** Any HTTP request, by address. */
  httpPerAddress: { perSecond: 100, burst: 400 },
  /** Authenticated HTTP requests, by account. */
  httpPerAccount: { perSecond: 100, burst: 400 },
  /** New accounts, by address. */
  registerPerAddress: { perSecond: 0.5, burst: 30 },
  /** Log-ins, by address; each costs a password hash. */
  loginPerAddress: { perSecond: 1, burst: 60 },
  /** Log-ins, by username whoever asks: what guessing one password may cost its owner. */
  loginPerUsername: { perSecond: 0.2, burst: 20 },
  refreshPerAddress: { perSecond: 2, burst: 60 },
} as const satisfies Record<string, Rate>;
export type RateLimitName = keyof typeof RATE_LIMITS;

/** The keyed limits of this process; with `enabled: false` (BRIER_RATE_LIMITS=off) nothing is ever refused. */
export class RateLimits {
  private readonly buckets: Record<RateLimitName, TokenBuckets>;
  private readonly enabled: boolean;

  constructor(enabled: boolean) {
    this.enabled = enabled;
    const make = (name: RateLimitName) => new TokenBuckets(RATE_LIMITS[name]);
    this.buckets = {
      httpPerAddress: make('httpPerAddress'),
      httpPerAccount: make('httpPerAccount'),
      registerPerAddress: make('registerPerAddress'),
      loginPerAddress: make('loginPerAddress'),
      loginPerUsername: make('loginPerUsername'),
      refreshPerAddress: make('refreshPerAddress'),
    };
  }

  /** 0: go on; otherwise ms until a retry can succeed. */
  take(name: RateLimitName, key: string | number, now: number): number {
    return this.enabled ? this.buckets[name].take(key, now) : 0;
  }
}
