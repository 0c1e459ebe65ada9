import { OrderBook as HftOrderBook } from 'hft-limit-order-book';
import { OrderBook as NodeOrderBook } from 'nodejs-order-book';
import type { Contender } from './contender.ts';
import { type Digest, Tally } from './digest.ts';
import { COMMAND_WORDS, type FlowCommands, LOTS, MARKET, OP, ORDER, PRICE, SIDE } from './flow.ts';

/** What the two packages have in common: one author, one API; MOVE is their `modify`. */
type PeerOrder = { id: string; size: number; price?: number };
type Answer = {
  /** Makers that were filled completely, oldest first; then the taker, if it was. */
  done: PeerOrder[];
  /** The maker that was filled in part, or the taker, if it was and rests. */
  partial: PeerOrder | null;
  partialQuantityProcessed: number;
  err: { message: string } | null;
};
type PeerBook = {
  limit(order: { id: string; side: string; size: number; price: number; timeInForce?: string }): Answer;
  market(order: { side: string; size: number }): Answer;
  modify(id: string, change: { price: number; size: number }): Answer;
  cancel(id: string): unknown;
  snapshot(): Record<'bids' | 'asks', { price: number; orders: { size: number }[] }[]>;
};

// Their enums are their values.
const BOOKS = {
  'nodejs-order-book': () => new NodeOrderBook() as unknown as PeerBook,
  'hft-limit-order-book': () => new HftOrderBook() as unknown as PeerBook,
} as const;
export type PeerName = keyof typeof BOOKS;
const SIDES = ['buy', 'sell'] as const;

/**
 * One book of a package for each market. Order ids are strings to them, made before the clock runs, and begin with a letter:
 * keys that look like numbers make their objects up to twice as slow.
 */
export class Peer implements Contender {
  private readonly commands: Int32Array;
  private readonly books: PeerBook[];
  private readonly tally = new Tally();
  private ids: string[] = [];
  private first = 0;

  constructor(name: PeerName, flow: FlowCommands) {
    this.commands = flow.commands;
    this.books = Array.from({ length: flow.markets }, BOOKS[name]);
  }

  ready(from: number, to: number): void {
    this.first = from;
    this.ids = [];
    for (let i = from; i < to; i++) this.ids.push(`o${this.commands[i * COMMAND_WORDS + ORDER]}`);
  }

  apply(index: number): void {
    const { commands } = this;
    const at = index * COMMAND_WORDS;
    const book = this.books[commands[at + MARKET] as number] as PeerBook;
    const id = this.ids[index - this.first] as string;
    const side = SIDES[commands[at + SIDE] as number] as string;
    const size = commands[at + LOTS] as number;
    const price = commands[at + PRICE] as number;
    let answer: Answer;
    switch (commands[at]) {
      case OP.LIMIT:
        answer = book.limit({ id, side, size, price });
        break;
      case OP.IOC:
        answer = book.limit({ id, side, size, price, timeInForce: 'IOC' });
        break;
      case OP.MARKET:
        answer = book.market({ side, size });
        break;
      case OP.MOVE:
        answer = book.modify(id, { price, size });
        break;
      default:
        book.cancel(id);
        return;
    }
    if (answer.err !== null) throw new Error(`order ${id}: ${answer.err.message}`);
    this.tallyTrades(answer, id, commands[at + ORDER] as number);
  }

  read(): void {}

  digest(): Digest {
    for (const book of this.books) {
      const { bids, asks } = book.snapshot();
      for (const { price, orders } of [...bids, ...asks]) {
        for (const { size } of orders) this.tally.rests(price, size, 1);
      }
    }
    return this.tally.digest();
  }

  private tallyTrades(answer: Answer, id: string, taker: number): void {
    const { done, partial } = answer;
    for (let i = 0; i < done.length; i++) {
      const maker = done[i] as PeerOrder;
      if (maker.id !== id) this.tally.trade(Number(maker.id.slice(1)), taker, maker.price as number, maker.size);
    }
    if (partial !== null && partial.id !== id)
      this.tally.trade(Number(partial.id.slice(1)), taker, partial.price as number, answer.partialQuantityProcessed);
  }
}
