import { LIMITS } from '../../../src/engines/limits.ts';
import { formatSize } from '../../../src/protocol/units.ts';
import { START } from '../support/gateway.ts';
import { batch, meanwhile, ok, otherDoes, refused, type Step } from './steps.ts';

const rain = { market: 'rain' };
const terms = { ...rain, side: 'buy', size: '2', price: '0.40' };
const order = { op: 'place', ...terms };
const of = (clientOrderId: string) => ({ ...rain, clientOrderId });
/** The order of the answer, or of one of its results. */
const is = (status: string, more: object = {}) => ({ order: { status, ...more } });

/** Orders: each operation taken, each refused for every reason, and what the private channels and the books tell of it. */
export const ORDERS: readonly Step[] = [
  ok({ op: 'auth', token: '1' }),
  ok({
    op: 'subscribe',
    channels: [
      ...['book', 'book.l3', 'trades', 'ticker'].map((ch) => ({ ch, ...rain })),
      ...['orders', 'fills', 'account'].map((ch) => ({ ch })),
    ],
  }),

  ok({ ...order, clientOrderId: 'a' }, is('open', { remaining: '2.00', clientOrderId: 'a', fills: [] })),
  ok({ ...order, clientOrderId: 'a' }, { duplicate: true }),
  refused({ ...order, clientOrderId: 'a', size: '3' }, 'CLIENT_ORDER_ID_CONFLICT', 'clientOrderId'),
  refused({ ...order, market: 'nowhere' }, 'UNKNOWN_MARKET', 'market'),
  refused({ ...order, outcome: 'MAYBE' }, 'UNKNOWN_OUTCOME', 'outcome'),
  refused({ ...order, price: undefined }, 'INVALID_REQUEST', 'price'),
  refused({ ...order, price: 0.4 }, 'INVALID_REQUEST', 'price'),
  refused({ ...order, price: '1.2' }, 'PRICE_OUT_OF_RANGE', 'price'),
  refused({ ...order, price: '0.405' }, 'PRICE_NOT_ON_TICK', 'price'),
  refused({ ...order, size: '0.001' }, 'SIZE_NOT_ON_LOT', 'size'),
  refused({ ...order, size: '0' }, 'SIZE_INVALID', 'size'),
  refused({ ...order, size: '10000001' }, 'LIMIT_EXCEEDED', 'size', {
    limit: { name: 'orderSize', value: formatSize(LIMITS.orderLots) },
  }),
  refused({ ...order, size: '9000000' }, 'INSUFFICIENT_FUNDS', 'size'),
  refused({ ...order, tif: 'IOC', postOnly: true }, 'INVALID_REQUEST', 'postOnly'),
  refused({ ...order, tif: 'IOC', maxCost: '1000000000.01' }, 'INVALID_REQUEST', 'maxCost', {
    message: 'maxCost must be above 0 and at most 1,000,000,000, to 6 decimals',
  }),
  refused({ ...order, tif: 'GTD', expiresAt: START }, 'INVALID_REQUEST', 'expiresAt'),
  refused({ ...order, deadline: START - 1 }, 'DEADLINE_PASSED', 'deadline'),
  refused({ ...order, side: 'sell', price: '0.60', reduceOnly: true }, 'REDUCE_ONLY_WOULD_INCREASE', 'size'),
  refused({ ...order, side: 'sell' }, 'SELF_TRADE', 'price'),
  refused({ ...order, type: 'market', price: undefined }, 'NO_LIQUIDITY', 'size'),
  ok({ ...order, tif: 'GTD', expiresAt: START + 60_000, price: '0.30' }, is('open', { expiresAt: START + 60_000 })),

  ok({ op: 'amend', ...of('a'), size: '1' }, { ...is('open', { size: '1.00' }), keptPriority: true }),
  ok({ op: 'amend', ...of('a'), price: '0.41' }, { ...is('open', { price: '0.41' }), keptPriority: false }),
  refused({ op: 'amend', ...of('a') }, 'INVALID_REQUEST', 'size'),
  refused({ op: 'amend', ...of('b'), size: '1' }, 'UNKNOWN_ORDER', 'clientOrderId'),
  refused({ op: 'amend', ...rain, orderId: '9', size: '1' }, 'UNKNOWN_ORDER', 'orderId'),
  ok({ op: 'cancel', ...of('a') }, is('canceled', { reason: 'CANCELED' })),
  refused({ op: 'cancel', ...of('a') }, 'UNKNOWN_ORDER', 'clientOrderId'),
  refused({ op: 'cancel', ...rain }, 'INVALID_REQUEST', 'orderId'),
  ok({ op: 'cancelAll', market: 'cup' }, { canceled: 0 }),
  ok({ op: 'cancelAll', timing: true }, { canceled: 1 }),
  refused({ op: 'cancelAll', market: 'nowhere' }, 'UNKNOWN_MARKET', 'market'),

  // The other sells, so that there is something to trade with.
  otherDoes({ op: 'place', ...rain, side: 'sell', size: '3', price: '0.60' }),
  refused({ ...order, price: '0.60', postOnly: true }, 'POST_ONLY_WOULD_TRADE', 'price'),
  refused({ ...order, price: '0.60', size: '4', tif: 'FOK' }, 'FOK_NOT_FILLED', 'size'),
  ok({ ...order, price: '0.60', size: '1', timing: true }, is('filled', { fills: [{ liquidity: 'taker' }] })),
  ok({ ...order, type: 'market', price: undefined, size: '3' }, is('canceled', { reason: 'NO_LIQUIDITY' })),
  ok({ ...order, clientOrderId: 'maker', size: '5' }, is('open')),
  otherDoes({ op: 'place', ...rain, outcome: 'NO', side: 'buy', size: '1', price: '0.60' }),
  ok(
    { op: 'place', ...rain, outcome: 'NO', side: 'buy', size: '0.5', price: '0.60', stp: 'decrement' },
    is('canceled', { reason: 'SELF_TRADE' }),
  ),

  batch(
    {
      op: 'batch',
      timing: true,
      requests: [
        { ...order, clientOrderId: 'c' },
        { op: 'amend', ...of('c'), size: '1' },
        { op: 'cancel', ...of('z') },
        { op: 'nothing' },
        { ...order, price: '7' },
      ],
    },
    'ok',
    'ok',
    ['UNKNOWN_ORDER', 'clientOrderId'],
    ['INVALID_REQUEST', 'op'],
    ['PRICE_OUT_OF_RANGE', 'price'],
  ),
  batch(
    {
      op: 'batch',
      stopOnFailure: true,
      requests: [
        { op: 'cancel', ...of('z') },
        { op: 'cancel', ...of('c') },
      ],
    },
    ['UNKNOWN_ORDER', 'clientOrderId'],
    ['CONFLICT'],
  ),
  // An order without a price is none, but what was refused before it leaves it untried.
  batch(
    {
      op: 'batch',
      stopOnFailure: true,
      requests: [
        { op: 'amend', ...of('c'), size: '0.5' },
        { op: 'cancel', ...of('z') },
        { ...order, price: undefined },
      ],
    },
    'ok',
    ['UNKNOWN_ORDER', 'clientOrderId'],
    ['CONFLICT'],
  ),
  refused({ op: 'batch', requests: [] }, 'INVALID_REQUEST', 'requests'),

  batch({ op: 'replace', cancel: { clientOrderId: 'c' }, place: { ...terms, clientOrderId: 'd' } }, 'ok', 'ok'),
  batch(
    { op: 'replace', cancel: { clientOrderId: 'c' }, place: terms },
    ['UNKNOWN_ORDER', 'clientOrderId'],
    ['CONFLICT'],
  ),
  batch(
    { op: 'replace', cancel: { clientOrderId: 'c' }, place: terms, onFailure: 'allow' },
    ['UNKNOWN_ORDER', 'clientOrderId'],
    'ok',
  ),
  refused(
    { op: 'replace', cancel: { clientOrderId: 'd' }, place: { ...terms, price: undefined } },
    'INVALID_REQUEST',
    'place.price',
  ),

  ok({ op: 'order', clientOrderId: 'd' }, is('open')),
  ok({ op: 'order', clientOrderId: 'a' }, is('canceled')),
  refused({ op: 'order', clientOrderId: 'never' }, 'UNKNOWN_ORDER', 'clientOrderId'),
  ok({ op: 'quote', market: 'snow', side: 'buy', spend: '10' }),
  refused({ op: 'quote', market: 'nowhere', side: 'buy', size: '1' }, 'UNKNOWN_MARKET', 'market'),
  refused({ op: 'quote', market: 'snow', side: 'buy', size: '0.001' }, 'SIZE_NOT_ON_LOT', 'size'),
  refused({ op: 'quote', market: 'snow', side: 'buy', size: '0' }, 'SIZE_INVALID', 'size'),
  refused({ op: 'quote', market: 'snow', side: 'buy', size: '10000001' }, 'LIMIT_EXCEEDED', 'size', {
    limit: { name: 'orderSize', value: formatSize(LIMITS.orderLots) },
  }),
  ok({ op: 'place', market: 'snow', type: 'market', side: 'buy', size: '10' }, is('filled')),
  refused({ ...order, market: 'snow', tif: 'GTC' }, 'INVALID_REQUEST', 'tif'),
  ok({ op: 'place', market: 'cup', outcome: 'B', against: true, side: 'buy', size: '1', price: '0.70' }, is('open')),
  refused({ op: 'place', market: 'cup', side: 'buy', size: '1', price: '0.70' }, 'INVALID_REQUEST', 'outcome'),
  ok({ op: 'account' }),

  meanwhile(({ gateway }) => gateway.step('HALT', 0)),
  refused(order, 'MARKET_NOT_OPEN', 'market'),
  batch({ op: 'replace', cancel: { clientOrderId: 'd' }, place: terms }, 'ok', ['MARKET_NOT_OPEN', 'market']),
  meanwhile(({ gateway }) => gateway.step('RESUME', 0)),
  ok(order, is('open')),

  // An order that is good till a date ends then, and nobody asks for it.
  ok({ ...order, clientOrderId: 'due', tif: 'GTD', expiresAt: START + 1_000 }, is('open')),
  ok({ ...order, clientOrderId: 'later', tif: 'GTD', expiresAt: START + 1_001 }, is('open')),
  meanwhile(({ gateway }) => gateway.passTo(START + 999)),
  ok({ op: 'order', clientOrderId: 'due' }, is('open')),
  meanwhile(async ({ gateway, peer }) => {
    gateway.passTo(START + 1_000);
    await peer.until(({ order: told }) => told?.clientOrderId === 'due' && told.reason === 'EXPIRED');
  }),
  ok({ op: 'order', clientOrderId: 'due' }, is('canceled', { reason: 'EXPIRED', remaining: '2.00' })),
  refused({ op: 'cancel', ...of('due') }, 'UNKNOWN_ORDER', 'clientOrderId'),
  ok({ op: 'amend', ...of('later'), size: '1' }, { ...is('open'), keptPriority: true }),
  meanwhile(({ gateway }) => gateway.passTo(START + 1_001)),
  refused({ op: 'amend', ...of('later'), size: '0.5' }, 'UNKNOWN_ORDER', 'clientOrderId'),
  refused({ ...order, tif: 'GTD', expiresAt: START + 1_001 }, 'INVALID_REQUEST', 'expiresAt'),
  ok({ op: 'cancelAll', ...rain }),
];
