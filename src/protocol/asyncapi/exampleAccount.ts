import type { JsonValue } from '../jsonSchemas.ts';

export type Example = { readonly [field: string]: JsonValue };

/** A market, and what the account of the examples has in it. */
export const market = 'rain-in-oslo';
export const createdAt = 1_700_000_000_000;
export const ORDER = {
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
export const AMENDED = { ...ORDER, size: '8.00', filled: '4.00', remaining: '4.00', avgPrice: '0.55', seq: 10 };
export const CANCELED = { ...AMENDED, status: 'canceled', reason: 'CANCELED', seq: 12 };
export const REPLACEMENT = { ...ORDER, orderId: '16777220', clientOrderId: 'mm-2', price: '0.54', seq: 21 };
export const FILL = { tradeId: '1', price: '0.55', size: '4.00', fee: '0.000000', liquidity: 'maker', venue: 'book' };
export const POSITION = {
  market,
  outcome: 'YES',
  size: '4.00',
  held: '0.00',
  costBasis: '2.200000',
  avgPrice: '0.55',
  realizedPnl: '0.000000',
};
export const QUOTE = {
  group: 'oslo',
  market,
  outcome: 'YES',
  side: 'bid',
  price: '0.48',
  size: '25.00',
  status: 'open',
};
export const PROTECTION = { windowMs: 1000, frozenMs: 5000, maxSize: '100' };
export const GROUP = { group: 'oslo', protection: { ...PROTECTION, maxSize: '100.00' }, filled: '0.00', delta: '0.00' };
