import { LIMITS } from '../../src/engines/limits.ts';
import { amendOrder } from './amend.ts';
import { cancel, shrink } from './book.ts';
import type { GroupCommand, ModelCommand, QuoteItem, QuoteSide, QuotesCommand } from './commands.ts';
import { isArmed } from './connections.ts';
import { checkCollar, checkPrice, checkSize } from './limits.ts';
import { place } from './place.ts';
import { endWindow, inKeyOrder, quotesOf, reportGroup } from './protection.ts';
import {
  accountOf,
  DOLLAR,
  type Done,
  type Group,
  type Market,
  type Order,
  opposite,
  refuse,
  refuseLimit,
  remaining,
  type Side,
  type State,
} from './state.ts';

const ITEMS = 100;
const GROUPS = 32;
const NAME_LENGTH = 36;
const DAY = 86_400_000;

const groupNamed = (state: State, account: number, name: string): Group | undefined =>
  state.groups.find((group) => group.account === account && group.name === name);

function newGroup(state: State, account: number, name: string): Group | Done {
  const number = state.groups.filter((group) => group.account === account).length + 1;
  if (number > GROUPS) return refuseLimit('quoteGroupsPerAccount', GROUPS, 'group');
  const group: Group = {
    ...{ account, number, name, window: 0, frozen: 0, sizeLimit: 0n, deltaLimit: 0n },
    ...{ frozenUntil: 0, began: undefined, filled: 0n, delta: 0n, tripped: false },
  };
  state.groups.push(group);
  return group;
}

const isName = (name: string): boolean => name.length >= 1 && name.length <= NAME_LENGTH;
const removes = (side: QuoteSide): boolean => side === undefined || side[1] === 0;

/** What is asked of a mass quote as a whole. The group is there afterwards. */
export function beginQuotes(state: State, { account: number, group: name, deadline, items }: QuotesCommand): Done {
  const account = accountOf(state, number);
  if (account === undefined) return refuse('NOT_FOUND');
  if (items.length === 0 || items.length > ITEMS) return refuse('INVALID_REQUEST', 'requests');
  if (!isName(name)) return refuse('INVALID_REQUEST', 'group');
  if (account.blocked) return refuse('FORBIDDEN');
  if (deadline !== 0 && state.time > deadline) return refuse('DEADLINE_PASSED', 'deadline');
  const group = groupNamed(state, number, name);
  if (group === undefined) {
    const fresh = newGroup(state, number, name);
    if (!('name' in fresh)) return fresh;
    reportGroup(state, fresh, 'created');
    return {};
  }
  if (group.frozenUntil <= state.time || items.every(({ bid, ask }) => removes(bid) && removes(ask))) return {};
  const until = group.frozenUntil === Number.POSITIVE_INFINITY ? -1 : group.frozenUntil;
  return refuseLimit('marketMakerProtection', until, 'group');
}

/** The quotes of one item in the order in which they are made; a refusal of the item as a whole. */
export function sidesOf(state: State, command: QuotesCommand, item: QuoteItem): Side[] | Done {
  const market = state.markets[item.market];
  if (market === undefined) return refuse('UNKNOWN_MARKET', 'market');
  if (item.outcome >= market.outcomes) return refuse('UNKNOWN_OUTCOME', 'outcome');
  if (item.against && market.outcomes === 2) return refuse('INVALID_REQUEST', 'outcome');
  const removed: Side[] = [];
  const made: Side[] = [];
  if (item.bid !== undefined) (item.bid[1] === 0 ? removed : made).push('buy');
  if (item.ask !== undefined) (item.ask[1] === 0 ? removed : made).push('sell');
  const ask = standing(state, command, item, 'sell');
  const meets = made.length === 2 && ask !== undefined && BigInt(item.bid?.[0] ?? 0) >= ownPrice(ask);
  return [...removed, ...(meets ? made.reverse() : made)];
}

const ownPrice = (order: Order): bigint => (order.mirrored ? DOLLAR - order.price : order.price);

const isMirrored = (market: Market, item: QuoteItem): boolean =>
  item.against || (market.outcomes === 2 && market.type !== 'lmsr' && item.outcome === 1);

/** The quote of the group on a side of an instrument, as its client names them. */
function standing(
  state: State,
  { account, group: name }: QuotesCommand,
  item: QuoteItem,
  side: Side,
): Order | undefined {
  const market = state.markets[item.market] as Market;
  const mirrored = isMirrored(market, item);
  const outcome = mirrored && market.outcomes === 2 ? 0 : item.outcome;
  return quotesOf(state, groupNamed(state, account, name) as Group).find(
    (order) =>
      order.market === item.market &&
      order.outcome === outcome &&
      order.mirrored === mirrored &&
      (mirrored ? opposite(order.side) : order.side) === side,
  );
}

