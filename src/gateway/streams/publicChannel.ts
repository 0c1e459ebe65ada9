import type { WireError } from '../../protocol/errors.ts';
import type { ChannelRequest } from '../../protocol/requests.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { HEARTBEAT_SWEEPS } from './limits.ts';
import type { Outlet } from './outlet.ts';
import type { Subscription } from './subscription.ts';

/**
 * A public channel of one market as some subscribers get it: one chain of messages, each made once and shared. A subscriber
 * joins by a snapshot, whose `seq` is that of the last message, so that everybody’s next `prev` is the same.
 */
export abstract class PublicChannel {
  readonly ch: ChannelRequest['ch'];
  readonly market: MarketState;
  readonly subscribers = new Set<PublicSubscription>();
  /** `seq` of the last message. */
  last: number;
  /** False: what a snapshot needs has been asked for. Nothing is sent before it has come. */
  ready = true;
  /** How long the channel goes on when its last subscriber has left, in ms. */
  readonly lingerMs: number = 0;
  private quiet = 0;
  private readonly opening: string;

  /** `more`: fields that each of its messages has besides, `,"interval":"1m"`. */
  constructor(ch: ChannelRequest['ch'], market: MarketState, last: number, more = '') {
    this.ch = ch;
    this.market = market;
    this.last = last;
    this.opening = `{"ch":"${ch}","market":"${market.slug}"${more}`;
  }

  /** The fields of a snapshot, without type and seq. */
  abstract snapshotFields(): string;

  /** What was asked for is here, as of `seq`: those who came meanwhile begin. */
  protected begins(seq: number): void {
    this.ready = true;
    this.last = seq;
    for (const subscriber of this.subscribers) subscriber.refresh();
  }

  /** Tells all subscribers that it is over. */
  protected endAll(error: WireError): void {
    const text = `${this.opening},"type":"ended","seq":${this.last},"error":${JSON.stringify(error)}}`;
    for (const subscriber of [...this.subscribers]) subscriber.over(text);
  }

  /** Nobody listens to it any more. */
  forgotten(): void {}

  /** Brings a snapshot up to date before it is sent to a newcomer; channels that owe others something send it first. */
  settle(): void {}

  /**
   * Sends what a subscriber missed after `since`, message by message; returns the seq it is then at, or −1 where that cannot
   * be told and a snapshot is needed. `send` false: the reader is behind, stop.
   */
  replay(_since: number, _send: (text: string) => boolean): number {
    return -1;
  }

  message(seq: number, prev: number, fields: string, more = false): string {
    return `${this.opening},"seq":${seq},"prev":${prev},${more ? '"more":true,' : ''}${fields}}`;
  }

  /** Sends to all; `more`: another message of the same seq follows. */
  publish(seq: number, fields: string, more = false): void {
    const text = this.message(seq, this.last, fields, more);
    this.last = seq;
    this.quiet = 0;
    for (const subscriber of this.subscribers) subscriber.offer(text);
  }

  snapshotText(): string {
    return this.message(this.last, this.last, `"type":"snapshot",${this.snapshotFields()}`);
  }

  caughtUpText(seq: number, fields = ''): string {
    return `${this.opening},"type":"caught-up","seq":${seq}${fields}}`;
  }

  /** More about where the subscriber stands, in its `caught-up`. */
  caughtUpFields(): string {
    return '';
  }

  /** Once a sweep: beats when nothing was said for long. */
  sweep(time: number): void {
    if (!this.ready || ++this.quiet < HEARTBEAT_SWEEPS) return;
    this.quiet = 0;
    const text = `${this.opening},"type":"heartbeat","seq":${this.last},"time":${time}}`;
    for (const subscriber of this.subscribers) subscriber.offer(text);
  }
}

/** One reader of a public channel. */
export class PublicSubscription implements Subscription {
  readonly granted: ChannelRequest;
  readonly channel: PublicChannel;
  private readonly outlet: Outlet;
  private readonly left: () => void;
  private owesCaughtUp = false;

  /** `left` is called when it ends. */
  constructor(granted: ChannelRequest, channel: PublicChannel, outlet: Outlet, left: () => void) {
    this.granted = granted;
    this.channel = channel;
    this.outlet = outlet;
    this.left = left;
  }

  /** The first messages: what was missed after `since`, or a snapshot. */
  begin(since: number | undefined): void {
    const { channel, outlet } = this;
    channel.settle();
    channel.subscribers.add(this);
    if (since === undefined) return this.refresh();
    this.owesCaughtUp = true;
    if (!channel.ready) return;
    const at = channel.replay(since, (text) => outlet.offer(text));
    if (at < 0) this.refresh();
    else this.catchUp(at);
  }

  offer(text: string): void {
    // Once something is lost, what follows would only show a gap: wait for the snapshot.
    if (this.outlet.stale.has(this)) return;
    if (!this.outlet.offer(text)) this.outlet.stale.add(this);
  }

  refresh(): void {
    if (!this.channel.ready) return;
    this.channel.settle();
    if (!this.outlet.offer(this.channel.snapshotText())) this.outlet.stale.add(this);
    else if (this.owesCaughtUp) this.catchUp(this.channel.last);
  }

  private catchUp(seq: number): void {
    if (!this.outlet.offer(this.channel.caughtUpText(seq, this.channel.caughtUpFields()))) {
      this.outlet.stale.add(this);
    } else this.owesCaughtUp = false;
  }

  /** The channel is over: `text` says so, once. */
  over(text: string): void {
    this.outlet.deliver(text);
    this.outlet.forget(this);
  }

  end(): void {
    this.channel.subscribers.delete(this);
    this.outlet.stale.delete(this);
    this.left();
  }
}
