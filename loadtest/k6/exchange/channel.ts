import type { ChannelRequest } from '../../../src/protocol/requests.ts';
import { Chain, type Link } from '../checks/chain.ts';
import { snapshotsAgain } from '../run/metrics.ts';
import { tally } from '../run/tally.ts';

/** A message of any channel. */
export type StreamMessage = Link & { ch: string; market?: string; interval?: string; time?: number };

const PRIVATE = new Set(['orders', 'fills', 'account', 'quotes']);

const REPLAYED = new Set(['book', 'trades', 'orders', 'fills']);

/** Private channels are held for all markets here, so that the market of a message is not the channel’s. */
export const channelKey = ({ ch, market }: { ch: string; market?: string | undefined }): string =>
  market === undefined || PRIVATE.has(ch) ? ch : `${ch} ${market}`;

/** One channel of a client, over all its connections: keeps the chain, and hands on what says something. */
export class Channel {
  readonly key: string;
  readonly chain = new Chain();
  readonly #request: ChannelRequest;
  /** A resume brings what was missed, not what is: then a snapshot is a loss. */
  readonly #isReplayed: boolean;
  readonly #take: (message: StreamMessage, receivedAt: number) => void;

  /** `take` gets snapshots, what follows them, and `caught-up`, but no heartbeats. */
  constructor(request: ChannelRequest, take: (message: StreamMessage, receivedAt: number) => void) {
    this.key = channelKey(request);
    this.#request = request;
    const { ch, depth, conflateMs } = request;
    this.#isReplayed = REPLAYED.has(ch) && depth === undefined && conflateMs === undefined;
    this.#take = take;
  }

  /** How to subscribe to it now: from where it is, if it is anywhere. */
  subscription(): ChannelRequest {
    const { complete } = this.chain;
    return complete < 0 ? this.#request : { ...this.#request, since: complete };
  }

  take(message: StreamMessage, receivedAt: number): void {
    if (message.type === 'snapshot' && this.chain.complete >= 0 && this.#isReplayed) snapshotsAgain.add(1);
    const fault = this.chain.take(message);
    if (fault !== undefined) tally.fault('gaps', `${this.key}: ${fault}: ${JSON.stringify(message).slice(0, 200)}`);
    if (message.type !== 'heartbeat') this.#take(message, receivedAt);
  }
}
