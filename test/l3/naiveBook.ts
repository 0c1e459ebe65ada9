import type { Book, Fill, TickLevel } from './book.ts';
import type { Side } from './feed.ts';

type Resting = { order: number; side: Side; tick: number; lots: number };

/** Price-time priority by definition: one list in the order of arrival, searched from its start each time. */
export class NaiveBook implements Book {
  private orders: Resting[] = [];

  place(order: number, side: Side, tick: number, lots: number): Fill[] {
    const fills: Fill[] = [];
    let wanted = lots;
    while (wanted > 0) {
      const maker = this.bestFor(side, tick);
      if (maker === undefined) break;
      const filled = Math.min(wanted, maker.lots);
      fills.push({ taker: order, maker: maker.order, tick: maker.tick, lots: filled });
      wanted -= filled;
      maker.lots -= filled;
      if (maker.lots === 0) this.cancel(maker.order);
    }
    if (wanted > 0) this.orders.push({ order, side, tick, lots: wanted });
    return fills;
  }

  reprice(order: number, tick: number, lots: number): Fill[] {
    const { side } = this.orders.find((resting) => resting.order === order) as Resting;
    this.cancel(order);
    return this.place(order, side, tick, lots);
  }

  cancel(order: number): void {
    this.orders = this.orders.filter((resting) => resting.order !== order);
  }

  left(order: number): number {
    return this.orders.find((resting) => resting.order === order)?.lots ?? 0;
  }

  resting(): number[] {
    return this.orders.map(({ order }) => order).toSorted((a, b) => a - b);
  }

  levels(): { bids: TickLevel[]; asks: TickLevel[] } {
    return {
      bids: this.levelsOf('buy').toSorted(([a], [b]) => b - a),
      asks: this.levelsOf('sell').toSorted(([a], [b]) => a - b),
    };
  }

  private levelsOf(side: Side): TickLevel[] {
    const lots = new Map<number, number>();
    for (const resting of this.orders)
      if (resting.side === side) lots.set(resting.tick, (lots.get(resting.tick) ?? 0) + resting.lots);
    return [...lots];
  }

  /** The first to arrive of those at the best opposite price that the limit reaches. */
  private bestFor(side: Side, limit: number): Resting | undefined {
    let best: Resting | undefined;
    for (const resting of this.orders) {
      if (resting.side === side) continue;
      if (side === 'buy' && resting.tick <= limit && (best === undefined || resting.tick < best.tick)) best = resting;
      if (side === 'sell' && resting.tick >= limit && (best === undefined || resting.tick > best.tick)) best = resting;
    }
    return best;
  }
}
