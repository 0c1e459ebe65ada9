import { meanwhile, ok, otherDoes, refused, type Step } from './steps.ts';

const rain = { market: 'rain' };
const subscribe = (...channels: object[]) => ({ op: 'subscribe', channels });
const order = { op: 'place', ...rain, side: 'buy', size: '1', price: '0.40' };
const PUBLIC = ['book', 'book.l3', 'trades', 'ticker', 'market'].map((ch) => ({ ch, ...rain }));
const PRIVATE = ['orders', 'fills', 'account', 'quotes'].map((ch) => ({ ch }));

/** Subscribing, resubscribing, resuming from memory, and every channel whose messages do not wait for a time of their own. */
export const CHANNELS: readonly Step[] = [
  ok(subscribe(...PUBLIC), { subscribed: PUBLIC }),
  ok({ op: 'auth', token: '1' }),
  ok(subscribe(...PRIVATE), { subscribed: [...PUBLIC, ...PRIVATE] }),
  refused(subscribe(), 'INVALID_REQUEST', 'channels'),
  refused(subscribe({ ch: 'nothing' }), 'INVALID_REQUEST', 'channels.0.ch'),
  refused(subscribe({ ch: 'book' }), 'INVALID_REQUEST', 'channels.0.market'),
  refused(subscribe({ ch: 'account', ...rain }), 'INVALID_REQUEST', 'channels.0.market'),
  refused(subscribe({ ch: 'book', ...rain, depth: 0 }), 'INVALID_REQUEST', 'channels.0.depth'),
  refused(subscribe({ ch: 'trades', ...rain, depth: 1 }), 'INVALID_REQUEST', 'channels.0.depth'),
  refused(subscribe({ ch: 'book', ...rain, conflateMs: 10_001 }), 'INVALID_REQUEST', 'channels.0.conflateMs'),
  refused(subscribe({ ch: 'book.l3', ...rain, conflateMs: 1 }), 'INVALID_REQUEST', 'channels.0.conflateMs'),
  refused(subscribe({ ch: 'book', ...rain, interval: '1m' }), 'INVALID_REQUEST', 'channels.0.interval'),
  refused(subscribe({ ch: 'fills', queue: true }), 'INVALID_REQUEST', 'channels.0.queue'),
  refused(subscribe({ ch: 'book', ...rain }, { ch: 'book', ...rain }), 'INVALID_REQUEST', 'channels.1.ch'),
  refused(subscribe({ ch: 'orders', ...rain }), 'INVALID_REQUEST', 'channels.0.market'),
  refused(subscribe({ ch: 'book', market: 'nowhere' }), 'UNKNOWN_MARKET', 'channels.0.market'),
  // There is no history here: where there is one, see streams.test.ts.
  refused(subscribe({ ch: 'candles', ...rain }), 'UNAVAILABLE', 'channels.0.ch'),

  otherDoes({ op: 'place', ...rain, side: 'sell', size: '3', price: '0.60' }),
  ok({ ...order, price: '0.60', size: '2' }),
  ok(order),
  ok({ ...order, side: 'sell', stp: 'expire-maker' }),
  ok({ op: 'quotes', group: 'g', quotes: [{ ...rain, bid: { price: '0.30', size: '1' } }] }),
  meanwhile(({ gateway }) => gateway.step('HALT', 0)),
  meanwhile(({ gateway }) => gateway.step('RESUME', 0)),

  // Another snapshot, of another form.
  ok(subscribe({ ch: 'book', ...rain, depth: 1 })),
  ok({ ...order, price: '0.35' }),
  ok(subscribe({ ch: 'book', market: 'cup', depth: 5 }, { ch: 'ticker', market: 'snow', conflateMs: 0 })),
  ok({ op: 'place', market: 'cup', outcome: 'C', side: 'sell', size: '1', price: '0.50' }),
  ok({ op: 'place', market: 'snow', type: 'market', side: 'buy', size: '10' }),

  // What a client that was away from seq 9 on has missed: two channels tell it, others say where they stand.
  ok({ op: 'unsubscribe', channels: [...PUBLIC, ...PRIVATE] }),
  ok(subscribe(...[...PUBLIC, ...PRIVATE].map((channel) => ({ ...channel, since: 9 })))),
  ok({ ...order, price: '0.36' }),
  ok(subscribe({ ch: 'orders', since: 1_000_000 })),
  ok({ op: 'unsubscribe', channels: [{ ch: 'orders' }, { ch: 'candles', ...rain }] }),
  ok(subscribe({ ch: 'orders', ...rain }, { ch: 'orders', market: 'cup' })),
  ok({ op: 'cancelAll' }),
  meanwhile(({ gateway }) => gateway.step('CLOSE', 0)),
];
