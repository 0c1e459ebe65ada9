import * as R from '../../engines/records/buffer.ts';
import * as E from '../../engines/records/events.ts';
import type { JournalEvents } from '../../persistence/resume/accountEvents.ts';
import { isPrivate, takerOf } from '../../persistence/resume/privateRecords.ts';
import type { ChannelRequest } from '../../protocol/requests.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { AccountFeed } from './accountFeed.ts';
import { CandleReader, type CandleSource } from './candleReader.ts';
import { Conflation } from './conflation.ts';
import { EventLog } from './eventLog.ts';
import { Gap, type GapSources } from './gap.ts';
import { ASK_AGAIN_MS, EVENT_LOG_BYTES, HEARTBEAT_SWEEP_MS } from './limits.ts';
import { grantedRequest, MarketFeed } from './marketFeed.ts';
import { OrderBooks } from './orderBooks.ts';
import type { Outlet } from './outlet.ts';
import { PrivateSnapshots } from './privateSnapshots.ts';
import { PrivateSubscription } from './privateSubscription.ts';
import { PublicSubscription } from './publicChannel.ts';
import { QueuePositions } from './queuePositions.ts';
import type { Subscription } from './subscription.ts';

export type StreamsOptions = {
  logBytes?: number;
  sweepMs?: number;
  /** Where private channels resume from what is no longer in memory; without it they begin with a snapshot. */
  journal?: JournalEvents;
  /** Where candles begin; without it they are not offered. */
  candles?: CandleSource;
};

/**
 * Turns committed events into stream messages. Each group updates the market data, goes into the log, and is told to those
 * who listen; without listeners nothing is formatted. Every message of a group carries the seq of its command.
 */
