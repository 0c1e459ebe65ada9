import type { ChannelRequest } from '../../protocol/requests.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from '../orders/orderJson.ts';
import { BookChannel } from './bookChannel.ts';
import { BookWindow } from './bookWindow.ts';
import type { Conflation } from './conflation.ts';
import type { EventLog } from './eventLog.ts';
import { GroupRecords } from './groupRecords.ts';
import { CONFLATE_STEP_MS, DEEP_CONFLATE_MS, DEPTH_AT_ONCE_MAX, DEPTH_MAX } from './limits.ts';
import type { PublicChannel } from './publicChannel.ts';
import { LifecycleChannel, TickerChannel } from './stateChannels.ts';
import { TradeChannel } from './tradeChannel.ts';

type Channel = PublicChannel & { onGroup(...group: Parameters<BookChannel['onGroup']>): void };

/** What a request for a public channel gets: a depth that means something, an interval that others share. */
export function grantedRequest({ ch, market, depth, conflateMs }: ChannelRequest): ChannelRequest {
  const window = depth !== undefined && depth <= DEPTH_MAX ? depth : undefined;
  let interval = Math.ceil((conflateMs ?? 0) / CONFLATE_STEP_MS) * CONFLATE_STEP_MS;
  if (window !== undefined && window > DEPTH_AT_ONCE_MAX) interval = Math.max(interval, DEEP_CONFLATE_MS);
  return {
    ch,
    ...(market !== undefined && { market }),
    ...(window !== undefined && { depth: window }),
    ...(interval > 0 && { conflateMs: interval }),
  };
}

/** The public channels of one market that anybody listens to. */
export class MarketFeed {
  readonly market: MarketState;
  readonly group = new GroupRecords();
  touched = false;
  readonly channels = new Map<string, Channel>();
  private readonly data: MarketData;
  private readonly log: EventLog;
  private readonly conflation: Conflation;

  constructor(market: MarketState, parts: { data: MarketData; log: EventLog; conflation: Conflation }) {
    this.market = market;
    this.data = parts.data;
    this.log = parts.log;
    this.conflation = parts.conflation;
  }

  /** The channel of a granted request, begun now if nobody listens to it yet. */
  channel(granted: ChannelRequest): PublicChannel {
    const key = channelKey(granted);
    let channel = this.channels.get(key);
    if (channel === undefined) {
      channel = this.create(granted);
      this.channels.set(key, channel);
    }
    return channel;
  }

  /** Forgets a channel that nobody listens to any more. */
  leave(granted: ChannelRequest): void {
    const key = channelKey(granted);
    if (this.channels.get(key)?.subscribers.size === 0) this.channels.delete(key);
  }

  /** Tells the group that was collected, then forgets it. */
  flush(records: Records, seq: number): void {
    this.touched = false;
    for (const channel of this.channels.values()) channel.onGroup(records, this.group, seq);
    this.group.clear();
  }

  private create({ ch, depth, conflateMs = 0 }: ChannelRequest): Channel {
    const { market, data, log, conflation } = this;
    if (ch === 'trades') return new TradeChannel(market, log);
    if (ch === 'ticker') return new TickerChannel(market, data, conflateMs, conflation);
    if (ch === 'market') return new LifecycleChannel(market);
    if (depth === undefined && conflateMs === 0) return new BookChannel(market, log);
    return new BookWindow(market, depth ?? Number.POSITIVE_INFINITY, conflateMs, conflation);
  }
}

const channelKey = ({ ch, depth, conflateMs }: ChannelRequest): string => `${ch} ${depth ?? ''} ${conflateMs ?? ''}`;
