import type { ErrorCode } from '../../protocol/errors.ts';

/** What an error code says where no field makes it more precise. */
const BY_CODE: Record<ErrorCode, string> = {
  INVALID_REQUEST: 'the request is not valid',
  UNAUTHENTICATED: 'log in first',
  FORBIDDEN: 'this account may not do that',
  RATE_LIMITED: 'too many requests: wait and try again',
  OVERLOADED: 'the exchange is busy: try again; nothing was done',
  UNAVAILABLE: 'the exchange cannot take requests at the moment; nothing was done',
  STATUS_UNKNOWN:
    'whether the request was carried out is not known: ask for the order, or repeat it with its clientOrderId',
  UNKNOWN_MARKET: 'there is no such market',
  UNKNOWN_OUTCOME: 'the market has no such outcome',
  UNKNOWN_ORDER: 'there is no such open order of this account',
  MARKET_NOT_OPEN: 'the market is not open for trading',
  PRICE_OUT_OF_RANGE: 'the price must be above 0 and below 1',
  PRICE_NOT_ON_TICK: 'the price is not a multiple of the market’s tickSize',
  SIZE_INVALID: 'the size must be above 0',
  SIZE_NOT_ON_LOT: 'the size must be a multiple of 0.01',
  LIMIT_EXCEEDED: 'a limit of the exchange is reached',
  INSUFFICIENT_FUNDS: 'the account has too little available',
  POST_ONLY_WOULD_TRADE: 'the order would trade at once, and it is postOnly',
  FOK_NOT_FILLED: 'the order cannot be filled in full at once',
  REDUCE_ONLY_WOULD_INCREASE: 'the order would increase the position, and it is reduceOnly',
  SELF_TRADE: 'the order would trade with an order of the same account',
  NO_LIQUIDITY: 'there is nothing to trade with',
  DEADLINE_PASSED: 'the deadline had passed when the order was sequenced',
  CLIENT_ORDER_ID_CONFLICT: 'this clientOrderId was used for a different request',
  CONFLICT: 'the market’s state does not allow this',
  NOT_FOUND: 'there is no such thing',
  INTERNAL: 'the exchange failed; the failure is recorded',
};

/** More precise texts, by code and the field at fault. */
const BY_FIELD: Partial<Record<string, string>> = {
  'INVALID_REQUEST tif': 'this tif does not go with the order’s type, or the market does not take it',
  'INVALID_REQUEST expiresAt': 'expiresAt goes with GTD, must be in the future, and GTD needs it',
  'INVALID_REQUEST postOnly': 'postOnly goes with limit orders that may rest',
  'INVALID_REQUEST against': 'against goes with markets of more than two outcomes',
  'INVALID_REQUEST maxCost': 'maxCost goes with IOC and FOK buys only',
  'INVALID_REQUEST closeTime': 'the close time must be in the future',
  'INVALID_REQUEST liquidity': 'liquidity goes with market makers only, must be positive, and is only ever raised',
  'INVALID_REQUEST fees': 'a maker’s rebate must not be more than the taker pays',
  'INVALID_REQUEST prior': 'the prior must give each outcome a probability, within the bands, that sum to 1',
  'INVALID_REQUEST bands': 'the bands must lie within 0.001 and 0.999, and leave room for every outcome',
  'INVALID_REQUEST payouts': 'the payouts must name each outcome and sum to 1',
  'INVALID_REQUEST tickSize': 'the tick size must divide 1',
  'INVALID_REQUEST protection': 'a protection needs maxSize, maxDelta or both, within the limits of an order',
  'NOT_FOUND group': 'the account has no such quote group',
  'FORBIDDEN ': 'this account is blocked',
  'CONFLICT ': 'an earlier request of the batch was refused: this one was not tried',
  'NOT_FOUND ': 'the account is not open yet',
  'CONFLICT id': 'this id is taken',
};

/** As {@link BY_FIELD}, by the limit that was met. */
const BY_LIMIT: Partial<Record<string, string>> = {
  collar: 'the price is further from the last one than the market’s collar allows',
  maxOrderSize: 'the size is larger than this market takes',
  marketMakerProtection: 'the group’s protection was hit: it takes no quotes until its freeze ends or it is reset',
  quoteGroupsPerAccount: 'the account has as many quote groups as one may have',
  armedConnectionsPerAccount: 'so many connections of the account cancel their orders at their end: no more may',
  positionLimit: 'the order could lead to a larger position than this market allows',
};

/** `limit`: by the name that clients know it under. */
export const messageOf = (code: ErrorCode, field = '', limit = ''): string =>
  BY_LIMIT[limit] ?? BY_FIELD[`${code} ${field}`] ?? BY_CODE[code];
