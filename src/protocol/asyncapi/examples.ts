import type { JsonValue } from '../jsonSchemas.ts';
import type { Request } from '../requests.ts';

type Example = { readonly [field: string]: JsonValue };
export type Exchange = { request: Example; answer: Example };

const market = 'rain-in-oslo';
const createdAt = 1_700_000_000_000;
const ORDER = {
  orderId: '16777216',
  clientOrderId: 'mm-1',
  market,
  outcome: 'YES',
  side: 'buy',
  type: 'limit',
  price: '0.55',
  size: '10.00',
  filled: '0.00',
  remaining: '10.00',
  status: 'open',
  tif: 'GTC',
  fees: '0.000000',
  seq: 8,
  createdAt,
};
const AMENDED = { ...ORDER, size: '8.00', filled: '4.00', remaining: '4.00', avgPrice: '0.55', seq: 10 };
const CANCELED = { ...AMENDED, status: 'canceled', reason: 'CANCELED', seq: 12 };
const REPLACEMENT = { ...ORDER, orderId: '16777220', clientOrderId: 'mm-2', price: '0.54', seq: 21 };
const FILL = { tradeId: '1', price: '0.55', size: '4.00', fee: '0.000000', liquidity: 'maker', venue: 'book' };
const POSITION = {
  market,
  outcome: 'YES',
  size: '4.00',
  held: '0.00',
  costBasis: '2.200000',
  avgPrice: '0.55',
  realizedPnl: '0.000000',
};
const QUOTE = { group: 'oslo', market, outcome: 'YES', side: 'bid', price: '0.48', size: '25.00', status: 'open' };
const PROTECTION = { windowMs: 1000, frozenMs: 5000, maxSize: '100' };
const GROUP = { group: 'oslo', protection: { ...PROTECTION, maxSize: '100.00' }, filled: '0.00', delta: '0.00' };

