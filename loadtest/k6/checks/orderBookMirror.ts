import type * as z from 'zod';
import type { streams } from '../../../src/protocol/streams.ts';
import { formatSize } from '../../../src/protocol/units.ts';
import { BookMirror } from './bookMirror.ts';
import { lotsOf } from './money.ts';

export type OrderBookMessage = z.infer<typeof streams.bookL3Snapshot> | z.infer<typeof streams.bookL3Delta>;

type Side = 'bid' | 'ask';
type Resting = { outcome: string; side: Side; price: string; lots: number };
type Level = Pick<Resting, 'outcome' | 'side' | 'price'>;

/** The orders of a market as `book.l3` tells them, and the levels that they add up to. */
export class OrderBookMirror {
  readonly #orders = new Map<string, Resting>();
  readonly #lots = new Map<string, number>();
  readonly #levels = new BookMirror();

  /** What is wrong with a message, or undefined. */
  take(message: OrderBookMessage): string | undefined {
    const isSnapshot = message.type === 'snapshot';
    if (isSnapshot) {
      this.#orders.clear();
      this.#lots.clear();
    }
    const changed = new Map<string, Level>();
    let fault: string | undefined;
    for (const { outcome, orders } of message.books) {
      for (const [id, side, price, size] of orders) {
        const before = this.#orders.get(id);
        const order = { outcome, side, price, lots: lotsOf(size) };
        if (isSnapshot && before !== undefined) fault = `order ${id} is there twice`;
        if (before === undefined && order.lots === 0) fault = `order ${id} is gone and never was there`;
        if (before !== undefined) this.#add(before, -before.lots, changed);
        if (order.lots > 0) {
          this.#add(order, order.lots, changed);
          this.#orders.set(id, order);
        } else this.#orders.delete(id);
      }
    }
    this.#tellLevels(message, changed.values());
    return fault;
  }

  /** Of the levels: what `book` says at the same `seq`. */
  get crc(): number {
    return this.#levels.crc;
  }

  #add({ outcome, side, price }: Level, lots: number, changed: Map<string, Level>): void {
    const key = `${outcome} ${side} ${price}`;
    this.#lots.set(key, (this.#lots.get(key) ?? 0) + lots);
    changed.set(key, { outcome, side, price });
  }

  #tellLevels({ type, market, seq, prev, books }: OrderBookMessage, changed: Iterable<Level>): void {
    const sides = new Map(books.map(({ outcome }) => [outcome, { outcome, bids: [], asks: [] } as Sides]));
    for (const { outcome, side, price } of changed) {
      const key = `${outcome} ${side} ${price}`;
      const lots = this.#lots.get(key) ?? 0;
      if (lots === 0) this.#lots.delete(key);
      const levels = sides.get(outcome)?.[side === 'bid' ? 'bids' : 'asks'];
      levels?.push([price, lots === 0 ? '0' : formatSize(lots)]);
    }
    const told = { ch: 'book' as const, type: 'delta' as const, market, seq, prev, bids: [], asks: [] };
    // A snapshot has its books in the order of the outcomes, as that of `book` has.
    if (type === 'snapshot') this.#levels.begin([...sides.keys()]);
    this.#levels.take({ ...told, books: [...sides.values()] });
  }
}

type Sides = { outcome: string; bids: [string, string][]; asks: [string, string][] };