export class Streams {
  private readonly data: MarketData;
  private readonly log: EventLog;
  private readonly sources: GapSources;
  private readonly snapshots: PrivateSnapshots;
  private readonly conflation = new Conflation();
  private readonly books: OrderBooks;
  private readonly queues: QueuePositions;
  private readonly candles: CandleReader | undefined;
  private readonly markets = new Map<number, MarketFeed>();
  private readonly accounts = new Map<number, AccountFeed>();
  private readonly touchedMarkets: MarketFeed[] = [];
  private readonly touchedAccounts: AccountFeed[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(port: EnginePort, data: MarketData, options: StreamsOptions = {}) {
    this.data = data;
    this.log = new EventLog(data.seq, options.logBytes ?? EVENT_LOG_BYTES);
    this.sources = { data, log: this.log, journal: options.journal };
    this.snapshots = new PrivateSnapshots(port, data, (account) => this.accounts.get(account));
    this.books = new OrderBooks(port);
    this.candles = options.candles === undefined ? undefined : new CandleReader(options.candles);
    this.queues = new QueuePositions({ port, data, books: this.books, conflation: this.conflation });
    this.timer = setInterval(() => this.sweep(), options.sweepMs ?? HEARTBEAT_SWEEP_MS);
    this.timer.unref();
  }

  /** Give this to the port as its `onGroup`. */
  readonly onGroup = (events: R.RecordBuffer, from: number, doneAt: number): void => {
    this.data.apply(events, from, doneAt);
    this.log.append(events, from, doneAt);
    if (from === doneAt || (this.markets.size === 0 && this.accounts.size === 0 && this.books.size === 0)) return;
    if (((events.i32[doneAt + E.DONE_FLAGS] as number) & E.DUPLICATE) !== 0) return;
    this.collect(events, from, doneAt);
    this.books.flush(events, this.data.seq);
    const { touchedMarkets, touchedAccounts } = this;
    for (const feed of touchedMarkets) feed.flush(events, this.data.seq);
    for (const feed of touchedAccounts) feed.flush(events, this.data.seq);
    touchedMarkets.length = touchedAccounts.length = 0;
  };

  /** Notes for each market and account that somebody listens to where its records are. */
  private collect(events: R.RecordBuffer, from: number, doneAt: number): void {
    const { i32 } = events;
    for (let at = from; at < doneAt; at += i32[at] as number) {
      const kind = i32[at + R.KIND] as number;
      if (isPrivate(kind)) {
        this.touchAccount(i32[at + R.ACCOUNT] as number)?.group.add(events, kind, at);
        if (kind === E.EVENT.ORDER) {
          if (this.books.size > 0) this.books.add(events, at);
          if (this.queues.size > 0) this.queues.add(events, at);
        }
        continue;
      }
      if (kind === E.EVENT.TRADE) {
        // Neither makers nor complete sets have a feed.
        this.touchAccount(takerOf(i32, at))?.group.fills.push(at * 2 + 1);
        this.touchAccount(i32[at + E.TRADE_MAKER] as number)?.group.fills.push(at * 2);
      }
      const feed = this.markets.get(i32[at + R.MARKET] as number);
      if (feed === undefined) continue;
      if (!feed.touched) {
        feed.touched = true;
        this.touchedMarkets.push(feed);
      }
      feed.group.add(events, kind, at);
    }
  }

  private touchAccount(account: number): AccountFeed | undefined {
    const feed = this.accounts.get(account);
    if (feed !== undefined && !feed.touched) {
      feed.touched = true;
      this.touchedAccounts.push(feed);
    }
    return feed;
  }

  /** False: there is no read model that candles could begin with. */
  get offersCandles(): boolean {
    return this.candles !== undefined;
  }

  /** Subscribes to a public channel; its first messages are queued at once. */
  subscribePublic(outlet: Outlet, request: ChannelRequest, market: MarketState): Subscription {
    let feed = this.markets.get(market.market);
    if (feed === undefined) {
      feed = new MarketFeed(market, {
        data: this.data,
        log: this.log,
        conflation: this.conflation,
        books: this.books,
        candles: this.candles,
        empty: () => this.markets.delete(market.market),
      });
      this.markets.set(market.market, feed);
    }
    const of = feed;
    const granted = grantedRequest(request);
    const subscription = new PublicSubscription(granted, of.channel(granted), outlet, () => of.leave(granted));
    // A seq that is yet to come was not ours: it cannot be resumed from.
    subscription.begin(request.since !== undefined && request.since > this.data.seq ? -1 : request.since);
    return subscription;
  }

  /**
   * Subscribes to private channels of an account. What can be told from the log is told at once, what only the journal has when
   * it comes from there; snapshots of orders, quotes and balances are asked of the engine and come with its answer. Undefined: the
   * engine takes no questions now.
   */
  subscribePrivate(
    outlet: Outlet,
    account: number,
    requests: readonly ChannelRequest[],
  ): PrivateSubscription[] | undefined {
    const beginnings = requests.map((request) => this.beginningOf(account, request));
    const open = this.snapshots.ask(
      account,
      requests.filter((_, i) => beginnings[i] === 'snapshot'),
    );
    if (open === undefined) return undefined;
    const feed = this.accountFeed(account);
    const gaps: Record<'log' | 'journal', PrivateSubscription[]> = { log: [], journal: [] };
    const subscriptions = requests.map((request, i) => {
      const { ch, market: slug, since } = request;
      const market = slug === undefined ? undefined : this.data.bySlug(slug)?.market;
      const granted: ChannelRequest = {
        ch,
        ...(slug !== undefined && { market: slug }),
        ...(request.queue === true && { queue: true }),
      };
      const subscription = new PrivateSubscription(granted, market, outlet, () => this.leave(feed, subscription));
      feed.subscriptions.add(subscription);
      const beginning = beginnings[i] ?? 'snapshot';
      if (beginning === 'snapshot') open({ subscription, resumed: since !== undefined });
      else {
        subscription.resumeFrom(since ?? this.data.seq);
        gaps[beginning].push(subscription);
      }
      return subscription;
    });
    for (const missed of Object.values(gaps)) {
      if (missed.length === 0) continue;
      new Gap(feed, this.sources, outlet, missed, (lost) => this.openInstead(account, lost)).begin();
    }
    for (const one of subscriptions) if (one.granted.queue === true) this.queues.begin(account, one, outlet);
    return subscriptions;
  }

  /** Where what a channel missed is told from. */
  private beginningOf(account: number, { ch, since }: ChannelRequest): 'log' | 'journal' | 'snapshot' {
    if (since === undefined || since > this.data.seq || ch === 'account') return 'snapshot';
    if (this.log.groupsOfAccount(account, since) !== undefined) return 'log';
    return this.sources.journal === undefined ? 'snapshot' : 'journal';
  }

  /** What was missed cannot be told: snapshots take its place. */
  private openInstead(account: number, lost: readonly PrivateSubscription[]): void {
    const live = lost.filter(({ ended }) => !ended);
    const open = this.snapshots.ask(
      account,
      live.map(({ granted }) => granted),
    );
    if (open === undefined) setTimeout(() => this.openInstead(account, live), ASK_AGAIN_MS).unref();
    else for (const subscription of live) open({ subscription, resumed: true });
  }

  private accountFeed(account: number): AccountFeed {
    let feed = this.accounts.get(account);
    if (feed === undefined) {
      feed = new AccountFeed(account, this.data);
      this.accounts.set(account, feed);
    }
    return feed;
  }

  private leave(feed: AccountFeed, subscription: PrivateSubscription): void {
    feed.subscriptions.delete(subscription);
    this.queues.end(feed.account, subscription);
    if (feed.subscriptions.size === 0) this.accounts.delete(feed.account);
  }

  private sweep(): void {
    const { time } = this.data;
    for (const { channels } of this.markets.values()) for (const channel of channels.values()) channel.sweep(time);
    for (const { subscriptions } of this.accounts.values()) for (const one of subscriptions) one.sweep(time);
  }

  stop(): void {
    clearInterval(this.timer);
    this.conflation.stop();
    this.books.stop();
    this.candles?.stop();
  }
}
