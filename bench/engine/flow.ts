import { type Digest, Tally } from './digest.ts';
import { ReferenceBook, ReferenceOrders } from './referenceBook.ts';
import { Sfc32 } from './sfc32.ts';

/** Kinds of commands. MOVE gives the order a new price, its remaining lots and the back of the queue; it may trade. */
export const OP = { LIMIT: 0, IOC: 1, MARKET: 2, MOVE: 3, CANCEL: 4 } as const;

/** A command: op, market, order id (1, 2, … in order of appearance), side (0 buy, 1 sell), price in ticks, lots. */
export const COMMAND_WORDS = 6;
export const MARKET = 1;
export const ORDER = 2;
export const SIDE = 3;
export const PRICE = 4;
export const LOTS = 5;

export type FlowShape = {
  markets: number;
  /** Prices are 1 … ticks. */
  ticks: number;
  /** Commands after the books were filled. */
  count: number;
  /** Resting orders a side and market. */
  depth: number;
  seed: number;
};
/** What an engine is given: the `prefill` commands that fill the books, then the `count` others. */
export type FlowCommands = {
  markets: number;
  ticks: number;
  prefill: number;
  count: number;
  /** The highest order id. */
  orders: number;
  commands: Int32Array;
};
/** What a tick of a flow is in ours, of $0.0001. */
export const tickSizeOf = (ticks: number): number => (ticks < 100 ? 100 : 1);
export type Flow = FlowCommands & { digest: Digest };

/** Parts of the flow: limits near the touch, deep limits, takers, moves, cancels. */
const NEAR = 0.47;
const DEEP = 0.03;
const TAKER = 0.09;
const MOVE = 0.06;
const CANCEL = 0.35;
/** How far the parts give way to keep a side at its depth. */
const CORRECTION_MAX = 0.45;
/** Of the mid’s walk with each command, as a part of the range. */
const SIGMA = 0.00008;

/**
 * Order flow as limit order books see it: mostly new limits near a wandering mid and cancels of random orders, some takers
 * and moves; each side stays at about `depth` orders. Markets are busy by a Pareto(1.5) weight. A flow is a prefix of the
 * same flow with a higher count. Each draw is part of the definition: another order of draws is another flow.
 */
export function makeFlow(shape: FlowShape): Flow {
  const maker = new FlowMaker(shape);
  maker.fill();
  for (let i = 0; i < shape.count; i++) maker.next();
  return maker.flow();
}

class FlowMaker {
  private readonly shape: FlowShape;
  private readonly random: Sfc32;
  private readonly tally = new Tally();
  private readonly orders: ReferenceOrders;
  private readonly books: ReferenceBook[] = [];
  private readonly mids: Float64Array;
  private readonly cumulativeWeights: number[] = [];
  private readonly commands: Int32Array;
  private readonly prefill: number;
  private readonly nearTicks: number;
  private readonly takerTicks: number;
  private words = 0;
  private ids = 0;

  constructor(shape: FlowShape) {
    const { markets, ticks, count, depth } = shape;
    this.shape = shape;
    this.random = new Sfc32(shape.seed);
    this.prefill = markets * 2 * depth;
    this.orders = new ReferenceOrders(this.prefill + count + 1);
    this.commands = new Int32Array((this.prefill + count) * COMMAND_WORDS);
    this.nearTicks = ticks <= 200 ? 4 : ticks * 0.006;
    this.takerTicks = ticks <= 200 ? 2 : Math.round(ticks * 0.002);
    this.mids = new Float64Array(markets);
    let weight = 0;
    for (let market = 0; market < markets; market++) {
      this.books.push(new ReferenceBook(ticks, this.orders, this.tally));
      this.mids[market] = ticks * (0.2 + 0.6 * (markets === 1 ? 0.5 : this.random.fraction()));
      weight += (1 - this.random.fraction()) ** (-1 / 1.5);
      this.cumulativeWeights.push(weight);
    }
  }

  /** Rests `depth` orders a side in each market; none trades. */
  fill(): void {
    const { markets, depth } = this.shape;
    for (let i = 0; i < depth; i++) {
      for (let market = 0; market < markets; market++) {
        for (const side of [0, 1]) {
          let price = this.random.fraction() < 0.06 ? this.deep(market, side) : this.near(market, side);
          const mid = Math.round(this.mids[market] as number);
          price = this.inRange(side === 0 ? Math.min(price, mid - 1) : Math.max(price, mid));
          const lots = this.random.integer(1, 100);
          this.write(OP.LIMIT, market, ++this.ids, side, price, lots);
          (this.books[market] as ReferenceBook).rest(side, this.ids, price, lots);
        }
      }
    }
  }

