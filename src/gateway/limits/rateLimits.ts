import { DEFAULT_LIMITS, type LimitName, type Limits } from '../../limits.ts';
import { TokenBuckets } from './tokenBucket.ts';

/** How often an outsider may ask over HTTP; past it RATE_LIMITED with `retryAfterMs`, 429 with `Retry-After`. */
const RATES = [
  'httpPerAddress',
  'httpPerAccount',
  'httpCancelsPerAddress',
  'httpCancelsPerAccount',
  'registerPerAddress',
  'loginPerAddress',
  'loginPerUsername',
  'refreshPerAddress',
] as const satisfies LimitName[];
export type RateLimitName = (typeof RATES)[number];

/** The keyed limits of this process; with `enabled: false` (BRIER_RATE_LIMITS=off) nothing is ever refused. */
export class RateLimits {
  private readonly buckets: ReadonlyMap<RateLimitName, TokenBuckets>;
  readonly enabled: boolean;
  readonly limits: Limits;

  constructor(enabled: boolean, limits: Limits = DEFAULT_LIMITS) {
    this.enabled = enabled;
    this.limits = limits;
    this.buckets = new Map(RATES.map((name) => [name, new TokenBuckets(limits[name])]));
  }

  /** 0: go on; otherwise ms until a retry can succeed. */
  take(name: RateLimitName, key: string | number, now: number): number {
    return this.enabled ? (this.buckets.get(name)?.take(key, now) ?? 0) : 0;
  }
}
