import { assert } from '../../engines/growth.ts';
import type { ChannelRequest } from '../../protocol/requests.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from '../orders/orderJson.ts';
import { BookChannel } from './bookChannel.ts';
import { BookWindow } from './bookWindow.ts';
import { CandleChannel } from './candleChannel.ts';
import type { CandleReader } from './candleReader.ts';
import type { Conflation } from './conflation.ts';
import type { EventLog } from './eventLog.ts';
import { GroupRecords } from './groupRecords.ts';
import { CONFLATE_STEP_MS, DEEP_CONFLATE_MS, DEPTH_AT_ONCE_MAX, DEPTH_MAX } from './limits.ts';
import { OrderBookChannel } from './orderBookChannel.ts';
import type { OrderBooks } from './orderBooks.ts';
import type { PublicChannel } from './publicChannel.ts';
import { LifecycleChannel, TickerChannel } from './stateChannels.ts';
import { DEFAULT_INTERVAL } from './subscription.ts';
import { TradeChannel } from './tradeChannel.ts';

type Channel = PublicChannel & { onGroup(...group: Parameters<BookChannel['onGroup']>): void };

/** What a request for a public channel gets: a depth that means something, an interval that others share. */
export function grantedRequest({ ch, market, depth, conflateMs, interval: length }: ChannelRequest): ChannelRequest {
  const window = depth !== undefined && depth <= DEPTH_MAX ? depth : undefined;
  let interval = Math.ceil((conflateMs ?? 0) / CONFLATE_STEP_MS) * CONFLATE_STEP_MS;
  if (window !== undefined && window > DEPTH_AT_ONCE_MAX) interval = Math.max(interval, DEEP_CONFLATE_MS);
  return {
    ch,
    ...(market !== undefined && { market }),
    ...(window !== undefined && { depth: window }),
    ...(interval > 0 && { conflateMs: interval }),
    ...(ch === 'candles' && { interval: length ?? DEFAULT_INTERVAL }),
  };
}

/** What the channels of a market need; `empty` is called when there is none left. */
export type MarketFeedParts = {
  data: MarketData;
  log: EventLog;
  conflation: Conflation;
  books: OrderBooks;
  candles: CandleReader | undefined;
  empty: () => void;
};

/** The public channels of one market that anybody listens to. */
export class MarketFeed {
  readonly market: MarketState;
  readonly group = new GroupRecords();
  touched = false;
  readonly channels = new Map<string, Channel>();
  private readonly parts: MarketFeedParts;

  constructor(market: MarketState, parts: MarketFeedParts) {
    this.market = market;
    this.parts = parts;
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

  /** A subscriber has left: a channel that nobody listens to any more is forgotten, at once or after a time. */
  leave(granted: ChannelRequest): void {
    const channel = this.channels.get(channelKey(granted));
    if (channel === undefined || channel.subscribers.size > 0) return;
    if (channel.lingerMs === 0) this.forget(granted);
    else setTimeout(() => this.forget(granted), channel.lingerMs).unref();
  }

  private forget(granted: ChannelRequest): void {
    const key = channelKey(granted);
    const channel = this.channels.get(key);
    if (channel === undefined || channel.subscribers.size > 0) return;
    this.channels.delete(key);
    channel.forgotten();
    if (this.channels.size === 0) this.parts.empty();
  }

  /** Tells the group that was collected, then forgets it. */
  flush(records: Records, seq: number): void {
    this.touched = false;
    for (const channel of this.channels.values()) channel.onGroup(records, this.group, seq);
    this.group.clear();
  }

  private create({ ch, depth, conflateMs = 0, interval = DEFAULT_INTERVAL }: ChannelRequest): Channel {
    const { market } = this;
    const { data, log, conflation, books, candles: reader } = this.parts;
    if (ch === 'candles') {
      assert(reader !== undefined, 'candles are offered where they can be read');
      return new CandleChannel(market, interval, { data, log, conflation, reader });
    }
    if (ch === 'book.l3') return new OrderBookChannel(market, books);
    if (ch === 'trades') return new TradeChannel(market, log);
    if (ch === 'ticker') return new TickerChannel(market, data, conflateMs, conflation);
    if (ch === 'market') return new LifecycleChannel(market);
    if (depth === undefined && conflateMs === 0) return new BookChannel(market, log);
    return new BookWindow(market, depth ?? Number.POSITIVE_INFINITY, conflateMs, conflation);
  }
}

const channelKey = ({ ch, depth, conflateMs, interval }: ChannelRequest): string =>
  `${ch} ${depth ?? ''} ${conflateMs ?? ''} ${interval ?? ''}`;