  next(): void {
    const { depth } = this.shape;
    const market = this.pickMarket();
    const side = this.random.uint32() & 1;
    this.walk(market);
    const book = this.books[market] as ReferenceBook;
    const live = book.live(side);
    const short = Math.max(-CORRECTION_MAX, Math.min(CORRECTION_MAX, (depth - live.length) / depth));
    const near = NEAR * (1 + 2 * short);
    const deep = near + DEEP * (1 + 2 * short);
    const taker = deep + TAKER;
    const move = taker + MOVE;
    const what = this.random.fraction() * (move + CANCEL * (1 - 2 * short));
    if (what >= move && live.length > 0) this.cancel(market, side, book);
    else if (what >= taker && live.length > 0) this.move(market, side, book);
    else if (what >= deep && what < taker && book.best(1 - side) !== 0) this.take(market, side, book);
    else this.limit(market, side, book, what >= near && what < deep);
  }

  flow(): Flow {
    for (const book of this.books) {
      for (const side of [0, 1]) {
        for (const id of book.live(side)) {
          this.tally.rests(this.orders.price[id] as number, this.orders.lots[id] as number, 1);
        }
      }
    }
    const { markets, ticks, count } = this.shape;
    const { commands, prefill, ids } = this;
    return { markets, ticks, prefill, count, orders: ids, commands, digest: this.tally.digest() };
  }

  private cancel(market: number, side: number, book: ReferenceBook): void {
    const id = this.pickLive(book, side);
    this.write(OP.CANCEL, market, id, side, this.orders.price[id] as number, this.orders.lots[id] as number);
    book.remove(id);
  }

  private move(market: number, side: number, book: ReferenceBook): void {
    const id = this.pickLive(book, side);
    let price = this.near(market, side);
    if (price === this.orders.price[id]) price += price < this.shape.ticks ? 1 : -1;
    const lots = this.orders.lots[id] as number;
    this.write(OP.MOVE, market, id, side, price, lots);
    book.remove(id);
    book.place(side, id, price, lots);
  }

  private take(market: number, side: number, book: ReferenceBook): void {
    const opposite = book.best(1 - side);
    const id = ++this.ids;
    const lots = this.random.integer(1, 140);
    if (this.random.fraction() < 0.5) {
      const through = this.random.integer(0, this.takerTicks);
      const price = this.inRange(side === 0 ? opposite + through : opposite - through);
      this.write(OP.IOC, market, id, side, price, lots);
      book.match(side, id, price, lots);
    } else {
      this.write(OP.MARKET, market, id, side, 0, lots);
      book.match(side, id, side === 0 ? this.shape.ticks : 1, lots);
    }
  }

  private limit(market: number, side: number, book: ReferenceBook, deep: boolean): void {
    const opposite = book.best(1 - side);
    const id = ++this.ids;
    const lots = this.random.integer(1, 100);
    let price: number;
    if (deep) price = this.deep(market, side);
    else price = opposite !== 0 && this.random.fraction() < 0.05 ? opposite : this.near(market, side);
    this.write(OP.LIMIT, market, id, side, price, lots);
    book.place(side, id, price, lots);
  }

  private walk(market: number): void {
    const { ticks } = this.shape;
    this.mids[market] = (this.mids[market] as number) + this.random.gaussian() * ticks * SIGMA;
    if ((this.mids[market] as number) < ticks * 0.1) this.mids[market] = ticks * 0.2 - (this.mids[market] as number);
    if ((this.mids[market] as number) > ticks * 0.9) this.mids[market] = ticks * 1.8 - (this.mids[market] as number);
  }

  private pickMarket(): number {
    const weights = this.cumulativeWeights;
    if (weights.length === 1) return 0;
    const drawn = this.random.fraction() * (weights[weights.length - 1] as number);
    let low = 0;
    let high = weights.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((weights[middle] as number) > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private pickLive(book: ReferenceBook, side: number): number {
    const live = book.live(side);
    return live[this.random.integer(0, live.length - 1)] as number;
  }

  /** One tick and a geometric distance from the mid. */
  private near(market: number, side: number): number {
    const mid = Math.round(this.mids[market] as number);
    const away = 1 + Math.floor(-Math.log(1 - this.random.fraction()) * this.nearTicks);
    return this.inRange(side === 0 ? mid - away : mid + away - 1);
  }

  /** 10 … 50 % of the range from the mid. */
  private deep(market: number, side: number): number {
    const away = Math.round(this.shape.ticks * (0.1 + 0.4 * this.random.fraction()));
    return this.inRange(Math.round(this.mids[market] as number) + (side === 0 ? -away : away));
  }

  private inRange(price: number): number {
    return Math.max(1, Math.min(this.shape.ticks, price));
  }

  private write(op: number, market: number, id: number, side: number, price: number, lots: number): void {
    const at = this.words;
    const commands = this.commands;
    commands[at] = op;
    commands[at + MARKET] = market;
    commands[at + ORDER] = id;
    commands[at + SIDE] = side;
    commands[at + PRICE] = price;
    commands[at + LOTS] = lots;
    this.words = at + COMMAND_WORDS;
  }
}
