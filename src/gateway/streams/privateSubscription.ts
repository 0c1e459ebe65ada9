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

  /** From here on `prev` continues at `since`. */
  beginAt(since: number): void {
    this.begun = true;
    this.last = since;
  }

  send(seq: number, fields: string, more: boolean): void {
    this.quiet = 0;
    this.outlet.deliver(`${this.opening},"seq":${seq},"prev":${this.last},${more ? '"more":true,' : ''}${fields}}`);
    this.last = seq;
  }

  /** A snapshot at `seq`, and a `caught-up` for one who asked to resume. */
  snapshot(seq: number, fields: string, resumed: boolean): void {
    this.beginAt(seq);
    this.send(seq, `"type":"snapshot",${fields}`, false);
    if (resumed) this.caughtUp();
  }

  caughtUp(): void {
    this.outlet.deliver(`${this.opening},"type":"caught-up","seq":${this.last}}`);
  }

  sweep(time: number): void {
    if (!this.begun || ++this.quiet < HEARTBEAT_SWEEPS) return;
    this.quiet = 0;
    this.outlet.deliver(`${this.opening},"type":"heartbeat","seq":${this.last},"time":${time}}`);
  }

  /** Never stale: private messages are not dropped. */
  refresh(): void {}

  end(): void {
    this.ended = true;
    this.left();
  }
}
