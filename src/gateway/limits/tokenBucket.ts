import type { Rate } from '../../limits.ts';

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
    const wait = this.wait(now, cost);
    if (wait === 0) this.spend(cost);
    return wait;
  }

  /** As {@link take}, but nothing is taken yet. What costs more than the bucket holds needs it full. */
  wait(now: number, cost: number): number {
    const missing = Math.min(cost, this.burst) - this.left(now);
    return missing <= 0 ? 0 : Math.ceil(missing / this.perMs);
  }

  /** Takes what {@link wait} has found to be there. */
  spend(cost: number): void {
    this.tokens -= Math.min(cost, this.burst);
  }

  /** The tokens that are there. */
  left(now: number): number {
    if (now > this.filledAt) {
      this.tokens = Math.min(this.burst, this.tokens + (now - this.filledAt) * this.perMs);
      this.filledAt = now;
    }
    return this.tokens;
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
    return this.of(key, now).take(now, cost);
  }

  /** The bucket of `key`. One that is held on to while its key is forgotten goes on by itself. */
  of(key: string | number, now: number): TokenBucket {
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      if (this.buckets.size >= this.bucketsMax) this.forgetOldest();
      bucket = new TokenBucket(this.rate, now);
    } else {
      this.buckets.delete(key); // set again below: a Map keeps insertion order, so the first key is the least recently used
    }
    this.buckets.set(key, bucket);
    return bucket;
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
