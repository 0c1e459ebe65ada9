import type { ErrorCode } from '../../protocol/errors.ts';
import { formatMoney, formatSize } from '../../protocol/units.ts';
import type { Reply } from '../engine-port/enginePort.ts';
import { Refusal } from './refusal.ts';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  INVALID_REQUEST: 'The request does not fit this market',
  OVERLOADED: 'The exchange is busy: try again',
  UNAVAILABLE: 'The exchange does not take commands at the moment',
  STATUS_UNKNOWN: 'Whether the command took effect is not known: ask before you repeat it',
  UNKNOWN_MARKET: 'There is no such market',
  UNKNOWN_OUTCOME: 'The market has no such outcome',
  UNKNOWN_ORDER: 'There is no such order, or it is finished',
  MARKET_NOT_OPEN: 'The market does not take orders',
  PRICE_OUT_OF_RANGE: 'The price must lie strictly between 0 and 1',
  PRICE_NOT_ON_TICK: 'The price is not a multiple of the tick size',
  SIZE_INVALID: 'The size must be positive',
  SIZE_NOT_ON_LOT: 'The size is not a multiple of 0.01',
  LIMIT_EXCEEDED: 'A limit is exceeded',
  INSUFFICIENT_FUNDS: 'The available balance does not cover this',
  POST_ONLY_WOULD_TRADE: 'The post-only order would trade at once',
  FOK_NOT_FILLED: 'The order cannot be filled whole',
  REDUCE_ONLY_WOULD_INCREASE: 'The order would increase the position',
  SELF_TRADE: 'The order would trade with one of your own',
  NO_LIQUIDITY: 'There is nothing to trade with',
  DEADLINE_PASSED: 'The deadline had passed when the order was sequenced',
  CLIENT_ORDER_ID_CONFLICT: 'Another order has this clientOrderId',
  CONFLICT: 'The present state does not allow this',
};

/** What a refusal by the engine says to people; the code is what programs read. */
export const engineMessage = (code: ErrorCode): string => MESSAGES[code] ?? code;

/** A limit’s value in the units of the wire. */
export function limitOnWire(limit: { name: string; value: number }): { name: string; value: string | number } {
  if (limit.name === 'balance') return { name: limit.name, value: formatMoney(limit.value) };
  if (limit.name === 'orderLots') return { name: limit.name, value: formatSize(limit.value) };
  return limit;
}

/** How long to wait before trying again what the exchange was too busy for. */
const RETRY_AFTER_MS = 250;

/** The refusal of an engine’s reply; undefined when it was accepted. */
export function engineRefusal(reply: Reply): Refusal | undefined {
  const { code, field, limit } = reply;
  if (code === undefined) return undefined;
  const retry = code === 'OVERLOADED' || code === 'UNAVAILABLE';
  return new Refusal(code, engineMessage(code), {
    ...(field !== '' && { field }),
    ...(limit && { limit: limitOnWire(limit) }),
    ...(retry && { retryAfterMs: RETRY_AFTER_MS }),
  });
}
