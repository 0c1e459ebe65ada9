import { LIMITS } from '../../src/engines/limits.ts';
import { cancelAll } from './book.ts';
import { cancelDue } from './connections.ts';
import { openOrdersOf } from './positions.ts';
import { accountOf, type Done, HOUSE, type Order, refuse, refuseLimit, type State, theAccount } from './state.ts';

export function openAccount(state: State, number: number, grant: number): Done {
  if (number <= HOUSE) return refuse('INVALID_REQUEST', 'id');
  if (number >= LIMITS.accounts) return refuseLimit('accounts', LIMITS.accounts, '');
  if (grant < 0 || grant > LIMITS.balance) return refuse('INVALID_REQUEST', 'amount');
  if (accountOf(state, number) !== undefined) return { duplicate: true };
  state.accounts.push({ number, balance: BigInt(grant), blocked: false, openOrders: 0, markets: [] });
  state.depositTotal += BigInt(grant);
  return {};
}

export function deposit(state: State, number: number, amount: number, reference: string): Done {
  const account = accountOf(state, number);
  if (account === undefined) return refuse('NOT_FOUND', 'id');
  if (amount <= 0) return refuse('INVALID_REQUEST', 'amount');
  const before = state.deposits.find((each) => each.reference === reference);
  if (before !== undefined) {
    if (before.account !== number || before.amount !== BigInt(amount)) return refuse('CONFLICT', 'reference');
    return { duplicate: true };
  }
  if (account.balance + BigInt(amount) > BigInt(LIMITS.balance))
    return refuseLimit('balance', LIMITS.balance, 'amount');
  state.deposits.push({ reference, account: number, amount: BigInt(amount) });
  account.balance += BigInt(amount);
  state.depositTotal += BigInt(amount);
  return {};
}

const youngestFirst = (orders: Order[]): Order[] => orders.sort((a, b) => b.turn - a.turn);

/** Resting orders of an account: market by market as it came to them, the youngest first. */
export const cancelable = (state: State, account: number): Order[] =>
  theAccount(state, account).markets.flatMap((index) =>
    youngestFirst(openOrdersOf(state, account, state.markets[index])),
  );

export function cancelAllOf(state: State, account: number, market: number): Done {
  if (accountOf(state, account) === undefined) return refuse('NOT_FOUND');
  if (market !== -1 && state.markets[market] === undefined) return refuse('UNKNOWN_MARKET', 'market');
  const orders = cancelable(state, account).filter((order) => market === -1 || order.market === market);
  return { count: cancelAll(state, orders, 'CANCELED') };
}

/** The kill switch: no new orders, and those that rest are canceled. */
export function setAccountRisk(state: State, number: number, blocked: boolean, openOrders: number): Done {
  const account = accountOf(state, number);
  if (account === undefined) return refuse('NOT_FOUND');
  account.blocked = blocked;
  account.openOrders = openOrders;
  return { count: blocked ? cancelAll(state, cancelable(state, number), 'KILL_SWITCH') : 0 };
}

/** Cancels orders that are due, the first due first; then all of the accounts whose dead-man's switches are. */
export function expireOrders(state: State): Done {
  const due = state.orders
    .filter((order) => order.resting && order.expiresAt !== 0 && order.expiresAt <= state.time)
    .sort((a, b) => a.expiresAt - b.expiresAt || a.engineId - b.engineId);
  return { count: cancelAll(state, due, 'EXPIRED') + cancelDue(state) };
}
