import type { Tally } from './digest.ts';

/** Orders of all markets by workload id; 0 is no order. */
export class ReferenceOrders {
  readonly price: Int32Array;
  readonly lots: Int32Array;
  readonly side: Uint8Array;
  /** Neighbours at the price, and the place among the live orders of the side. */
  readonly younger: Int32Array;
  readonly older: Int32Array;
  readonly place: Int32Array;

  constructor(ids: number) {
    this.price = new Int32Array(ids);
    this.lots = new Int32Array(ids);
    this.side = new Uint8Array(ids);
    this.younger = new Int32Array(ids);
    this.older = new Int32Array(ids);
    this.place = new Int32Array(ids);
  }
}

class Side {
  readonly oldest: Int32Array;
  readonly youngest: Int32Array;
  /** Ids in no order that means anything; a draw picks from it, so how it is kept is part of the flow. */
  readonly live: number[] = [];
  best: number;

  constructor(ticks: number, best: number) {
    this.oldest = new Int32Array(ticks + 2);
    this.youngest = new Int32Array(ticks + 2);
    this.best = best;
  }
}

/** One market's book, plainly: a list for each price, the best price found by walking. Flows are made and judged by it. */
export class ReferenceBook {
  private readonly sides: readonly [Side, Side];
  private readonly ticks: number;
  private readonly orders: ReferenceOrders;
  private readonly tally: Tally;

  constructor(ticks: number, orders: ReferenceOrders, tally: Tally) {
    this.ticks = ticks;
    this.orders = orders;
    this.tally = tally;
    this.sides = [new Side(ticks, 0), new Side(ticks, ticks + 1)];
  }

  live(side: number): readonly number[] {
    return (this.sides[side] as Side).live;
  }

  /** The best price of a side; 0 none. */
  best(side: number): number {
    const { best } = this.sides[side] as Side;
    return best >= 1 && best <= this.ticks ? best : 0;
  }

  rest(side: number, id: number, price: number, lots: number): void {
    const own = this.sides[side] as Side;
    const orders = this.orders;
    const before = own.youngest[price] as number;
    orders.price[id] = price;
    orders.lots[id] = lots;
    orders.side[id] = side;
    orders.younger[id] = 0;
    orders.older[id] = before;
    if (before === 0) own.oldest[price] = id;
    else orders.younger[before] = id;
    own.youngest[price] = id;
    orders.place[id] = own.live.push(id) - 1;
    if (side === 0 ? price > own.best : price < own.best) own.best = price;
  }

  remove(id: number): void {
    const orders = this.orders;
    const side = orders.side[id] as number;
    const own = this.sides[side] as Side;
    const price = orders.price[id] as number;
    const younger = orders.younger[id] as number;
    const older = orders.older[id] as number;
    if (older === 0) own.oldest[price] = younger;
    else orders.younger[older] = younger;
    if (younger === 0) own.youngest[price] = older;
    else orders.older[younger] = older;
    orders.lots[id] = 0;
    const last = own.live.pop() as number;
    if (last !== id) {
      const place = orders.place[id] as number;
      own.live[place] = last;
      orders.place[last] = place;
    }
    const step = side === 0 ? -1 : 1;
    while (own.best >= 1 && own.best <= this.ticks && own.oldest[own.best] === 0) own.best += step;
  }

  /** Trades what the limit allows; returns the lots that are left. */
  match(side: number, taker: number, limit: number, lots: number): number {
    const other = this.sides[1 - side] as Side;
    let left = lots;
    while (left > 0) {
      const price = this.best(1 - side);
      if (price === 0 || (side === 0 ? price > limit : price < limit)) break;
      const maker = other.oldest[price] as number;
      const filled = Math.min(left, this.orders.lots[maker] as number);
      this.tally.trade(maker, taker, price, filled);
      left -= filled;
      this.orders.lots[maker] = (this.orders.lots[maker] as number) - filled;
      if (this.orders.lots[maker] === 0) this.remove(maker);
    }
    return left;
  }

  /** Matches, and rests what is left. */
  place(side: number, id: number, price: number, lots: number): void {
    const left = this.match(side, id, price, lots);
    if (left > 0) this.rest(side, id, price, left);
  }
}
