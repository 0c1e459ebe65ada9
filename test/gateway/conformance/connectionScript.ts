import { START } from '../support/gateway.ts';
import { ok, refused, type Step } from './steps.ts';

const order = { op: 'place', market: 'rain', side: 'buy', size: '1', price: '0.40' };

/** What a connection can be bound to. What its end then does is in connections.test.ts. */
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
];