/** A request of each operation with its answer. */
export const EXCHANGES: Readonly<Record<Request['op'], Exchange>> = {
  auth: {
    request: { id: 1, op: 'auth', token: 'eyJhbGciOi…' },
    answer: { id: 1, ok: true, account: 'trader1', roles: ['trader'], expiresAt: createdAt + 3_600_000 },
  },
  place: {
    request: { id: 2, op: 'place', market, side: 'buy', size: '10', price: '0.55', clientOrderId: 'mm-1' },
    answer: { id: 2, ok: true, order: { ...ORDER, fills: [] } },
  },
  amend: {
    request: { id: 3, op: 'amend', market, clientOrderId: 'mm-1', size: '8' },
    answer: { id: 3, ok: true, order: { ...AMENDED, fills: [] }, keptPriority: true },
  },
  cancel: {
    request: { id: 4, op: 'cancel', market, clientOrderId: 'mm-1', timing: true },
    answer: {
      id: 4,
      ok: true,
      order: CANCELED,
      timing: { receivedAt: createdAt * 1000, sequenced: 60, committed: 480, sent: 510 },
    },
  },
  cancelAll: { request: { id: 5, op: 'cancelAll' }, answer: { id: 5, ok: true, canceled: 0, seq: 14 } },
  batch: {
    request: {
      id: 6,
      op: 'batch',
      requests: [
        { op: 'cancel', market, clientOrderId: 'mm-7' },
        { op: 'place', market, side: 'buy', size: '10', price: '0.55', clientOrderId: 'mm-1' },
      ],
    },
    answer: {
      id: 6,
      ok: true,
      results: [
        {
          ok: false,
          error: {
            code: 'UNKNOWN_ORDER',
            message: 'there is no such open order of this account',
            field: 'clientOrderId',
          },
        },
        { ok: true, order: { ...ORDER, fills: [] } },
      ],
    },
  },
  replace: {
    request: {
      id: 7,
      op: 'replace',
      cancel: { clientOrderId: 'mm-1' },
      place: { market, side: 'buy', size: '10', price: '0.54', clientOrderId: 'mm-2' },
    },
    answer: {
      id: 7,
      ok: true,
      results: [
        { ok: true, order: { ...CANCELED, seq: 21 } },
        { ok: true, order: { ...REPLACEMENT, fills: [] } },
      ],
    },
  },
  quotes: {
    request: {
      id: 8,
      op: 'quotes',
      group: 'oslo',
      quotes: [
        { market, bid: { price: '0.48', size: '25' }, ask: { price: '0.52', size: '25' } },
        { market: 'snow', bid: null },
      ],
    },
    answer: { id: 8, ok: true, results: [{ ok: true }, { ok: true }], seq: 22 },
  },
  cancelQuotes: {
    request: { id: 9, op: 'cancelQuotes', group: 'oslo' },
    answer: { id: 9, ok: true, canceled: 2, seq: 23 },
  },
  quoteGroup: {
    request: { id: 10, op: 'quoteGroup', group: 'oslo', protection: PROTECTION },
    answer: { id: 10, ok: true, ...GROUP, seq: 24 },
  },
  cancelOnDisconnect: {
    request: { id: 11, op: 'cancelOnDisconnect', enabled: true },
    answer: { id: 11, ok: true, enabled: true, scope: 'connection' },
  },
  cancelAfter: {
    request: { id: 12, op: 'cancelAfter', timeoutMs: 30_000 },
    answer: { id: 12, ok: true, cancelAt: createdAt + 30_000 },
  },
  quote: {
    request: { id: 13, op: 'quote', market: 'snow', side: 'buy', size: '10' },
    answer: {
      id: 13,
      ok: true,
      size: '10.00',
      cost: '5.124948',
      fees: '0.000000',
      avgPrice: '0.512495',
      priceAfter: '0.524979',
      venues: [{ venue: 'amm', size: '10.00', cost: '5.124948' }],
    },
  },
  account: {
    request: { id: 14, op: 'account' },
    answer: {
      id: 14,
      ok: true,
      balance: '999997.800000',
      available: '999997.800000',
      held: '0.000000',
      positions: [POSITION],
      orders: [],
      seq: 13,
    },
  },
  order: {
    request: { id: 15, op: 'order', clientOrderId: 'mm-1' },
    answer: { id: 15, ok: true, order: { ...CANCELED, fills: [FILL] } },
  },
  subscribe: {
    request: { id: 16, op: 'subscribe', channels: [{ ch: 'book', market, depth: 5, conflateMs: 100 }] },
    answer: { id: 16, ok: true, subscribed: [{ ch: 'book', market, depth: 5, conflateMs: 100 }] },
  },
  unsubscribe: {
    request: { id: 17, op: 'unsubscribe', channels: [{ ch: 'book', market }] },
    answer: { id: 17, ok: true, subscribed: [] },
  },
  logout: { request: { id: 18, op: 'logout' }, answer: { id: 18, ok: true } },
  ping: { request: { id: 19, op: 'ping' }, answer: { id: 19, ok: true, time: createdAt } },
};

export const FAILURE: Example = {
  id: 7,
  ok: false,
  error: { code: 'PRICE_OUT_OF_RANGE', message: 'the price must be above 0 and below 1', field: 'price' },
};

const OUTCOME_CANDLE = {
  outcome: 'YES',
  start: createdAt,
  open: '0.54',
  high: '0.55',
  low: '0.54',
  close: '0.55',
  size: '12.00',
  volume: '6.560000',
  trades: 3,
};

