import { ERROR_CODES, type ErrorCode } from '../../protocol/errors.ts';
import { BODY } from './buffer.ts';

export { MIRRORED, POST_ONLY, REDUCE_ONLY } from './commands.ts';

/**
 * Event kinds. The events of one command follow each other, carry its `seq` and `time`, and end with its {@link EVENT.DONE}.
 * `account` and `market` of the header say whose and where.
 */
export const EVENT = {
  DONE: 1,
  ORDER: 2,
  TRADE: 3,
  LEVEL: 4,
  BALANCE: 5,
  POSITION: 6,
  MARKET: 7,
  AMM: 8,
  SETTLEMENT: 9,
  ANSWER: 10,
  SELF_TRADE: 11,
  QUOTE_GROUP: 12,
  CONNECTION: 13,
} as const;

// DONE: CODE of the header says whether it was refused.
export const DONE_COMMAND = BODY; // the command's kind
export const DONE_FIELD = BODY + 1; // index into FIELDS: the field at fault
export const DONE_ORDER = BODY + 2; // f64 order id of place, amend, cancel
export const DONE_FLAGS = BODY + 4; // DUPLICATE, KEPT_PRIORITY
export const DONE_COUNT = BODY + 5; // cancelAll, sweep, settle: how many
export const DONE_LIMIT = BODY + 6; // index into LIMITS: the limit at fault, 0 none
export const DONE_LIMIT_VALUE = BODY + 8; // f64
export const DONE_WORDS = BODY + 10;
export const DUPLICATE = 1;
export const KEPT_PRIORITY = 2;
/** The DONE of one item of a BATCH, whose own DONE comes last. DONE_COUNT is the item’s index. */
export const ITEM = 4;

// ORDER: the whole order after a change. Side, outcome and price in the terms of the book that it stands in;
// MIRRORED says that the client spoke of the other outcome (binary: NO at 10,000 − price, the other side).
export const ORDER_ID = BODY; // f64
export const ORDER_TERMS = BODY + 2; // see commands.ts
export const ORDER_PRICE = BODY + 3;
export const ORDER_SIZE = BODY + 4;
export const ORDER_FILLED = BODY + 5;
export const ORDER_STATUS = BODY + 6; // STATUS
export const ORDER_REASON = BODY + 7; // index into CANCEL_REASONS
export const ORDER_FILLED_MICROS = BODY + 8; // f64: Σ price × size of its fills, in the terms of the book; of AMM fills their money
export const ORDER_FEES = BODY + 10; // f64 micros
export const ORDER_CREATED_AT = BODY + 12; // f64 ms
export const ORDER_CREATED_SEQ = BODY + 14; // f64
export const ORDER_EXPIRES_AT = BODY + 16; // f64 ms, 0 none
export const ORDER_CLIENT_ID_LENGTH = BODY + 18;
/** 36 bytes; the record ends before them where there is no client id. */
export const ORDER_CLIENT_ID = BODY + 19;
export const ORDER_WORDS = ORDER_CLIENT_ID + 9;
export const STATUS = { OPEN: 0, FILLED: 1, CANCELED: 2 } as const;

// TRADE: account of the header is the taker. Canonical terms, as ORDER.
export const TRADE_ID = BODY; // f64
export const TRADE_OUTCOME = BODY + 2;
export const TRADE_SIDE = BODY + 3; // the aggressor's
export const TRADE_LOTS = BODY + 4;
export const TRADE_PRICE = BODY + 5; // ticks; 0 for an AMM trade, whose money is exact
export const TRADE_MICROS = BODY + 6; // f64: money paid for the shares
export const TRADE_MAKER = BODY + 8; // account; AMM, or SETS
export const TRADE_VENUE = BODY + 9; // 0 book, 1 amm
export const TRADE_TAKER_ORDER = BODY + 10; // f64
export const TRADE_MAKER_ORDER = BODY + 12; // f64, 0 for the AMM
export const TRADE_TAKER_FEE = BODY + 14; // f64
export const TRADE_MAKER_FEE = BODY + 16; // f64
export const TRADE_FLAGS = BODY + 18;
export const TRADE_WORDS = BODY + 20;
/** The taker spoke mirrored; the maker did. */
export const TAKER_MIRRORED = 1;
export const MAKER_MIRRORED = 2;
/** A leg of complete sets minted or merged across books: public, but the taker’s fill is the SET_FILL that follows. */
export const LEG = 4;
/** The taker’s fill by minting or merging sets: its maker is SETS, its price what the legs leave; not public. */
export const SET_FILL = 8;
/** A trade of a call auction: both orders rested. */
export const AUCTION = 16;
export const BOOK = 0;
export const AMM_VENUE = 1;
/** In place of an account: a market's own maker (as taker, too: it fills resting orders that its price has passed). */
export const AMM = -1;
/** In place of the maker: complete sets. */
export const SETS = -2;