/** Makes one side what the item says. */
export function quoteSide(state: State, command: QuotesCommand, item: QuoteItem, side: Side): Done {
  const { account } = command;
  const [price, lots] = (side === 'buy' ? item.bid : item.ask) as [number, number];
  const quote = standing(state, command, item, side);
  if (lots === 0) {
    if (quote !== undefined) cancel(state, quote, 'CANCELED');
    return {};
  }
  const connection = isArmed(state, account, command.connection) ? command.connection : 0;
  const done =
    quote === undefined ? placed(state, command, item, side, [price, lots]) : restated(state, quote, price, lots);
  if (done.refused !== undefined) return done;
  const now = standing(state, command, item, side);
  if (now !== undefined) now.connection = connection;
  return {};
}

function placed(
  state: State,
  { account, group }: QuotesCommand,
  { market, outcome, against }: QuoteItem,
  side: Side,
  [price, size]: [number, number],
): Done {
  const order = { kind: 'PLACE', account, market, outcome, side, type: 'limit', tif: 'GTC', price, size } as const;
  const done = place(state, { ...order, postOnly: true, against });
  const made = state.orders.find(({ id }) => id === done.order);
  if (made !== undefined) made.group = groupNamed(state, account, group)?.number as number;
  return done;
}

/** Shall show `lots` at `price`: an amendment, but that an order that would have too much in all goes on as a new one. */
function restated(state: State, quote: Order, price: number, lots: number): Done {
  const market = state.markets[quote.market] as Market;
  const before = { ...quote };
  if (BigInt(price) === ownPrice(quote) && BigInt(lots) === remaining(quote)) return {};
  if (market.status !== 'open' || state.time >= market.closeTime) return refuse('MARKET_NOT_OPEN', 'market');
  const bookPrice = quote.mirrored ? DOLLAR - BigInt(price) : BigInt(price);
  const bad =
    checkPrice(market, price) ??
    (bookPrice === quote.price ? undefined : checkCollar(market, { ...quote, price: bookPrice })) ??
    checkSize(market, lots);
  if (bad !== undefined) return bad;
  if (bookPrice === quote.price && BigInt(lots) < remaining(quote)) {
    shrink(state, quote, remaining(quote) - BigInt(lots));
    return {};
  }
  const total = quote.filled + BigInt(lots);
  const done = amendOrder(state, quote, price, total, true);
  if (done.refused !== undefined || total <= (market.orderLots || BigInt(LIMITS.orderLots))) return done;
  const fresh: Order = {
    ...quote,
    ...{ id: state.nextOrder++, size: BigInt(lots), filled: 0n, filledMicros: 0n, feeExact: 0n, fees: 0n, engineId: 0 },
    createdAt: state.time,
  };
  Object.assign(quote, before, { status: 'canceled', reason: 'CANCELED', resting: false, covered: 0n });
  state.orders.push(fresh);
  return {};
}

type CancelQuotes = Extract<ModelCommand, { kind: 'CANCEL_QUOTES' }>;

export function cancelQuotes(state: State, { account, group: name, market }: CancelQuotes): Done {
  if (accountOf(state, account) === undefined) return refuse('NOT_FOUND');
  if (market !== -1 && state.markets[market] === undefined) return refuse('UNKNOWN_MARKET', 'market');
  const groups = state.groups.filter((group) => group.account === account && (name === '' || group.name === name));
  const quotes = groups.flatMap((group) => inKeyOrder(quotesOf(state, group)));
  const chosen = quotes.filter((quote) => market === -1 || quote.market === market);
  for (const quote of chosen) cancel(state, quote, 'CANCELED');
  return { count: chosen.length };
}

export function configureGroup(state: State, { account, group: name, protection, reset }: GroupCommand): Done {
  if (accountOf(state, account) === undefined) return refuse('NOT_FOUND');
  if (!isName(name)) return refuse('INVALID_REQUEST', 'group');
  if (protection !== undefined && protection !== null && protection.window !== 0) {
    const { window, frozen, size, delta } = protection;
    const sizes = [size, delta].every((lots) => lots >= 0 && lots <= LIMITS.orderLots) && size + delta > 0;
    if (window < 0 || window > DAY || frozen < 0 || frozen > DAY || !sizes)
      return refuse('INVALID_REQUEST', 'protection');
  }
  const known = groupNamed(state, account, name);
  if (known === undefined && protection === undefined) return refuse('NOT_FOUND', 'group');
  const group = known ?? newGroup(state, account, name);
  if (!('name' in group)) return group;
  if (protection !== undefined) {
    const { window, frozen, size, delta } =
      protection === null || protection.window === 0 ? { window: 0, frozen: 0, size: 0, delta: 0 } : protection;
    Object.assign(group, { window, frozen, sizeLimit: BigInt(size), deltaLimit: BigInt(delta) });
    endWindow(group);
  }
  if (reset) {
    group.frozenUntil = 0;
    endWindow(group);
  }
  reportGroup(state, group, known === undefined ? 'created' : reset ? 'reset' : 'configured');
  return {};
}
