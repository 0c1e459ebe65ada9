import * as R from '../../engines/records/buffer.ts';
import type {
  AccountEventsListener,
  AccountEventsReader,
  EndOfEvents,
  JournalEvents,
  Portion,
} from '../../persistence/resume/accountEvents.ts';
import { endsGroup } from '../engine-port/groups.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { AccountFeed } from './accountFeed.ts';
import type { EventLog } from './eventLog.ts';
import { GAP_PORTION_CHARACTERS, SEAM_MS } from './limits.ts';
import type { Outlet } from './outlet.ts';
import type { PrivateSubscription } from './privateSubscription.ts';

export type GapSources = {
  readonly log: EventLog;
  readonly data: MarketData;
  readonly journal: JournalEvents | undefined;
};

/**
 * What private channels of one account missed, told in the order in which it happened: from memory where that reaches back, until
 * then from the journal; then `caught-up`, and from there on they are told what happens. Meanwhile nothing is queued for them: what
 * happens is in the log, or else in the journal, and is told when its turn comes.
 *
 * A portion goes out when the reader has taken the one before, so that a gap of any length fits into a small buffer.
 */
export class Gap implements AccountEventsListener {
  private readonly feed: AccountFeed;
  private readonly sources: GapSources;
  private readonly outlet: Outlet;
  private readonly subscriptions: readonly PrivateSubscription[];
  private readonly giveUp: (subscriptions: PrivateSubscription[]) => void;
  /** Everything up to here has been told. */
  private position: number;
  private reader: AccountEventsReader | undefined;
  /** What the journal has given and is not all told. */
  private unread: Portion | undefined;
  /** Where the portion goes on. */
  private at = 0;
  /** What was sent when the reader of the socket was last waited for. */
  private pacedAt = 0;
  /** `step` will be called when the socket has room, or the engine’s events have come. */
  private isPaused = false;
  private isOver = false;

  /** The subscriptions stand where they resume from. `giveUp` hears of those that need a snapshot after all. */
  constructor(
    feed: AccountFeed,
    sources: GapSources,
    outlet: Outlet,
    subscriptions: readonly PrivateSubscription[],
    giveUp: (subscriptions: PrivateSubscription[]) => void,
  ) {
    this.feed = feed;
    this.sources = sources;
    this.outlet = outlet;
    this.subscriptions = subscriptions;
    this.giveUp = giveUp;
    this.position = subscriptions.reduce((least, { seq }) => Math.min(least, seq), Number.POSITIVE_INFINITY);
    for (const subscription of subscriptions) subscription.gap = this;
  }

  /** Tells what can be told now. */
  begin(): void {
    this.step();
  }

  portion(portion: Portion): void {
    this.unread = portion;
    this.at = 0;
    if (!this.isPaused) this.step();
  }

  ended(why: EndOfEvents): void {
    this.reader = undefined;
    if (this.isOver) return;
    if (why === 'gone') this.fail();
    else if (this.unread === undefined && !this.isPaused) this.step();
  }

  /** The socket has room again. Not at once: with a fast reader the turn would have no end. */
  resume(): void {
    setImmediate(() => this.proceed());
  }

  /** A subscription has ended. */
  left(): void {
    if (this.live().length === 0) this.close();
  }

  private proceed(): void {
    this.isPaused = false;
    this.step();
  }

  private step(): void {
    const { sources, unread } = this;
    const { log, data } = sources;
    if (this.isOver) return;
    if (unread !== undefined) {
      // The journal has what is not yet told here: it must not be told twice.
      if (unread.upTo > data.seq) return this.pauseFor(SEAM_MS);
      if (!this.tellPortion(unread)) return this.pace();
      this.position = unread.upTo;
      this.unread = undefined;
      // In this turn: after it nothing might tell that the socket has room.
      if (this.sent() > this.pacedAt) return this.pace();
    }
    const groups = log.groupsOfAccount(this.feed.account, this.position);
    if (groups !== undefined) {
      this.reader?.end();
      this.reader = undefined;
      if (this.tellLogged(groups)) this.finish();
      else this.pace();
    } else if (this.reader !== undefined) this.reader.more();
    else {
      this.reader = sources.journal?.open(this.feed.account, this.position, this);
      if (this.reader === undefined) this.fail();
    }
  }

  /** False: there is more, for another time. */
  private tellPortion({ records, words }: Portion): boolean {
    const { i32 } = records;
    while (this.at < words) {
      if (this.sent() - this.pacedAt >= GAP_PORTION_CHARACTERS) return false;
      const start = this.at;
      let at = start;
      while (!endsGroup(i32, at)) at += i32[at] as number;
      this.at = at + (i32[at] as number);
      this.tell(records, start);
    }
    return true;
  }

  private tellLogged(groups: readonly number[]): boolean {
    const { log } = this.sources;
    for (const start of groups) {
      if (this.sent() - this.pacedAt >= GAP_PORTION_CHARACTERS) return false;
      this.position = log.f64[(start + R.SEQ) >> 1] as number;
      this.tell(log, start);
    }
    return true;
  }

  private tell(records: Portion['records'], start: number): void {
    const seq = records.f64[(start + R.SEQ) >> 1] as number;
    for (const subscription of this.subscriptions) {
      if (!subscription.ended && seq > subscription.seq) this.feed.replay(subscription, records, [start]);
    }
  }

  private finish(): void {
    this.isOver = true;
    for (const subscription of this.live()) subscription.caughtUp(this.sources.data.seq);
  }

  private fail(): void {
    this.close();
    this.giveUp(this.live());
  }

  private close(): void {
    this.isOver = true;
    this.unread = undefined;
    this.reader?.end();
    this.reader = undefined;
  }

  /** Waits until the socket has taken what was sent; there was something, so it will tell. */
  private pace(): void {
    const [first] = this.live();
    if (first === undefined) return this.close();
    this.pacedAt = this.sent();
    this.isPaused = true;
    this.outlet.stale.add(first);
  }

  private pauseFor(ms: number): void {
    this.isPaused = true;
    setTimeout(() => this.proceed(), ms);
  }

  private live(): PrivateSubscription[] {
    return this.subscriptions.filter(({ ended }) => !ended);
  }

  private sent(): number {
    return this.subscriptions.reduce((sum, { sent }) => sum + sent, 0);
  }
}
