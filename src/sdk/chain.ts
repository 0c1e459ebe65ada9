/** A message of a channel, as far as its place in the chain is concerned. */
export type ChannelMessage = Record<string, unknown> & {
  ch: string;
  seq: number;
  type?: string;
  market?: string;
  interval?: string;
  prev?: number;
  more?: boolean;
};

const NONE: readonly ChannelMessage[] = [];

/**
 * The chain of one channel (docs/PROTOCOL.md, “The chain”). Messages of one command are told together, when the last has come:
 * those of a command that a lost connection cut short come again, and are told once.
 */
export class Chain {
  private last: number;
  private part: ChannelMessage[] = [];
  /** The last `seq` whose messages have all come: what a resume names as `since`. −1: there is none yet. */
  complete: number;

  constructor(since = -1) {
    this.last = this.complete = since;
  }

  /** What the message completes, in order, perhaps nothing yet; undefined: something before it is missing. */
  take(message: ChannelMessage): readonly ChannelMessage[] | undefined {
    const { type, seq, prev, more } = message;
    if (type === 'heartbeat') return this.last < 0 || seq === this.last ? NONE : undefined;
    if (type === 'snapshot' || type === 'caught-up') {
      this.last = this.complete = seq;
      this.part = [];
      return [message];
    }
    // Beside the chain, such as places in the queue.
    if (prev === undefined) return [message];
    if (this.last >= 0 && prev !== this.last) return undefined;
    this.last = seq;
    this.part.push(message);
    if (more === true) return NONE;
    this.complete = seq;
    const whole = this.part;
    this.part = [];
    return whole;
  }

  /** The connection is gone. */
  cut(): void {
    this.last = this.complete;
    this.part = [];
  }
}
