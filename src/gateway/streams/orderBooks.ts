import { LIMITS } from '../../engines/limits.ts';
import type { BookOrdersJson } from '../../engines/queries/bookOrders.ts';
import * as R from '../../engines/records/buffer.ts';
import { COMMAND, readText } from '../../engines/records/commands.ts';
import { ANSWER_TEXT, codeNumber } from '../../engines/records/events.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import { BookOrders } from '../market-data/bookOrders.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from '../orders/orderJson.ts';
import { refusal } from '../orders/refusals.ts';
import { ASK_AGAIN_MS, BOOK_ORDERS_MAX, LINGER_MS } from './limits.ts';

/** Who follows a market’s orders. */
export interface BookFollower {
  /** The orders are known, as of `seq`; at once where they are already. */
  bookBegins(book: FollowedBook): void;
  /** These ORDER records of the command `seq` have changed the books. */
  bookChanged(book: FollowedBook, records: Records, changes: readonly number[], seq: number): void;
  /** There are too many orders to follow: it is over. */
  bookEnds(book: FollowedBook, error: WireError): void;
}

/** The orders of one market, while anybody follows them. */
export class FollowedBook {
  readonly market: MarketState;
  readonly followers = new Set<BookFollower>();
  /** undefined: the engine is still being asked. */
  orders: BookOrders | undefined;
  /** `seq` of the last change, or of the engine’s answer. */
  seq = 0;
  /** ORDER records of the group under way that have changed the books. */
  readonly changes: number[] = [];
  /** Nobody follows it: when it is forgotten. */
  lingers: NodeJS.Timeout | undefined;

  constructor(market: MarketState) {
    this.market = market;
  }
}

const LIMIT_EXCEEDED = codeNumber('LIMIT_EXCEEDED');

/**
 * Books order by order, of the markets that somebody follows so. A book is asked of the engine when the first one comes, kept
 * current by the ORDER events that follow the answer, and forgotten some time after the last one has left: so the engine is
 * asked about a market no more often than that.
 */
export class OrderBooks {
  private readonly books = new Map<number, FollowedBook>();
  private readonly changed: FollowedBook[] = [];
  private readonly port: EnginePort;

  constructor(port: EnginePort) {
    this.port = port;
  }

  get size(): number {
    return this.books.size;
  }

  follow(market: MarketState, follower: BookFollower): FollowedBook {
    let book = this.books.get(market.market);
    if (book === undefined) {
      book = new FollowedBook(market);
      this.books.set(market.market, book);
      this.ask(book);
    }
    clearTimeout(book.lingers);
    book.followers.add(follower);
    if (book.orders !== undefined) follower.bookBegins(book);
    return book;
  }

  unfollow(book: FollowedBook, follower: BookFollower): void {
    book.followers.delete(follower);
    if (book.followers.size > 0 || !this.holds(book)) return;
    clearTimeout(book.lingers);
    book.lingers = setTimeout(() => {
      if (book.followers.size === 0 && this.holds(book)) this.books.delete(book.market.market);
    }, LINGER_MS);
    book.lingers.unref();
  }

  /** Takes in an ORDER record. */
  add(records: Records, at: number): void {
    const book = this.books.get(records.i32[at + R.MARKET] as number);
    if (book?.orders === undefined || !book.orders.apply(records, at)) return;
    if (book.changes.length === 0) this.changed.push(book);
    book.changes.push(at);
  }

  /** The group is complete: tells those who follow. */
  flush(records: Records, seq: number): void {
    if (this.changed.length === 0) return;
    for (const book of this.changed) {
      book.seq = seq;
      for (const follower of book.followers) follower.bookChanged(book, records, book.changes, seq);
      book.changes.length = 0;
      if ((book.orders?.size ?? 0) > BOOK_ORDERS_MAX) this.end(book, 'bookOrders', BOOK_ORDERS_MAX);
    }
    this.changed.length = 0;
  }

  private holds(book: FollowedBook): boolean {
    return this.books.get(book.market.market) === book;
  }

  private ask(book: FollowedBook): void {
    const { port } = this;
    const at = port.buffer.begin(COMMAND.QUERY_BOOK, R.BODY);
    port.buffer.i32[at + R.MARKET] = book.market.market;
    const sent = port.send(at, {
      done: ({ i32, f64 }, from, doneAt) => {
        if (!this.holds(book)) return;
        const code = i32[doneAt + R.CODE] as number;
        if (code === LIMIT_EXCEEDED) this.end(book, 'bookQueryOrders', LIMITS.bookQueryOrders);
        else if (code !== 0) this.askLater(book);
        else {
          const answer: BookOrdersJson = JSON.parse(readText(i32, from + ANSWER_TEXT));
          // Every group up to the answer’s seq has been told, none after it.
          book.seq = f64[(doneAt + R.SEQ) >> 1] as number;
          book.orders = new BookOrders(book.market.books.length, answer);
          for (const follower of [...book.followers]) follower.bookBegins(book);
        }
      },
    });
    if (!sent) this.askLater(book);
  }

  private askLater(book: FollowedBook): void {
    setTimeout(() => this.holds(book) && this.ask(book), ASK_AGAIN_MS).unref();
  }

  private end(book: FollowedBook, name: string, value: number): void {
    this.books.delete(book.market.market);
    clearTimeout(book.lingers);
    const error: WireError = {
      ...refusal('LIMIT_EXCEEDED', 'market', 'the book has too many orders to be followed one by one'),
      limit: { name, value },
    };
    for (const follower of [...book.followers]) follower.bookEnds(book, error);
    book.followers.clear();
  }

  stop(): void {
    for (const { lingers } of this.books.values()) clearTimeout(lingers);
  }
}
