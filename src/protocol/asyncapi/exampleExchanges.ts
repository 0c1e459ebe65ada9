import type { Request } from '../requests.ts';
import {
  AMENDED,
  CANCELED,
  createdAt,
  type Example,
  FILL,
  GROUP,
  market,
  ORDER,
  POSITION,
  PROTECTION,
  REPLACEMENT,
} from './exampleAccount.ts';

export type Exchange = { request: Example; answer: Example };

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
