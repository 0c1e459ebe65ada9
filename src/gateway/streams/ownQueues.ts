import type { AccountJson } from '../../engines/queries.ts';
import { CODE } from '../../engines/records/buffer.ts';
import { readText } from '../../engines/records/commands.ts';
import { ANSWER_TEXT, codeNumber } from '../../engines/records/events.ts';
import { formatSize } from '../../protocol/units.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { encodeAccountQuery } from '../orders/encode.ts';
import type { Conflated } from './conflation.ts';
import { ASK_AGAIN_MS, QUEUE_CONFLATE_MS, QUEUE_MARKETS_MAX, QUEUE_ORDERS_MAX } from './limits.ts';
import type { BookFollower, FollowedBook } from './orderBooks.ts';
import type { Outlet } from './outlet.ts';
import type { PrivateSubscription } from './privateSubscription.ts';
import type { QueueParts } from './queuePositions.ts';

/** One subscription: what it was told last of each order, in lots. Its first message names all of them. */
type Listener = { outlet: Outlet; told: Map<number, number>; waiting: boolean };

const NOT_FOUND = codeNumber('NOT_FOUND');

/**
 * The open orders of one account, and how much stands before them in the books: computed when it is told, at most ten times
 * a second, in logarithmic time for each order. Bounded by QUEUE_ORDERS_MAX and QUEUE_MARKETS_MAX: orders beyond are not told of,
 * nor those in a market with too many orders to follow.
 */
export class OwnQueues implements Conflated, BookFollower {
  readonly conflateMs = QUEUE_CONFLATE_MS;
  dueAt = 0;
  private readonly account: number;
  private readonly parts: QueueParts;
  private readonly listeners = new Map<PrivateSubscription, Listener>();
  /** Order → market. */
  private readonly orders = new Map<number, number>();
  /** By market: its book, and how many of the orders are in that market. */
  private readonly books = new Map<number, { book: FollowedBook | undefined; orders: number }>();
  private readonly tooLarge = new Set<number>();
  /** The engine has said which orders are open. */
  private known = false;
  private scheduled = false;

  constructor(account: number, parts: QueueParts) {
    this.account = account;
    this.parts = parts;
  }

  begin(subscription: PrivateSubscription, outlet: Outlet): void {
    this.listeners.set(subscription, { outlet, told: new Map(), waiting: true });
    this.ask();
  }

  /** True: nobody listens any more. */
  end(subscription: PrivateSubscription): boolean {
    if (!this.listeners.delete(subscription) || this.listeners.size > 0) return false;
    for (const id of [...this.orders.keys()]) this.untrack(id);
    return true;
  }

  /** An open order of the account. */
  track(id: number, market: number): void {
    if (this.orders.has(id) || this.orders.size >= QUEUE_ORDERS_MAX || this.tooLarge.has(market)) return;
    let held = this.books.get(market);
    if (held === undefined) {
      if (this.books.size >= QUEUE_MARKETS_MAX) return;
      held = { book: undefined, orders: 0 };
      this.books.set(market, held);
      held.book = this.parts.books.follow(this.parts.data.markets[market] as MarketState, this);
      if (this.tooLarge.has(market)) return;
    }
    this.orders.set(id, market);
    held.orders++;
    this.schedule();
  }

  /** An order that is open no more. */
  untrack(id: number): void {
    const market = this.orders.get(id);
    if (market === undefined) return;
    this.orders.delete(id);
    for (const { told } of this.listeners.values()) told.delete(id);
    const held = this.books.get(market);
    if (held === undefined || --held.orders > 0) return;
    this.books.delete(market);
    if (held.book !== undefined) this.parts.books.unfollow(held.book, this);
  }

  /** Asks the engine which orders are open: those that came before anybody listened are not known otherwise. */
  private ask(): void {
    const { port } = this.parts;
    const sent = port.send(encodeAccountQuery(port, this.account), {
      done: ({ i32 }, from, doneAt) => {
        if (this.listeners.size === 0) return;
        const code = i32[doneAt + CODE];
        if (code !== 0 && code !== NOT_FOUND) return this.askLater();
        const answer: AccountJson | undefined = code === 0 ? JSON.parse(readText(i32, from + ANSWER_TEXT)) : undefined;
        this.tooLarge.clear();
        for (const { orderId, market } of answer?.orders ?? []) this.track(orderId, market);
        this.known = true;
        this.tell(true);
      },
    });
    if (!sent) this.askLater();
  }

  private askLater(): void {
    setTimeout(() => this.listeners.size > 0 && this.ask(), ASK_AGAIN_MS).unref();
  }

  bookBegins(): void {
    this.tell(true);
    this.schedule();
  }

  bookChanged(): void {
    this.schedule();
  }

  bookEnds({ market }: FollowedBook): void {
    this.tooLarge.add(market.market);
    for (const [id, at] of [...this.orders]) if (at === market.market) this.untrack(id);
    this.tell(true);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.parts.conflation.later(this);
  }

  settle(): void {
    this.scheduled = false;
    if (this.listeners.size > 0) this.tell(false);
  }

  /** Tells what has changed; `first`: only those who wait for their first message, as soon as everything is known. */
  private tell(first: boolean): void {
    const incomplete = !this.known || [...this.books.values()].some(({ book }) => book?.orders === undefined);
    let all: [id: number, market: number, ahead: number][] | undefined;
    for (const [subscription, listener] of this.listeners) {
      if (listener.waiting ? incomplete : first) continue;
      all ??= this.positions();
      // Behind, or still being told what it missed: later.
      if (!subscription.begun || !this.tellOne(subscription, listener, all)) this.schedule();
    }
  }

  private tellOne(
    { market, granted }: PrivateSubscription,
    listener: Listener,
    all: [id: number, market: number, ahead: number][],
  ): boolean {
    const { outlet, told } = listener;
    const changed = all.filter(([id, at, ahead]) => (market === undefined || at === market) && told.get(id) !== ahead);
    if (changed.length === 0 && !listener.waiting) return true;
    const queue = changed.map(([id, , ahead]) => `{"orderId":"${id}","ahead":"${formatSize(ahead)}"}`);
    const of = granted.market === undefined ? '' : `,"market":"${granted.market}"`;
    const { seq } = this.parts.data;
    if (!outlet.offer(`{"ch":"orders"${of},"type":"queue","seq":${seq},"queue":[${queue.join(',')}]}`)) return false;
    listener.waiting = false;
    for (const [id, , ahead] of changed) told.set(id, ahead);
    return true;
  }

  /** Lots before each order that stands in a book; those that wait for an auction have no place yet. */
  private positions(): [id: number, market: number, ahead: number][] {
    const positions: [number, number, number][] = [];
    for (const [id, market] of this.orders) {
      const order = this.books.get(market)?.book?.orders?.find(id);
      if (order !== undefined) positions.push([id, market, order.queue.ahead(order)]);
    }
    return positions;
  }
}