// SELF_TRADE: account of the header is that of both orders; canonical terms.
export const SELF_TRADE_OUTCOME = BODY;
export const SELF_TRADE_PRICE = BODY + 1; // of the resting order
export const SELF_TRADE_LOTS = BODY + 2; // that would have traded
export const SELF_TRADE_MODE = BODY + 3; // STP
export const SELF_TRADE_TAKER_ORDER = BODY + 4; // f64
export const SELF_TRADE_MAKER_ORDER = BODY + 6; // f64
export const SELF_TRADE_WORDS = BODY + 8;

// QUOTE_GROUP: account of the header owns it.
export const GROUP_NUMBER = BODY; // as in TERMS
export const GROUP_CAUSE = BODY + 1; // index into GROUP_CAUSES
export const GROUP_SIZE_LIMIT = BODY + 2; // lots, 0 none
export const GROUP_DELTA_LIMIT = BODY + 3;
export const GROUP_WINDOW = BODY + 4; // f64 ms, 0: no protection
export const GROUP_FROZEN = BODY + 6; // f64 ms
export const GROUP_FROZEN_UNTIL = BODY + 8; // f64 ms; 0 not frozen, Infinity until it is reset
export const GROUP_FILLED = BODY + 10; // f64 lots in the window
export const GROUP_DELTA = BODY + 12; // f64 lots, signed
export const GROUP_EVENT_NAME_LENGTH = BODY + 14;
export const GROUP_EVENT_NAME = BODY + 16;
export const GROUP_EVENT_WORDS = GROUP_EVENT_NAME + 10;
export const GROUP_CAUSES = ['created', 'configured', 'tripped', 'reset'] as const;

// CONNECTION: how an account’s orders are bound to its connections.
export const CONNECTION_DEFAULT = BODY; // 1: connections that log in are armed
export const CONNECTION_ARMED = BODY + 1; // how many are
export const CONNECTION_CANCEL_AT = BODY + 2; // f64 ms of the dead-man’s switch, 0 none
export const CONNECTION_EVENT_WORDS = BODY + 4;

// LEVEL: a price level's total after a change, in canonical terms.
export const LEVEL_OUTCOME = BODY;
export const LEVEL_SIDE = BODY + 1;
export const LEVEL_PRICE = BODY + 2;
export const LEVEL_LOTS = BODY + 4; // f64
export const LEVEL_WORDS = BODY + 6;

// BALANCE: an account's money after a command.
export const BALANCE_BALANCE = BODY; // f64
export const BALANCE_HELD = BODY + 2; // f64
export const BALANCE_DELTA = BODY + 4; // f64: change of the balance
export const BALANCE_CAUSE = BODY + 6; // CAUSE
export const BALANCE_WORDS = BODY + 8;
export const CAUSE = {
  OPENED: 0,
  DEPOSIT: 1,
  TRADE: 2,
  HOLD: 3,
  PAYOUT: 4,
  REFUND: 5,
  FUNDING: 6,
  COVER: 7,
  FEE: 8,
} as const;

