import type { Request } from '../../protocol/requests.ts';

type Op = Request['op'];
/** Tokens of an operation, for each request or for each of what it lists, and the budget that they come from. */
export type Cost = {
  readonly cost: number;
  readonly per: 'request' | 'item' | 'quote' | 'channel';
  readonly budget: 'requests' | 'cancels';
};

const requests = (cost: number, per: Cost['per'] = 'request'): Cost => ({ cost, per, budget: 'requests' });
const cancels = (cost: number): Cost => ({ cost, per: 'request', budget: 'cancels' });

/**
 * What each operation costs, about as it burdens the server beside a place: a quote needs no text of an order in and out, an
 * account is up to 10,000 orders, a channel begins with a snapshot or a replay, a login asks the database.
 */
export const COSTS: Readonly<Record<Op, Cost>> = {
  place: requests(1),
  amend: requests(1),
  replace: requests(2),
  batch: requests(1, 'item'),
  quotes: requests(0.25, 'quote'),
  quoteGroup: requests(1),
  cancel: cancels(1),
  cancelAll: cancels(1),
  cancelQuotes: cancels(1),
  cancelAfter: cancels(1),
  cancelOnDisconnect: requests(1),
  quote: requests(5),
  order: requests(5),
  account: requests(10),
  subscribe: requests(5, 'channel'),
  unsubscribe: requests(1),
  auth: requests(10),
  logout: requests(1),
  ping: requests(1),
};

const BY_OP: ReadonlyMap<unknown, Cost> = new Map(Object.entries(COSTS));
const LISTS = { item: 'requests', quote: 'quotes', channel: 'channels' } as const;
/** The longest list that any request may have; what is longer is refused, and costs no more. */
const LIST_MAX = 200;

/** What a message costs that nobody has looked at yet: anything that is no request costs 1. */
export function costOf(message: unknown): number {
  if (typeof message !== 'object' || message === null) return 1;
  const fields = message as Record<string, unknown>;
  if (fields.op === 'place') return 1;
  const found = BY_OP.get(fields.op);
  if (found === undefined) return 1;
  const { cost, per } = found;
  if (per === 'request') return cost;
  const list = fields[LISTS[per]];
  return Array.isArray(list) ? Math.max(1, Math.ceil(cost * Math.min(list.length, LIST_MAX))) : 1;
}

/** What a mass quote of so many costs, as {@link costOf} says of the whole message. */
export const quotesCost = (count: number): number => Math.max(1, Math.ceil(COSTS.quotes.cost * count));

/** Whether a message only takes orders away (or puts off the moment when all are): it has a budget and a lane of its own. */
export function onlyRemoves(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const fields = message as Record<string, unknown>;
  switch (fields.op) {
    case 'place':
      return false;
    case 'batch':
      return every(fields.requests, (item) => item.op === 'cancel');
    case 'quotes':
      return every(fields.quotes, ({ bid, ask }) => (bid ?? null) === null && (ask ?? null) === null);
    default:
      return BY_OP.get(fields.op)?.budget === 'cancels';
  }
}

function every(list: unknown, removes: (item: Record<string, unknown>) => boolean): boolean {
  if (!Array.isArray(list) || list.length === 0 || list.length > LIST_MAX) return false;
  return list.every((item) => typeof item === 'object' && item !== null && removes(item));
}
