import { Book } from '../../dist/engines/order-book/book.js';
import { Ladder } from '../../dist/engines/order-book/ladder.js';
import * as OrderLayout from '../../dist/engines/order-book/orderRow.js';
import { Orders } from '../../dist/engines/order-book/orders.js';
import { Plan, planBook, take, within } from '../../dist/engines/order-book/plan.js';
import { inPriority } from '../../dist/engines/order-book/priority.js';
import { QuoteGroups } from '../../dist/engines/quotes/groups.js';
import { Protection } from '../../dist/engines/quotes/protection.js';
import * as CommandLayout from '../../dist/engines/records/commands.js';
import * as EventLayout from '../../dist/engines/records/events.js';
import type { Contender } from './contender.ts';
import { type Digest, Tally } from './digest.ts';
import type { FlowCommands } from './flow.ts';
import * as FlowLayout from './flow.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { COMMAND_WORDS, LOTS, MARKET, OP, ORDER, PRICE, SIDE } = FlowLayout;
const { STATUS } = EventLayout;
const C = { ...CommandLayout };
const O = { ...OrderLayout };

/** The flow’s id of an order, in its row: there are no client ids here. */
const FLOW_ID = O.CLIENT_REF;
const TERMS = (C.LIMIT << 1) | (C.TIF.GTC << 2);
const PAGES_RESERVED = 1 << 12;

/** The engine’s books, order rows and plans by themselves: no accounts, no records, no events. */
export class Core implements Contender {
  private readonly commands: Int32Array;
  private readonly tickSize: number;
  private readonly orders: Orders;
  private readonly books: Book[];
  private readonly plan: Plan;
  private readonly tally = new Tally();
  /** By the flow’s id: the core’s, as a client would know it. */
  private readonly ids: Float64Array;

  constructor(flow: FlowCommands) {
    this.commands = flow.commands;
    this.tickSize = FlowLayout.tickSizeOf(flow.ticks);
    this.orders = new Orders(2 * flow.prefill);
    this.plan = new Plan(new Protection({ time: 0, orders: this.orders, markets: [], quoteGroups: new QuoteGroups() }));
    const ladder = new Ladder(PAGES_RESERVED);
    this.books = Array.from({ length: flow.markets }, () => new Book(this.tickSize, ladder));
    this.ids = new Float64Array(flow.orders + 1);
  }

  ready(): void {}

  apply(index: number): void {
    const { commands } = this;
    const at = index * COMMAND_WORDS;
    const market = commands[at + MARKET] as number;
    const id = commands[at + ORDER] as number;
    const side = commands[at + SIDE] as number;
    const price = (commands[at + PRICE] as number) * this.tickSize;
    const lots = commands[at + LOTS] as number;
    switch (commands[at]) {
      case OP.LIMIT:
        return this.limit(market, id, side, price, lots);
      case OP.IOC:
        return this.ioc(market, id, side, price, lots);
      case OP.MARKET:
        return this.ioc(market, id, side, side === C.BUY ? 9_999 : 1, lots);
      case OP.MOVE:
        return this.move(market, id, side, price);
      default:
        return this.cancel(market, id);
    }
  }

  read(): void {}

  digest(): Digest {
    const { orders } = this;
    for (const book of this.books) {
      for (const side of [C.BUY, C.SELL]) {
        for (const slot of inPriority(orders, book, side))
          this.tally.rests((orders.rows[slot * O.ROW + O.PRICE] as number) / this.tickSize, orders.remaining(slot), 1);
      }
    }
    return this.tally.digest();
  }

  private limit(market: number, id: number, side: number, price: number, lots: number): void {
    const { orders } = this;
    const book = this.books[market] as Book;
    const left = this.match(book, id, side, price, lots);
    if (left === 0) return;
    const slot = orders.allocate();
    const { rows } = orders;
    const row = slot * O.ROW;
    rows[row + O.HOLDER] = side;
    rows[row + O.MARKET] = market;
    rows[row + O.TERMS] = TERMS | side;
    rows[row + O.PRICE] = price;
    rows[row + O.SIZE] = left;
    rows[row + O.FILLED] = 0;
    rows[row + O.STATE] = STATUS.OPEN;
    rows[row + FLOW_ID] = id;
    book.rest(orders, slot);
    this.ids[id] = orders.id(slot);
  }

  private ioc(market: number, id: number, side: number, price: number, lots: number): void {
    this.match(this.books[market] as Book, id, side, price, lots);
  }

  private move(market: number, id: number, side: number, price: number): void {
    const { orders } = this;
    const book = this.books[market] as Book;
    const slot = orders.find(this.ids[id] as number);
    const row = slot * O.ROW;
    const lots = orders.remaining(slot);
    book.remove(orders, slot, lots);
    const left = this.match(book, id, side, price, lots);
    if (left === 0) return orders.release(slot);
    orders.rows[row + O.PRICE] = price;
    orders.rows[row + O.SIZE] = left;
    orders.rows[row + O.FILLED] = 0;
    book.rest(orders, slot);
  }

  private cancel(market: number, id: number): void {
    const { orders } = this;
    const slot = orders.find(this.ids[id] as number);
    (this.books[market] as Book).remove(orders, slot, orders.remaining(slot));
    orders.release(slot);
  }

  /** Returns the lots that are left. A side is a holder: nobody meets an order of its own. */
  private match(book: Book, id: number, side: number, limit: number, lots: number): number {
    const best = side === C.BUY ? book.bestAsk : book.bestBid;
    if (best === 0 || !within(side, limit, best)) return lots;
    const { plan, orders } = this;
    plan.clear();
    const left = planBook(plan, orders, book, side, limit, lots, side, C.STP['expire-taker'], 0);
    for (let step = 0; step < plan.count; step++) {
      const slot = plan.slot(step);
      const filled = plan.lotsOf(step);
      const price = plan.price(step);
      this.tally.trade(orders.rows[slot * O.ROW + FLOW_ID] as number, id, price / this.tickSize, filled);
      if (take(orders, book, slot, filled, price)) orders.release(slot);
    }
    return left;
  }
}
