import type { ChannelRequest } from '../../protocol/requests.ts';
import { HEARTBEAT_SWEEPS } from './limits.ts';
import type { Outlet } from './outlet.ts';
import type { Subscription } from './subscription.ts';

/** One private channel of one connection: a chain of its own, because a filter leaves things out. Nothing in it is ever dropped. */
export class PrivateSubscription implements Subscription {
  readonly granted: ChannelRequest;
  /** Only what concerns this market; undefined: all. */
  readonly market: number | undefined;
  /** Nothing is sent before the snapshot, or what was missed. */
  begun = false;
  ended = false;
  /** What it is being told that it missed. */
  gap: { resume(): void; left(): void } | undefined;
  /** Characters sent. */
  sent = 0;
  private last = 0;
  private quiet = 0;
  private readonly outlet: Outlet;
  private readonly opening: string;
  private readonly left: () => void;

  constructor(granted: ChannelRequest, market: number | undefined, outlet: Outlet, left: () => void) {
    this.granted = granted;
    this.market = market;
    this.outlet = outlet;
    this.left = left;
    this.opening = `{"ch":"${granted.ch}"${granted.market === undefined ? '' : `,"market":"${granted.market}"`}`;
  }

  /** The `seq` of its last message. */
  get seq(): number {
    return this.last;
  }

  /** What it missed begins after `since`. */
  resumeFrom(since: number): void {
    this.last = since;
  }

  send(seq: number, fields: string, more: boolean): void {
    this.quiet = 0;
    const text = `${this.opening},"seq":${seq},"prev":${this.last},${more ? '"more":true,' : ''}${fields}}`;
    this.sent += text.length;
    this.outlet.deliver(text);
    this.last = seq;
  }

  /** A snapshot at `seq`, and a `caught-up` for one who asked to resume. */
  snapshot(seq: number, fields: string, resumed: boolean): void {
    this.begun = true;
    this.last = seq;
    this.send(seq, `"type":"snapshot",${fields}`, false);
    if (resumed) this.caughtUp(seq);
  }

  /** Nothing is missing up to `seq`; what happens from now on follows. */
  caughtUp(seq: number): void {
    this.begun = true;
    this.gap = undefined;
    this.last = seq;
    this.outlet.deliver(`${this.opening},"type":"caught-up","seq":${seq}}`);
  }

  sweep(time: number): void {
    // One that waits for what it missed beats, too: its connection is alive.
    if ((!this.begun && this.gap === undefined) || ++this.quiet < HEARTBEAT_SWEEPS) return;
    this.quiet = 0;
    this.outlet.deliver(`${this.opening},"type":"heartbeat","seq":${this.last},"time":${time}}`);
  }

  /** Nothing of it was dropped: it waits for room to tell more of what was missed. */
  refresh(): void {
    this.gap?.resume();
  }

  end(): void {
    this.ended = true;
    this.left();
    this.gap?.left();
  }
}
