import type { Subscription } from './subscription.ts';

/** Where a subscription’s messages go: a session. */
export interface Outlet {
  /** Queues a public message, unless the reader is behind; false: it was dropped. */
  offer(text: string): boolean;
  /** Queues a message that must not be lost. */
  deliver(text: string): void;
  /** The server ends a subscription. */
  forget(subscription: Subscription): void;
  /** Public subscriptions to refresh when the reader has caught up. */
  readonly stale: Set<Subscription>;
}
