/** Error codes. Never reused, never renamed. docs/PROTOCOL.md gives the order in which they are checked. */
export const ERROR_CODES = [
  'INVALID_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'OVERLOADED',
  'UNAVAILABLE',
  'STATUS_UNKNOWN',
  'UNKNOWN_MARKET',
  'UNKNOWN_OUTCOME',
  'UNKNOWN_ORDER',
  'MARKET_NOT_OPEN',
  'PRICE_OUT_OF_RANGE',
  'PRICE_NOT_ON_TICK',
  'SIZE_INVALID',
  'SIZE_NOT_ON_LOT',
  'LIMIT_EXCEEDED',
  'INSUFFICIENT_FUNDS',
  'POST_ONLY_WOULD_TRADE',
  'FOK_NOT_FILLED',
  'REDUCE_ONLY_WOULD_INCREASE',
  'SELF_TRADE',
  'NO_LIQUIDITY',
  'DEADLINE_PASSED',
  'CLIENT_ORDER_ID_CONFLICT',
  'CONFLICT',
  'NOT_FOUND',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a refused request answers. `limit` names the limit and its value where one was the cause. */
export type WireError = {
  code: ErrorCode;
  message: string;
  /** The request field at fault, dotted for nested ones: `channels.0.ch`. */
  field?: string;
  retryAfterMs?: number;
  limit?: { name: string; value: string | number };
};

/** Close codes of the WebSocket: why the server ended the connection. */
export const CLOSE = {
  /** The server is shutting down: reconnect to it or to another after a moment. */
  RESTARTING: 4000,
  NOT_JSON: 4001,
  FRAME_TOO_LARGE: 4002,
  /** Text frames only. */
  BINARY_FRAME: 4003,
  IDLE: 4004,
  /** The access token ended, or its account's roles changed: log in again. */
  AUTH_EXPIRED: 4005,
  /** A private stream fell behind its buffer: reconnect and resume from the last `seq`. */
  TOO_SLOW: 4006,
  TOO_MANY_ERRORS: 4007,
  TOO_MANY_CONNECTIONS: 4008,
} as const;

/** HTTP status of each code. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
  STATUS_UNKNOWN: 503,
  UNKNOWN_MARKET: 404,
  UNKNOWN_OUTCOME: 422,
  UNKNOWN_ORDER: 404,
  MARKET_NOT_OPEN: 422,
  PRICE_OUT_OF_RANGE: 422,
  PRICE_NOT_ON_TICK: 422,
  SIZE_INVALID: 422,
  SIZE_NOT_ON_LOT: 422,
  LIMIT_EXCEEDED: 422,
  INSUFFICIENT_FUNDS: 422,
  POST_ONLY_WOULD_TRADE: 422,
  FOK_NOT_FILLED: 422,
  REDUCE_ONLY_WOULD_INCREASE: 422,
  SELF_TRADE: 422,
  NO_LIQUIDITY: 422,
  DEADLINE_PASSED: 422,
  CLIENT_ORDER_ID_CONFLICT: 409,
  CONFLICT: 409,
  NOT_FOUND: 404,
  INTERNAL: 500,
};
