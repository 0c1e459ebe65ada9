import type { ChannelRequest } from '../../protocol/requests.ts';

/** One channel of one connection. */
export interface Subscription {
  /** What was granted, as the answer of `subscribe` lists it. */
  readonly granted: ChannelRequest;
  /** Sends a snapshot in place of what the reader missed. */
  refresh(): void;
  end(): void;
}

/** What makes a subscription the same: a later one takes its place. */
export const subscriptionKey = ({ ch, market }: ChannelRequest): string =>
  market === undefined ? ch : `${ch} ${market}`;
