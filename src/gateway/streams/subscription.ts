import type { ChannelRequest } from '../../protocol/requests.ts';

/** One channel of one connection. */
export interface Subscription {
  /** What was granted, as the answer of `subscribe` lists it. */
  readonly granted: ChannelRequest;
  /** Sends a snapshot in place of what the reader missed. */
  refresh(): void;
  end(): void;
}

/** The length of candles where none is named. */
export const DEFAULT_INTERVAL: NonNullable<ChannelRequest['interval']> = '1m';

/** What makes a subscription the same: a later one takes its place. Candles of another length are another channel. */
export function subscriptionKey({ ch, market, interval = DEFAULT_INTERVAL }: ChannelRequest): string {
  if (market === undefined) return ch;
  return ch === 'candles' ? `${ch} ${market} ${interval}` : `${ch} ${market}`;
}
