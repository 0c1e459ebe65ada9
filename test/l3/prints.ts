import type { FeedLine, PrintLine } from './feed.ts';
import { canceledWith, type Decrease, type OrderFlow, type VenueOrder } from './orders.ts';

/** How far a print is from the messages of the fill that it stands for, at most, in lines. */
const NEAR = 5;
/** Lots × cents that a cent buys, and how far the venue's rounding is from it, at most. */
const CENT = 1e8;
const CENT_ERROR = 1e5;

/** A printed trade and the two orders that the order messages name as its sides. */
export type VenueTrade = {
  print: PrintLine;
  buyer: VenueOrder;
  seller: VenueOrder;
  /**
   * What says so. `both`: the messages of each side give the amount. `before`: one side rested before the feed began, and
   * what it had is what was left plus the print. `cent`: the buyer paid with all its money but a cent, and is deleted with
   * the amount that it wanted; the messages of the seller give the amount.
   */
  implied: 'both' | 'before' | 'cent';
};
export type VenueTrades = {
  /** In the order of their numbers. */
  trades: VenueTrade[];
  /** What orders that rested before the feed began had been left with when it did. */
  lotsBefore: Map<number, number>;
  /** By order: the lots that its last cent would have bought. */
  shortfalls: Map<number, number>;
  /** Prints that the order messages do not imply. */
  notImplied: PrintLine[];
  /** Fills in the order messages that nothing was printed for. */
  notPrinted: Decrease[];
  /** Prints that come after one with a higher number. */
  inverted: number;
};

/** Links each print to the fills of its two sides: the first near it that has its amount and no print yet. */
export function venueTrades(feed: readonly FeedLine[], flow: OrderFlow): VenueTrades {
  const prints = feed.filter((line) => line.kind === 'print');
  const free = new Set(flow.decreases);
  const take = (print: PrintLine, wanted: (fill: Decrease) => boolean): VenueOrder | undefined => {
    for (const fill of free) {
      if (Math.abs(fill.line - print.line) > NEAR || !wanted(fill)) continue;
      free.delete(fill);
      return fill.order;
    }
    return undefined;
  };
  const found: VenueTrades = {
    ...{ trades: [], lotsBefore: new Map(), shortfalls: new Map(), notImplied: [], notPrinted: [] },
    inverted: prints.filter(({ id }, index) => id < (prints[index - 1]?.id ?? 0)).length,
  };
  const exact = (print: PrintLine, side: string) =>
    take(print, (fill) => fill.order.side === side && fill.lots === print.lots);
  const before = (print: PrintLine, side: string) => {
    const rested = (fill: Decrease) =>
      fill.order.side === side && fill.lots === undefined && fill.cents === print.cents;
    const order = take(print, rested);
    if (order !== undefined) found.lotsBefore.set(order.id, print.lots + (order.messages[0]?.lots as number));
    return order;
  };
  const short = (print: PrintLine) => {
    for (const { id, line, cents, lots, order } of canceledWith(flow)) {
      const shortfall = lots - print.lots;
      if (order.side !== 'buy' || Math.abs(line - print.line) > NEAR || cents !== print.cents) continue;
      if (Math.abs(shortfall * cents - CENT) > CENT_ERROR) continue;
      found.shortfalls.set(id, shortfall);
      return order;
    }
    return undefined;
  };
  const sides = prints
    .toSorted((a, b) => a.id - b.id)
    .map((print) => ({ print, buyer: exact(print, 'buy'), seller: exact(print, 'sell') }));
  for (const { print, ...known } of sides) {
    const both = known.buyer !== undefined && known.seller !== undefined;
    const one = known.buyer !== undefined || known.seller !== undefined;
    let { buyer, seller } = known;
    if (one) {
      buyer ??= before(print, 'buy');
      seller ??= before(print, 'sell');
    }
    const cent = buyer === undefined && seller !== undefined;
    if (cent) buyer = short(print);
    if (buyer === undefined || seller === undefined) found.notImplied.push(print);
    else found.trades.push({ print, buyer, seller, implied: both ? 'both' : cent ? 'cent' : 'before' });
  }
  for (const order of flow.orders.values()) {
    const first = order.messages[0];
    if (!order.created && first?.kind === 'deleted' && first.lots > 0) found.lotsBefore.set(order.id, first.lots);
  }
  found.notPrinted = [...free];
  return found;
}