// POSITION: one outcome of one holder after a command.
export const POSITION_OUTCOME = BODY;
export const POSITION_SHARES = BODY + 2; // f64 lots
export const POSITION_HELD = BODY + 4; // f64 lots
export const POSITION_COST = BODY + 6; // f64 micros
export const POSITION_REALIZED = BODY + 8; // f64 micros
export const POSITION_WORDS = BODY + 10;

// MARKET: a lifecycle change, with everything that clients are told.
export const MARKET_STATUS = BODY; // index into MARKET_STATUSES
export const MARKET_OUTCOMES = BODY + 1;
export const MARKET_CAUSE = BODY + 2; // the command's kind
export const MARKET_RESOLVED = BODY + 3; // 1: payouts stand
export const MARKET_CLOSE_TIME = BODY + 4; // f64
export const MARKET_OPEN_ORDERS = BODY + 6; // resting orders that SWEEP_ORDERS has still to cancel
export const MARKET_HOLDERS = BODY + 7;
export const MARKET_DISPUTE_UNTIL = BODY + 8; // f64 ms
export const MARKET_TYPE_WORD = BODY + 10; // MARKET_TYPE
export const MARKET_TICK_SIZE = BODY + 11;
export const MARKET_BOOK = BODY + 12; // 1: orders can rest
export const MARKET_AUCTION = BODY + 13; // 1: halted, and orders are collected for the reopening
export const MARKET_COLLAR = BODY + 14;
export const MARKET_ORDER_LOTS = BODY + 15;
export const MARKET_POSITION_LOTS = BODY + 16;
/** Then 4 words an outcome: payout ticks, closing price in millionths (−1 none), its source, 0; then two texts: slug and
 * definition on creation or reason on a void, else empty. */
export const MARKET_PER_OUTCOME = BODY + 18;
export const MARKET_OUTCOME_WORDS = 4;
export const MARKET_STATUSES = ['open', 'halted', 'closed', 'proposed', 'disputed', 'resolved', 'voided'] as const;
export const PRICE_SOURCES = ['none', 'mid', 'last', 'amm'] as const;

// AMM: the maker's state after a change: b, then per outcome q (f64 lots sold) and the price in millionths.
export const AMM_OUTCOMES = BODY;
export const AMM_B = BODY + 2; // f64 lots
export const AMM_PER_OUTCOME = BODY + 4; // n × f64 q, then n × f64 price
/** words of an AMM event of n outcomes */
export const ammWords = (n: number): number => AMM_PER_OUTCOME + 4 * n;

// SETTLEMENT: progress.
export const SETTLEMENT_CURSOR = BODY; // holders done
export const SETTLEMENT_HOLDERS = BODY + 1;
export const SETTLEMENT_PAID = BODY + 2; // f64 micros so far
export const SETTLEMENT_WORDS = BODY + 4;

// ANSWER to a query: a JSON text of integers (see `queries.ts`) at BODY; the DONE follows.
export const ANSWER_TEXT = BODY;

/** Request fields that an engine refusal may name; 0 is none. */
export const FIELDS = [
  '',
  'market',
  'outcome',
  'price',
  'size',
  'tif',
  'postOnly',
  'maxCost',
  'deadline',
  'clientOrderId',
  'orderId',
  'type',
  'closeTime',
  'liquidity',
  'payouts',
  'id',
  'amount',
  'reference',
  'tickSize',
  'side',
  'expiresAt',
  'reduceOnly',
  'fees',
  'prior',
  'bands',
  'hybridThreshold',
  'requests',
  'group',
  'protection',
  'timeoutMs',
] as const;
export type Field = (typeof FIELDS)[number];

const codeIndex = new Map(ERROR_CODES.map((code, index) => [code, index + 1]));
/** The number of an error code in CODE; 0 is success. */
export const codeNumber = (code: ErrorCode): number => codeIndex.get(code) as number;
export const codeName = (number: number): ErrorCode => ERROR_CODES[number - 1] as ErrorCode;
const fieldIndex = new Map<string, number>(FIELDS.map((field, index) => [field, index]));
export const fieldNumber = (field: Field): number => fieldIndex.get(field) as number;
