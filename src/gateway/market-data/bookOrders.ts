import type { BookOrdersJson } from '../../engines/queries/bookOrders.ts';
import { BUY, COLLECTED, outcomeOfTerms, SELL } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import type { Records } from '../orders/orderJson.ts';
import { OrderQueue, type RestingOrder } from './orderQueue.ts';

/**
 * Every order that rests in the books of one market, in the order in which they fill: what the engine listed, and then each
 * ORDER event. An order that is new stands at the back of its price; one that is known, at the same price and not larger,
 * keeps its place; otherwise it goes to the back. Orders that wait for an auction come when they join the book.
 */
export class BookOrders {
  private readonly orders = new Map<number, RestingOrder>();
  /** By outcome × 2 + side: price → queue. */
  private readonly sides: Map<number, OrderQueue>[] = [];

  constructor(outcomes: number, { books }: BookOrdersJson) {
    for (let i = 0; i < outcomes * 2; i++) this.sides.push(new Map());
    for (const { outcome, orders } of books) {
      for (const [id, side, price, lots] of orders) this.rest(id, outcome, side, price, lots);
    }
  }

  get size(): number {
    return this.orders.size;
  }

  /** Takes in an ORDER record; false: the books are as before. */
  apply({ i32, f64 }: Records, at: number): boolean {
    const id = f64[(at + E.ORDER_ID) >> 1] as number;
    const terms = i32[at + E.ORDER_TERMS] as number;
    const price = i32[at + E.ORDER_PRICE] as number;
    const known = this.orders.get(id);
    const lots = restingLots(i32, at);
    if (known !== undefined && lots > 0 && known.queue.price === price && lots <= known.lots) {
      if (lots === known.lots) return false;
      known.queue.shrink(known, lots);
      return true;
    }
    if (known === undefined && lots === 0) return false;
    if (known !== undefined) this.leave(known);
    if (lots > 0) this.rest(id, outcomeOfTerms(terms), terms & 1, price, lots);
    return true;
  }

  /** The order as it rests; undefined: it does not. */
  find(id: number): RestingOrder | undefined {
    return this.orders.get(id);
  }

  /** The orders of an outcome’s book, bids first, best price first, oldest first. */
  *ofOutcome(outcome: number): Generator<RestingOrder> {
    for (const side of [BUY, SELL]) {
      const queues = this.sides[outcome * 2 + side] as Map<number, OrderQueue>;
      const prices = [...queues.keys()].sort((a, b) => (side === BUY ? b - a : a - b));
      for (const price of prices) yield* queues.get(price) as OrderQueue;
    }
  }

  private rest(id: number, outcome: number, side: number, price: number, lots: number): void {
    const queues = this.sides[outcome * 2 + side] as Map<number, OrderQueue>;
    let queue = queues.get(price);
    if (queue === undefined) {
      queue = new OrderQueue(outcome, side, price);
      queues.set(price, queue);
    }
    this.orders.set(id, queue.append(id, lots));
  }

  private leave(order: RestingOrder): void {
    const { queue } = order;
    this.orders.delete(order.id);
    queue.remove(order);
    if (queue.size === 0) this.sides[queue.outcome * 2 + queue.side]?.delete(queue.price);
  }
}

/** What an ORDER record says that stands in the book: 0 when the order has ended, or waits for an auction. */
export function restingLots(i32: Int32Array, at: number): number {
  const stands = i32[at + E.ORDER_STATUS] === E.STATUS.OPEN && ((i32[at + E.ORDER_TERMS] as number) & COLLECTED) === 0;
  return stands ? (i32[at + E.ORDER_SIZE] as number) - (i32[at + E.ORDER_FILLED] as number) : 0;
}