/** A message of each kind of `streams`. */
export const MESSAGES: Readonly<Record<string, Example>> = {
  book: { ch: 'book', market, seq: 8, prev: 5, type: 'delta', bids: [['0.55', '10.00']], asks: [], crc: 999666172 },
  bookSnapshot: { ch: 'book', market, seq: 5, prev: 5, type: 'snapshot', bids: [], asks: [], crc: 2343686810 },
  bookL3Delta: {
    ch: 'book.l3',
    type: 'delta',
    market,
    seq: 9,
    prev: 8,
    books: [{ outcome: 'YES', orders: [['7', 'bid', '0.55', '6.00']] }],
  },
  bookL3Snapshot: {
    ch: 'book.l3',
    type: 'snapshot',
    market,
    seq: 8,
    prev: 8,
    books: [{ outcome: 'YES', orders: [['7', 'bid', '0.55', '10.00']] }],
  },
  bookL3Ended: {
    ch: 'book.l3',
    type: 'ended',
    market,
    seq: 10,
    error: {
      code: 'LIMIT_EXCEEDED',
      message: 'the book has too many orders',
      limit: { name: 'bookQueryOrders', value: 20_000 },
    },
  },
  trades: {
    ch: 'trades',
    market,
    seq: 9,
    prev: 5,
    tradeId: '1',
    outcome: 'YES',
    price: '0.55',
    size: '4.00',
    side: 'sell',
    venue: 'book',
    time: createdAt,
  },
  tradesSnapshot: { ch: 'trades', type: 'snapshot', market, seq: 5, prev: 5, trades: [] },
  ticker: {
    ch: 'ticker',
    market: 'snow',
    seq: 15,
    prev: 7,
    outcomes: [
      { outcome: 'YES', last: '0.512495', ammPrice: '0.524979' },
      { outcome: 'NO', ammPrice: '0.475021' },
    ],
    volume: '5.124948',
    time: createdAt,
  },
  market: {
    ch: 'market',
    market: 'snow',
    seq: 7,
    prev: 7,
    type: 'snapshot',
    status: 'open',
    closeTime: 1_701_000_000_000,
    criteriaHash: 'ab',
  },
  candles: { ch: 'candles', market, interval: '1m', seq: 9, prev: 8, candle: OUTCOME_CANDLE },
  candlesSnapshot: {
    ch: 'candles',
    type: 'snapshot',
    market,
    interval: '1m',
    seq: 8,
    prev: 8,
    candles: [OUTCOME_CANDLE],
  },
  orders: { ch: 'orders', seq: 10, prev: 9, order: AMENDED },
  ordersSnapshot: { ch: 'orders', type: 'snapshot', seq: 8, prev: 8, orders: [ORDER] },
  selfTrade: {
    ch: 'orders',
    seq: 17,
    prev: 16,
    more: true,
    type: 'self-trade',
    selfTrade: {
      market,
      outcome: 'YES',
      price: '0.50',
      size: '2.00',
      stp: 'decrement',
      orderId: '16777222',
      restingOrderId: '16777221',
    },
  },
  queue: { ch: 'orders', type: 'queue', seq: 9, queue: [{ orderId: '16777216', ahead: '12.00' }] },
  fills: {
    ch: 'fills',
    seq: 9,
    prev: 7,
    orderId: '16777216',
    clientOrderId: 'mm-1',
    market,
    outcome: 'YES',
    side: 'buy',
    time: createdAt,
    ...FILL,
  },
  fillsSnapshot: { ch: 'fills', type: 'snapshot', seq: 7, prev: 7, fills: [] },
  account: {
    ch: 'account',
    seq: 9,
    prev: 7,
    balance: '999997.800000',
    available: '999997.800000',
    held: '0.000000',
    positions: [POSITION],
  },
  quotes: { ch: 'quotes', seq: 22, prev: 20, quote: QUOTE },
  quotesSnapshot: { ch: 'quotes', type: 'snapshot', seq: 22, prev: 22, quotes: [QUOTE], groups: [GROUP] },
  protectionChange: {
    ch: 'quotes',
    type: 'protection',
    seq: 30,
    prev: 22,
    cause: 'tripped',
    group: { ...GROUP, filled: '100.00', delta: '-60.00', frozenUntil: createdAt + 5000 },
  },
  server: { ch: 'server', type: 'draining', seq: 40, time: createdAt, closesAt: createdAt + 10_000 },
  heartbeat: { ch: 'book', market, type: 'heartbeat', seq: 12, time: createdAt },
  caughtUp: { ch: 'book', market, type: 'caught-up', seq: 12, crc: 2343686810 },
};
