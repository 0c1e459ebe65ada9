import { PRICE, ROW, TERMS } from '../order-book/orders.ts';
import { groupName, type QuoteGroup } from '../quotes/groups.ts';
import type { State } from '../state.ts';

/** A resting quote in the terms of its book; `terms` as in ORDER events. */
export type RestingQuote = { group: number; market: number; terms: number; price: number; remaining: number };
/** `frozenUntil`: 0 not frozen, −1 until it is reset. `filled` and `delta`: of the window under way. */
export type GroupJson = {
  group: number;
  name: string;
  windowMs: number;
  frozenMs: number;
  sizeLimit: number;
  deltaLimit: number;
  frozenUntil: number;
  filled: number;
  delta: number;
};
/** Quotes by group, market, outcome; groups by number. */
export type QuotesJson = { seq: number; quotes: RestingQuote[]; groups: GroupJson[] };

export function quotesJson(state: State, account: number): QuotesJson {
  const groups = state.quoteGroups.of(account);
  return {
    seq: state.seq,
    quotes: groups.flatMap((group) => quotesOf(state, group)),
    groups: groups.map((group) => groupJson(group, state.time)),
  };
}

function quotesOf({ orders }: State, group: QuoteGroup): RestingQuote[] {
  return Array.from(group.sortedKeys(), (key) => {
    const slot = group.quotes.get(key) as number;
    const row = slot * ROW;
    return {
      group: group.number,
      market: key >> 8,
      terms: orders.rows[row + TERMS] as number,
      price: orders.rows[row + PRICE] as number,
      remaining: orders.remaining(slot),
    };
  });
}

function groupJson(group: QuoteGroup, time: number): GroupJson {
  const counts = group.inWindow(time);
  const until = group.frozenUntil === Number.POSITIVE_INFINITY ? -1 : group.frozenUntil;
  return {
    group: group.number,
    name: groupName(group),
    windowMs: group.window,
    frozenMs: group.frozen,
    sizeLimit: group.sizeLimit,
    deltaLimit: group.deltaLimit,
    frozenUntil: group.isFrozen(time) ? until : 0,
    filled: counts ? group.filled : 0,
    delta: counts ? group.delta : 0,
  };
}
