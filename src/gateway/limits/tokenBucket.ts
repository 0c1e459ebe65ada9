/** Tokens flow in at `perSecond` up to `burst`; a request takes one or more. Frozen named settings: see `rateLimits.ts`. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** One bucket, for a holder that keeps it itself (a session). Starts full. Time is the caller’s, in ms, any origin. */
export class TokenBucket {
  private tokens: number;
  private readonly perMs: number;
  private readonly burst: number;
  private filledAt: number;

  constructor(rate: Rate, now: number) {
    this.perMs = rate.perSecond / 1000;
    this.burst = rate.burst;
    this.tokens = rate.burst;
    this.filledAt = now;
  }

  /** 0: taken. Otherwise nothing is taken and the answer is how many ms to wait until `cost` tokens are there. */
  take(now: number, cost = 1): number {
    if (now > this.filledAt) {
      this.tokens = Math.min(this.burst, this.tokens + (now - this.filledAt) * this.perMs);
      this.filledAt = now;
    }
    if (this.tokens >= cost) {
      this.tokens -= cost;
      return 0;
    }
    return Math.ceil((cost - this.tokens) / this.perMs);
  }

  /** Gives back what was taken for work that was then not done. */
  giveBack(cost = 1): void {
    this.tokens = Math.min(this.burst, this.tokens + cost);
  }
}

/** Keys that one limit remembers; past it the one unused for longest is forgotten, that is, starts full again. */
export const BUCKETS_MAX = 100_000;

/** Buckets by key (address, account, username), all of one rate. O(1) a call, at most `bucketsMax` keys. */
export class TokenBuckets {
  private readonly buckets = new Map<string | number, TokenBucket>();
  private readonly rate: Rate;
  private readonly bucketsMax: number;

  constructor(rate: Rate, bucketsMax = BUCKETS_MAX) {
    this.rate = rate;
    this.bucketsMax = bucketsMax;
  }

  /** As {@link TokenBucket.take}, of the bucket of `key`. */
  take(key: string | number, now: number, cost = 1): number {
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      if (this.buckets.size >= this.bucketsMax) this.forgetOldest();
      bucket = new TokenBucket(this.rate, now);
    } else {
      this.buckets.delete(key); // set again below: a Map keeps insertion order, so the first key is the least recently used
    }
    this.buckets.set(key, bucket);
    return bucket.take(now, cost);
  }

  get size(): number {
    return this.buckets.size;
  }

  private forgetOldest(): void {
    for (const key of this.buckets.keys()) {
      this.buckets.delete(key);
      return;
    }
  }
}
