import type { ChannelRequest } from '../../../src/protocol/requests.ts';
import { type BookMessage, BookMirror } from '../checks/bookMirror.ts';
import { CandleMirror, type CandlesMessage } from '../checks/candleMirror.ts';
import { type OrderBookMessage, OrderBookMirror } from '../checks/orderBookMirror.ts';
import { Channel, type StreamMessage } from '../exchange/channel.ts';
import { Client, type Login } from '../exchange/client.ts';
import { signedNow } from '../exchange/signature.ts';
import { deliveryLatency } from '../run/metrics.ts';
import type { Plan, PlanAccount } from '../run/plan.ts';
import { tally } from '../run/tally.ts';
import type { Actor } from './actor.ts';

/** Markets that one socket watches: up to five channels each, and 200 are allowed. */
const MARKETS_MAX = 40;

/** How a book is watched: whole, its top, or with pauses. */
export const BOOK_KINDS: readonly Pick<ChannelRequest, 'depth' | 'conflateMs'>[] = [
  {},
  { depth: 5 },
  { conflateMs: 100 },
];

/** Watches `book`, `trades`, `ticker` and `candles` of many markets, and checks every checksum; a whole book order by order, too. */
export class Watcher implements Actor {
  readonly #client: Client;
  #reconnecting: Promise<void> = Promise.resolve();

  constructor({ url, markets }: Plan, account: PlanAccount, kind: Pick<ChannelRequest, 'depth' | 'conflateMs'>) {
    const channels = markets
      .slice(0, MARKETS_MAX)
      .flatMap(({ id }) => [
        ...bookChannels({ ch: 'book', market: id, ...kind }),
        candleChannel({ ch: 'candles', market: id, interval: '1s' }),
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

/** A book; where it is whole and each of its changes is told, its orders as well, which must add up to it. */
function bookChannels(request: ChannelRequest): Channel[] {
  const { market, depth, conflateMs } = request;
  const book = new BookMirror(depth);
  const orders = new OrderBookMirror();
  const judge = (fault: string | undefined): void => {
    if (fault !== undefined) tally.fault('order_book_errors', `${market}: ${fault}`);
  };
  const orderChannel = new Channel({ ch: 'book.l3', market }, (message) => {
    // The channel says which shape its messages have.
    if (message.type === 'snapshot' || message.type === 'delta') {
      judge(orders.take(message as unknown as OrderBookMessage));
    }
  });
  const bookChannel = new Channel(request, (message) => {
    // The channel says which shape its messages have.
    const { crc } = message as { crc?: number };
    const isEnd = message.type === 'caught-up';
    if (isEnd && crc === undefined) return;
    const fault = isEnd ? book.check(crc as number) : book.take(message as unknown as BookMessage);
    // In one turn of the exchange orders are told before levels.
    if (!isEnd && crc !== undefined && orderChannel.chain.complete === message.seq && orders.crc !== crc) {
      judge(`at ${message.seq} its orders add up to another book`);
    }
    if (fault === undefined) return;
    const text = `${request.market} at ${message.seq}, now ${book.best}: ${JSON.stringify(message).slice(0, 300)}`;
    tally.fault(fault === 'crc' ? 'crc_errors' : 'crossed_books', text);
  });
  return depth === undefined && conflateMs === undefined ? [orderChannel, bookChannel] : [bookChannel];
}

function candleChannel(request: ChannelRequest): Channel {
  const candles = new CandleMirror();
  return new Channel(request, (message) => {
    if (message.type === 'caught-up') return;
    const fault = candles.take(message as unknown as CandlesMessage);
    if (fault !== undefined) tally.fault('candle_errors', `${request.market}: ${fault}`);
  });
}

/** A resume brings old news: only what is new is timed. */
function timed({ type, time }: StreamMessage, receivedAt: number): void {
  if (type === undefined && time !== undefined) deliveryLatency.add(Math.max(0, receivedAt - time));
}
