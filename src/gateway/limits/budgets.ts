import type { Limits } from '../../limits.ts';
import { addressKey } from './address.ts';
import { TokenBucket, TokenBuckets } from './tokenBucket.ts';

/** What a connection may ask of one kind: as much as its own bucket, its account’s and its address’s all have. */
export class Budget {
  private readonly own: TokenBucket;
  private readonly address: TokenBucket;
  account: TokenBucket | undefined;

  constructor(own: TokenBucket, address: TokenBucket) {
    this.own = own;
    this.address = address;
  }

  /** 0: taken from all. Otherwise nothing is taken from any, and the answer is how many ms to wait. */
  take(now: number, cost: number): number {
    const { own, address, account } = this;
    const wait = Math.max(own.wait(now, cost), address.wait(now, cost), account?.wait(now, cost) ?? 0);
    if (wait > 0) return wait;
    own.spend(cost);
    address.spend(cost);
    account?.spend(cost);
    return 0;
  }

  /** Whole tokens that are left. */
  left(now: number): number {
    const { own, address, account } = this;
    return Math.floor(Math.min(own.left(now), address.left(now), account?.left(now) ?? Number.POSITIVE_INFINITY));
  }
}

/** What one connection may ask, and how often it may be at fault. */
export type ConnectionBudget = {
  readonly requests: Budget;
  readonly cancels: Budget;
  readonly faults: TokenBucket;
};

/** The buckets that connections of one account or one address share. */
export class Budgets {
  private readonly limits: Limits;
  private readonly addressRequests: TokenBuckets;
  private readonly addressCancels: TokenBuckets;
  private readonly accountRequests: TokenBuckets;
  private readonly accountCancels: TokenBuckets;

  constructor(limits: Limits) {
    this.limits = limits;
    this.addressRequests = new TokenBuckets(limits.requestsPerAddress);
    this.addressCancels = new TokenBuckets(limits.cancelsPerAddress);
    this.accountRequests = new TokenBuckets(limits.requestsPerAccount);
    this.accountCancels = new TokenBuckets(limits.cancelsPerAccount);
  }

  /** Of a new connection. */
  open(address: string, now: number): ConnectionBudget {
    const { limits } = this;
    const key = addressKey(address);
    return {
      requests: new Budget(new TokenBucket(limits.requestsPerConnection, now), this.addressRequests.of(key, now)),
      cancels: new Budget(new TokenBucket(limits.cancelsPerConnection, now), this.addressCancels.of(key, now)),
      faults: new TokenBucket(limits.faultyRequests, now),
    };
  }

  /** The connection belongs to an account from now on. */
  login({ requests, cancels }: ConnectionBudget, account: number, now: number): void {
    requests.account = this.accountRequests.of(account, now);
    cancels.account = this.accountCancels.of(account, now);
  }
}
