/** What the chain of a channel is about, of any of its messages. */
export interface Link {
  seq: number;
  prev?: number;
  more?: true;
  type?: string;
}

/** What a message breaks. */
export type ChainFault = 'gap' | 'no snapshot first' | 'seq' | 'heartbeat' | 'caught-up' | 'more';

/**
 * The sequence of one channel of one connection, by the rules of docs/PROTOCOL.md, “The chain”: nothing missing, nothing
 * twice. It lives on over reconnections: `complete` is what a resume asks for.
 */
export class Chain {
  /** The last `seq` that came; −1 before anything has. */
  #seq = -1;
  #complete = -1;
  #more = false;
  #resuming = false;

  /** The last `seq` all of whose messages have come; −1 where there is none, and a subscription begins anew. */
  get complete(): number {
    return this.#complete;
  }

  /** True between a resume and its end. */
  get isResuming(): boolean {
    return this.#resuming;
  }

  /** What comes from now on follows a subscription with this `since`; −1: one that begins anew. */
  resume(since: number): void {
    this.#resuming = since >= 0;
    this.#complete = since;
    this.#seq = since;
    this.#more = false;
  }

  /** Takes the next message in; what is wrong with it, or undefined. After a fault it goes on from that message. */
  take(message: Link): ChainFault | undefined {
    // Beside the chain: places in queues. And the end of a book that has become too large to be followed.
    if (message.type === 'queue') return undefined;
    if (message.type === 'ended') {
      this.resume(-1);
      return undefined;
    }
    const fault = this.#faultOf(message);
    if (message.type === 'heartbeat') return fault;
    this.#seq = message.seq;
    this.#more = message.more === true;
    if (!this.#more) this.#complete = message.seq;
    if (message.type === 'caught-up') this.#resuming = false;
    return fault;
  }

  #faultOf({ type, seq, prev, more }: Link): ChainFault | undefined {
    if (type === 'heartbeat') return seq === this.#seq && !this.#more ? undefined : 'heartbeat';
    if (type === 'snapshot') {
      if (prev !== seq || seq < this.#complete) return 'seq';
      return more === true ? 'more' : undefined;
    }
    if (this.#seq < 0) return 'no snapshot first';
    if (type === 'caught-up') return this.#resuming && !this.#more && seq >= this.#seq ? undefined : 'caught-up';
    if (prev !== this.#seq) return 'gap';
    if (this.#more) return seq === prev ? undefined : 'more';
    return seq > prev ? undefined : 'seq';
  }
}
