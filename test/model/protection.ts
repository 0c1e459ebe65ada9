import { cancel } from './book.ts';
import type { Group, GroupReport, Order, State } from './state.ts';

/** The group that an order is a quote of. */
export const groupOf = (state: State, order: Order): Group =>
  state.groups.find((group) => group.account === order.account && group.number === order.group) as Group;

export const quotesOf = (state: State, group: Group): Order[] =>
  state.orders.filter((order) => order.resting && order.account === group.account && order.group === group.number);

const counts = (state: State, { began, window }: Group): boolean => began !== undefined && state.time < began + window;

export function reportGroup(state: State, group: Group, cause: GroupReport['cause']): void {
  state.groupReports.push({ cause, ...groupView(state, group) });
}

/** What is told of a group. */
export function groupView(state: State, group: Group): Omit<GroupReport, 'cause'> {
  const { account, number, name, window, frozen, sizeLimit, deltaLimit, frozenUntil } = group;
  const counted = counts(state, group);
  return {
    ...{ account, number, name, limits: [window, frozen, Number(sizeLimit), Number(deltaLimit)] },
    frozenUntil: frozenUntil > state.time ? frozenUntil : 0,
    ...{ filled: counted ? Number(group.filled) : 0, delta: counted ? Number(group.delta) : 0 },
  };
}

export const endWindow = (group: Group): void => {
  Object.assign(group, { began: undefined, filled: 0n, delta: 0n });
};

/** A quote was filled: the fill that reaches a limit of its group trips it. */
export function countFill(state: State, order: Order, lots: bigint): void {
  if (order.group === 0) return;
  const group = groupOf(state, order);
  if (group.window === 0) return;
  if (!counts(state, group)) {
    endWindow(group);
    group.began = state.time;
  }
  group.filled += lots;
  group.delta += order.side === 'buy' ? lots : -lots;
  const net = group.delta < 0n ? -group.delta : group.delta;
  const hit =
    (group.sizeLimit > 0n && group.filled >= group.sizeLimit) || (group.deltaLimit > 0n && net >= group.deltaLimit);
  if (!hit || group.tripped) return;
  group.tripped = true;
  state.trips.push(group.account, group.number);
}

/** Nobody trades with a quote whose group has tripped: it will be gone. */
export const isOffered = (state: State, order: Order): boolean => order.group === 0 || !groupOf(state, order).tripped;

/** What has tripped is withdrawn and frozen. */
export function withdrawTripped(state: State): void {
  while (state.trips.length > 0) {
    const [account, number] = state.trips.splice(0, 2);
    const group = state.groups.find((each) => each.account === account && each.number === number) as Group;
    for (const quote of inKeyOrder(quotesOf(state, group))) cancel(state, quote, 'PROTECTION');
    group.frozenUntil = group.frozen === 0 ? Number.POSITIVE_INFINITY : state.time + group.frozen;
    reportGroup(state, group, 'tripped');
    endWindow(group);
    group.tripped = false;
  }
}

/** By market, outcome, whether it was said of the other side, bids first. */
export const inKeyOrder = (orders: Order[]): Order[] =>
  orders.sort(
    (a, b) =>
      a.market - b.market ||
      a.outcome - b.outcome ||
      Number(a.mirrored) - Number(b.mirrored) ||
      (a.side === b.side ? 0 : a.side === 'buy' ? -1 : 1),
  );
