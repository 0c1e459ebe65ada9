import { START } from '../support/gateway.ts';
import { ok, refused, type Step } from './steps.ts';

const rain = { market: 'rain' };
const terms = { ...rain, side: 'buy', size: '2', price: '0.40' };

/** Every operation that needs a login. */
const PRIVATE = [
  { op: 'place', ...terms },
  { op: 'amend', ...rain, orderId: '1', size: '1' },
  { op: 'cancel', ...rain, orderId: '1' },
  { op: 'cancelAll' },
  { op: 'batch', requests: [{ op: 'cancel', ...rain, orderId: '1' }] },
  { op: 'replace', cancel: { orderId: '1' }, place: terms },
  { op: 'quotes', group: 'g', quotes: [{ ...rain, bid: null }] },
  { op: 'cancelQuotes' },
  { op: 'quoteGroup', group: 'g' },
  { op: 'cancelOnDisconnect', enabled: true },
  { op: 'cancelAfter', timeoutMs: 1 },
  { op: 'account' },
  { op: 'order', orderId: '1' },
];
const OPEN = [
  { op: 'ping' },
  { op: 'quote', ...rain, side: 'buy', size: '1' },
  { op: 'subscribe', channels: [{ ch: 'book', ...rain }] },
  { op: 'unsubscribe', channels: [{ ch: 'book', ...rain }] },
  { op: 'auth', token: '1' },
  { op: 'logout' },
];

/** What is no request at all, who may ask what, and what an answer repeats of its question. */
export const REQUESTS: readonly Step[] = [
  ok({ op: 'ping' }, { time: START }),
  ...PRIVATE.map((request) => refused(request, 'UNAUTHENTICATED')),
  refused({ op: 'subscribe', channels: [{ ch: 'orders' }] }, 'UNAUTHENTICATED', 'channels.0.ch'),
  ok({ op: 'quote', market: 'snow', side: 'buy', size: '10' }, { size: '10.00' }),
  refused({ op: 'auth' }, 'INVALID_REQUEST', 'apiKey'),
  refused({ op: 'auth', token: 'nobody' }, 'UNAUTHENTICATED'),
  ok({ op: 'auth', token: '1' }, { account: 'trader1', roles: ['trader'], expiresAt: START + 3_600_000 }),
  refused({ op: 'auth', token: '2' }, 'FORBIDDEN'),
  ok({ op: 'auth', token: '1' }),
  // A field that no operation has.
  ...[...PRIVATE, ...OPEN].map((request) => refused({ ...request, more: 1 }, 'INVALID_REQUEST', 'more')),
  ok({ id: 12, op: 'ping' }, { id: 12 }),
  ok({ id: 12, op: 'ping' }, { id: 12 }),
  ok({ id: Number.MAX_SAFE_INTEGER, op: 'ping' }, { id: Number.MAX_SAFE_INTEGER }),
  refused({ id: -1, op: 'ping' }, 'INVALID_REQUEST', 'id'),
  refused({ id: 'x', op: 'ping' }, 'INVALID_REQUEST', 'id'),
  refused({ id: 0.5, op: 'ping' }, 'INVALID_REQUEST', 'id'),
  refused({ op: 'nothing' }, 'INVALID_REQUEST', 'op'),
  refused({ id: 35 }, 'INVALID_REQUEST', 'op'),
  refused(7, 'INVALID_REQUEST'),
  refused(null, 'INVALID_REQUEST'),
  refused([], 'INVALID_REQUEST'),
];
