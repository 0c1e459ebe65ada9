import type { FeedLine, OrderLine, Side } from './feed.ts';

/** An order by all that the feed says of it. */
export type VenueOrder = {
  id: number;
  side: Side;
  /** Its messages in the order of what happened: at most one creation, changes, at most one deletion. */
  messages: OrderLine[];
  /** False: it rested before the feed began. */
  created: boolean;
};
/** What a message took from an order without canceling it: one fill. */
export type Decrease = {
  line: number;
  order: VenueOrder;
  cents: number;
  /** Undefined where the feed does not say what was left before: the first message of an order that rested already. */
  lots: number | undefined;
};
export type OrderFlow = {
  orders: Map<number, VenueOrder>;
  /** In the order of what happened. */
  messages: OrderLine[];
  decreases: Decrease[];
  /** Deletions told twice: the second is dropped. */
  repeatedDeletions: number;
  /** A deletion told before its creation or before the last change: the two messages change places. */
  deletedBeforeCreated: number;
  deletedBeforeChanged: number;
};

/** Puts the order messages of the feed in the order of what happened to each order, and finds the fills in them. */
export function orderFlow(feed: readonly FeedLine[]): OrderFlow {
  const inTurn = new Map<number, OrderLine[]>();
  const flow: OrderFlow = {
    ...{ orders: new Map(), messages: [], decreases: [] },
    ...{ repeatedDeletions: 0, deletedBeforeCreated: 0, deletedBeforeChanged: 0 },
  };
  for (const message of feed) {
    if (message.kind === 'print' || message.kind === 'book') continue;
    const messages = inTurn.get(message.id) ?? [];
    inTurn.set(message.id, messages);
    const last = messages.at(-1);
    if (last?.kind !== 'deleted') messages.push(message);
    else if (message.kind === 'deleted') flow.repeatedDeletions++;
    else {
      if (message.kind === 'created') flow.deletedBeforeCreated++;
      else flow.deletedBeforeChanged++;
      messages.splice(-1, 1, { ...message, line: last.line }, { ...last, line: message.line, time: message.time });
    }
  }
  for (const [id, messages] of inTurn) {
    const first = messages[0] as OrderLine;
    if (messages.some(({ side }) => side !== first.side)) throw new Error(`order ${id} changes sides`);
    const order = { id, side: first.side, messages, created: first.kind === 'created' };
    flow.orders.set(id, order);
    flow.messages.push(...messages);
    flow.decreases.push(...decreasesOf(order));
  }
  flow.messages.sort((a, b) => a.line - b.line);
  flow.decreases.sort((a, b) => a.line - b.line);
  return flow;
}

/** A change of the price is the venue's own: see `commands.ts`; it may lessen the amount, too, and is no fill. */
export const repriced = (order: VenueOrder, index: number): boolean =>
  index > 0 && order.messages[index]?.cents !== order.messages[index - 1]?.cents;

function decreasesOf(order: VenueOrder): Decrease[] {
  const found: Decrease[] = [];
  order.messages.forEach(({ kind, line, cents, lots }, index) => {
    const before = order.messages[index - 1]?.lots;
    if (kind === 'created' || repriced(order, index)) return;
    if (before !== undefined && lots > before) throw new Error(`order ${order.id} grows`);
    // A deletion with something left is a cancellation: nothing was filled.
    if (kind === 'deleted' && lots > 0) {
      if (before !== undefined && lots !== before) throw new Error(`order ${order.id} is canceled with another amount`);
      return;
    }
    found.push({ line, order, cents, lots: before === undefined ? undefined : before - lots });
  });
  return found;
}

/** The cancellations: deletions that leave something. */
export const canceledWith = (flow: OrderFlow): (OrderLine & { order: VenueOrder })[] =>
  flow.messages
    .filter(({ kind, lots }) => kind === 'deleted' && lots > 0)
    .map((message) => ({ ...message, order: flow.orders.get(message.id) as VenueOrder }));
