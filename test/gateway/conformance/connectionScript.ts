import { expect } from 'vitest';
import { START } from '../support/gateway.ts';
import { meanwhile, ok, otherDoes, refused, type Step } from './steps.ts';

const order = { op: 'place', market: 'rain', side: 'buy', size: '1', price: '0.40' };

const open = (count: number) => ok({ op: 'account' }, { orders: Array.from({ length: count }, () => ({})) });

/** What a connection and its account can be bound to. What the end of a connection then does is in connections.test.ts. */
export const CONNECTION: readonly Step[] = [
  ok({ op: 'auth', token: '1' }),
  ok({ op: 'subscribe', channels: [{ ch: 'orders' }] }),
  ok({ op: 'cancelOnDisconnect', enabled: true }, { enabled: true, scope: 'connection' }),
  ok(order),
  ok({ op: 'cancelOnDisconnect', enabled: false, scope: 'connection' }, { enabled: false, scope: 'connection' }),
  ok({ op: 'cancelOnDisconnect', enabled: true, scope: 'account' }, { enabled: true, scope: 'account' }),
  ok({ op: 'cancelOnDisconnect', enabled: false, scope: 'account' }, { enabled: false, scope: 'account' }),
  refused({ op: 'cancelOnDisconnect' }, 'INVALID_REQUEST', 'enabled'),
  refused({ op: 'cancelOnDisconnect', enabled: true, scope: 'all' }, 'INVALID_REQUEST', 'scope'),
  ok({ op: 'cancelAfter', timeoutMs: 60_000 }, { cancelAt: START + 60_000 }),
  ok({ op: 'cancelAfter', timeoutMs: 0, timing: true }, { cancelAt: null }),
  refused({ op: 'cancelAfter', timeoutMs: 86_400_001 }, 'INVALID_REQUEST', 'timeoutMs'),

  // A switch that is set again in time, and then is not: it takes all of this account’s orders, wherever they were placed.
  otherDoes(order),
  ok({ op: 'cancelAfter', timeoutMs: 1_000 }, { cancelAt: START + 1_000 }),
  ok(order),
  meanwhile(({ gateway }) => gateway.passTo(START + 999)),
  ok({ op: 'cancelAfter', timeoutMs: 1_000 }, { cancelAt: START + 1_999 }),
  meanwhile(({ gateway }) => gateway.passTo(START + 1_998)),
  open(2),
  meanwhile(async ({ gateway, peer, other }) => {
    gateway.passTo(START + 1_999);
    await peer.until(({ order: told, more }) => told?.reason === 'CANCEL_AFTER' && more === undefined);
    expect((await other.ok({ id: 2, op: 'account' })).orders).toHaveLength(1);
  }),
  open(0),
  // It has fired once and for all.
  ok(order),
  meanwhile(({ gateway }) => gateway.passTo(START + 5_000)),
  open(1),
];
