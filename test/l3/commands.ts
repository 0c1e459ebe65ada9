import type { Side } from './feed.ts';
import { type OrderFlow, repriced, type VenueOrder } from './orders.ts';
import type { VenueTrades } from './prints.ts';

/**
 * A tick is a cent, the venue's own step, above $185.00: ticks 1 … 9,999 are $185.01 … $284.99. The market was between $234
 * and $238; what is outside is far from it. A lot is 0.00000001 BTC. Nothing is rounded.
 */
const BASE_CENTS = 18_500;
const TICKS_MAX = 9_999;
export const tickOf = (cents: number): number => cents - BASE_CENTS;
export const centsOf = (tick: number): number => tick + BASE_CENTS;
const inBand = (cents: number): boolean => tickOf(cents) >= 1 && tickOf(cents) <= TICKS_MAX;

/**
 * What the venue was sent, and what it said of an order after a fill:
 * - `place`: a limit order; also what buys or sells at once, which the venue shows as a limit order at the price it reached.
 * - `reprice`: the venue's own for an order that still wants to trade at once: it moves it to the best opposite price, and
 *   a buy to the amount that its money pays there.
 * - `cancel`: the owner's; `lots` are what the venue says were left.
 * - `left`: nothing was sent; `lots` are left after a fill.
 */
export type Command = {
  kind: 'place' | 'reprice' | 'cancel' | 'left';
  /** The line of the feed; −1: before the feed began. */
  line: number;
  time: number;
  order: number;
  side: Side;
  tick: number;
  lots: number;
};
export type Commands = {
  /** In the order of the feed, those of orders that rested before it first, by number. */
  commands: Command[];
  /** Orders left out because their price has no tick. */
  outside: VenueOrder[];
  /** The last command of these is for what they bought: the last cent of their money bought nothing. */
  shortened: number[];
};

export function commandsOf(flow: OrderFlow, venue: VenueTrades): Commands {
  const all = [...flow.orders.values()].toSorted((a, b) => a.id - b.id);
  const outside = all.filter(({ messages }) => messages.some(({ cents }) => !inBand(cents)));
  const left = new Set(outside);
  const before: Command[] = [];
  const commands: Command[] = [];
  const shortened: number[] = [];
  const start = flow.messages[0]?.time ?? 0;
  for (const order of all) {
    if (left.has(order)) continue;
    const { id, side, messages } = order;
    const first = messages[0];
    const lotsBefore = venue.lotsBefore.get(id);
    if (!order.created) {
      if (first === undefined || lotsBefore === undefined) throw new Error(`what order ${id} had is not known`);
      const tick = tickOf(first.cents);
      before.push({ kind: 'place', line: -1, time: start, order: id, side, tick, lots: lotsBefore });
    }
    const own = messages.map(({ kind, line, time, cents, lots }, index): Command => {
      const sent =
        kind === 'created' ? 'place' : repriced(order, index) ? 'reprice' : kind === 'deleted' ? 'cancel' : 'left';
      return {
        kind: sent === 'cancel' && lots === 0 ? 'left' : sent,
        line,
        time,
        order: id,
        side,
        tick: tickOf(cents),
        lots,
      };
    });
    const shortfall = venue.shortfalls.get(id);
    if (shortfall !== undefined) {
      const last = own.findLast(({ kind }) => kind === 'place' || kind === 'reprice');
      const end = own.at(-1);
      if (last === undefined || end?.kind !== 'cancel') throw new Error(`order ${id} did not end short of a cent`);
      last.lots -= shortfall;
      Object.assign(end, { kind: 'left', lots: 0 });
      shortened.push(id);
    }
    commands.push(...own);
  }
  return { commands: [...before, ...commands.toSorted((a, b) => a.line - b.line)], outside, shortened };
}
