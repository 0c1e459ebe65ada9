import { outcomeOfTerms } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import type { WireError } from '../../protocol/errors.ts';
import { formatPrice, formatSize } from '../../protocol/units.ts';
import { type BookOrders, restingLots } from '../market-data/bookOrders.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from '../orders/orderJson.ts';
import type { BookFollower, FollowedBook, OrderBooks } from './orderBooks.ts';
import { PublicChannel } from './publicChannel.ts';

/** Every order of a market’s books. Its snapshot comes when the engine has told them; it does not resume, but begins anew. */
export class OrderBookChannel extends PublicChannel implements BookFollower {
  private readonly books: OrderBooks;
  private readonly book: FollowedBook;
  /** The snapshot, until an order changes: a thousand may come to read it. */
  private text: string | undefined;

  constructor(market: MarketState, books: OrderBooks) {
    super('book.l3', market, 0);
    this.ready = false;
    this.books = books;
    this.book = books.follow(market, this);
  }

  snapshotFields(): string {
    this.text ??= bookOrdersFields(this.market, this.book.orders as BookOrders);
    return this.text;
  }

  /** Its orders come as {@link bookChanged}. */
  onGroup(): void {}

  bookBegins({ seq }: FollowedBook): void {
    this.begins(seq);
  }

  bookChanged(_book: FollowedBook, records: Records, changes: readonly number[], seq: number): void {
    this.text = undefined;
    this.publish(seq, `"type":"delta",${changedOrdersFields(records, changes, this.market)}`);
  }

  bookEnds(_book: FollowedBook, error: WireError): void {
    this.endAll(error);
  }

  override forgotten(): void {
    this.books.unfollow(this.book, this);
  }
}

/** `"books":[{"outcome":…,"orders":[["16777217","bid","0.55","10.00"],…]},…]`: of every outcome’s book all orders. */
export function bookOrdersFields(market: MarketState, orders: BookOrders): string {
  let books = '';
  for (const { outcome } of market.books) {
    let all = '';
    for (const { id, queue, lots } of orders.ofOutcome(outcome)) {
      all += `${all === '' ? '' : ','}${restingOrder(id, queue.side, queue.price, lots)}`;
    }
    books += `${books === '' ? '' : ','}{"outcome":${market.quotedOutcomes[outcome]},"orders":[${all}]}`;
  }
  return `"books":[${books}]`;
}

/** As {@link bookOrdersFields}, of the ORDER records at `changes`, in the order in which they are to be applied. */
function changedOrdersFields({ i32, f64 }: Records, changes: readonly number[], market: MarketState): string {
  const byOutcome: (string | undefined)[] = [];
  for (const at of changes) {
    const terms = i32[at + E.ORDER_TERMS] as number;
    const outcome = outcomeOfTerms(terms);
    const id = f64[(at + E.ORDER_ID) >> 1] as number;
    const text = restingOrder(id, terms & 1, i32[at + E.ORDER_PRICE] as number, restingLots(i32, at));
    byOutcome[outcome] = byOutcome[outcome] === undefined ? text : `${byOutcome[outcome]},${text}`;
  }
  let books = '';
  for (let outcome = 0; outcome < byOutcome.length; outcome++) {
    if (byOutcome[outcome] === undefined) continue;
    books += `${books === '' ? '' : ','}{"outcome":${market.quotedOutcomes[outcome]},"orders":[${byOutcome[outcome]}]}`;
  }
  return `"books":[${books}]`;
}

const restingOrder = (id: number, side: number, price: number, lots: number): string =>
  `["${id}","${side === 0 ? 'bid' : 'ask'}","${formatPrice(price)}","${lots === 0 ? '0' : formatSize(lots)}"]`;
