import type { ChannelRequest } from '../../../src/protocol/requests.ts';
import { type BookMessage, BookMirror } from '../checks/bookMirror.ts';
import { Channel, type StreamMessage } from '../exchange/channel.ts';
import { Client, type Login } from '../exchange/client.ts';
import { signedNow } from '../exchange/signature.ts';
import { deliveryLatency } from '../run/metrics.ts';
import type { Plan, PlanAccount } from '../run/plan.ts';
import { tally } from '../run/tally.ts';
import type { Actor } from './actor.ts';

/** Markets that one socket watches: three channels each, and 200 are allowed. */
const MARKETS_MAX = 60;

/** How a book is watched: whole, its top, or with pauses. */
export const BOOK_KINDS: readonly Pick<ChannelRequest, 'depth' | 'conflateMs'>[] = [
  {},
  { depth: 5 },
  { conflateMs: 100 },
];

/** Watches `book`, `trades` and `ticker` of many markets, and checks every checksum. */
export class Watcher implements Actor {
  readonly #client: Client;
  #reconnecting: Promise<void> = Promise.resolve();

  constructor({ url, markets }: Plan, account: PlanAccount, kind: Pick<ChannelRequest, 'depth' | 'conflateMs'>) {
    const channels = markets
      .slice(0, MARKETS_MAX)
      .flatMap(({ id }) => [
        bookChannel({ ch: 'book', market: id, ...kind }),
        new Channel({ ch: 'trades', market: id }, timed),
        new Channel({ ch: 'ticker', market: id }, timed),
      ]);
    this.#client = new Client(url, (): Login => signedNow(account), channels);
  }

  open(): Promise<boolean> {
    return this.#client.open();
  }

  reconnect(): Promise<void> {
    this.#reconnecting = this.#reconnecting.then(async () => {
      this.#client.drop();
      await this.#client.open();
    });
    return this.#reconnecting;
  }

  /** Subscribes again from where it is: what has not come would come now, and the checksum at its end tells the rest. */
  async finish(): Promise<void> {
    await this.#reconnecting;
    if (this.#client.isLoggedIn) await this.#client.subscribe();
    this.#client.close();
  }
}

function bookChannel(request: ChannelRequest): Channel {
  const book = new BookMirror(request.depth);
  return new Channel(request, (message) => {
    // The channel says which shape its messages have.
    const { crc } = message as { crc?: number };
    const isEnd = message.type === 'caught-up';
    if (isEnd && crc === undefined) return;
    const fault = isEnd ? book.check(crc as number) : book.take(message as unknown as BookMessage);
    if (fault === undefined) return;
    const text = `${request.market} at ${message.seq}, now ${book.best}: ${JSON.stringify(message).slice(0, 300)}`;
    tally.fault(fault === 'crc' ? 'crc_errors' : 'crossed_books', text);
  });
}

/** A resume brings old news: only what is new is timed. */
function timed({ type, time }: StreamMessage, receivedAt: number): void {
  if (type === undefined && time !== undefined) deliveryLatency.add(Math.max(0, receivedAt - time));
}
