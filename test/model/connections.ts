import { cancelable } from './accounts.ts';
import { cancelAll } from './book.ts';
import type { ConnectionCommand } from './commands.ts';
import { openOrdersOf } from './positions.ts';
import { accountOf, type Connections, type Done, refuse, refuseLimit, type State } from './state.ts';

const NUMBERS = 63;
const DAY = 86_400_000;

export function connectionsOf(state: State, account: number): Connections {
  const found = state.connections.find((each) => each.account === account);
  if (found !== undefined) return found;
  const fresh: Connections = { account, armsAtLogin: false, armed: [], cancelAt: 0 };
  state.connections.push(fresh);
  return fresh;
}

export const isArmed = (state: State, account: number, number: number): boolean =>
  connectionsOf(state, account).armed.includes(number);

function report(state: State, { account, armsAtLogin, armed, cancelAt }: Connections): void {
  state.connectionReports.push({ account, armsAtLogin, armed: armed.length, cancelAt });
}

export function connection(state: State, { account, action, number }: ConnectionCommand): Done {
  if (action === 'ALL_GONE') {
    for (const each of state.connections
      .filter(({ armed }) => armed.length > 0)
      .sort((a, b) => a.account - b.account)) {
      for (const armed of each.armed.toSorted((a, b) => a - b)) cancelCarried(state, each.account, armed);
      each.armed = [];
      report(state, each);
    }
    return { count: 0 };
  }
  if (accountOf(state, account) === undefined) return refuse('NOT_FOUND');
  const own = connectionsOf(state, account);
  switch (action) {
    case 'ARM': {
      const numbers = Array.from({ length: NUMBERS }, (_, i) => i + 1);
      const free = numbers.find((each) => !own.armed.includes(each));
      if (free === undefined) return refuseLimit('armedConnectionsPerAccount', NUMBERS, '');
      own.armed.push(free);
      report(state, own);
      return { count: free };
    }
    case 'DISARM':
    case 'GONE':
      if (!own.armed.includes(number)) return {};
      if (action === 'GONE') cancelCarried(state, account, number);
      for (const order of openOrdersOf(state, account)) if (order.connection === number) order.connection = 0;
      own.armed = own.armed.filter((each) => each !== number);
      report(state, own);
      return {};
    default: {
      const armsAtLogin = action === 'DEFAULT_ON';
      if (own.armsAtLogin === armsAtLogin) return {};
      own.armsAtLogin = armsAtLogin;
      report(state, own);
      return {};
    }
  }
}

function cancelCarried(state: State, account: number, number: number): void {
  const carried = cancelable(state, account).filter((order) => order.connection === number);
  cancelAll(state, carried, 'DISCONNECTED');
}

export function cancelAfter(state: State, account: number, ms: number): Done {
  if (accountOf(state, account) === undefined) return refuse('NOT_FOUND');
  if (ms < 0 || ms > DAY) return refuse('INVALID_REQUEST', 'timeoutMs');
  const own = connectionsOf(state, account);
  const cancelAt = ms === 0 ? 0 : state.time + ms;
  if (own.cancelAt === cancelAt) return {};
  own.cancelAt = cancelAt;
  report(state, own);
  return {};
}

/** Cancels everything of the accounts whose switches are due, the first due first; returns how many orders. */
export function cancelDue(state: State): number {
  const due = state.connections
    .filter(({ cancelAt }) => cancelAt !== 0 && cancelAt <= state.time)
    .sort((a, b) => a.cancelAt - b.cancelAt || a.account - b.account);
  let canceled = 0;
  for (const own of due) {
    canceled += cancelAll(state, cancelable(state, own.account), 'CANCEL_AFTER');
    own.cancelAt = 0;
    report(state, own);
  }
  return canceled;
}
