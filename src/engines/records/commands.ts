import { BODY, RecordBuffer } from './buffer.ts';

/** Command kinds. Those below {@link FIRST_QUERY} are sequenced and journaled; queries only read. */
export const COMMAND = {
  OPEN_ACCOUNT: 1,
  DEPOSIT: 2,
  CREATE_MARKET: 3,
  PLACE: 4,
  AMEND: 5,
  CANCEL: 6,
  CANCEL_ALL: 7,
  SET_CLOSE_TIME: 8,
  HALT: 9,
  RESUME: 10,
  CLOSE: 11,
  SWEEP_ORDERS: 12,
  RESOLVE: 13,
  DISPUTE: 14,
  VOID: 15,
  SETTLE_BATCH: 16,
  BATCH: 17,
  EXPIRE_ORDERS: 18,
  CONFIGURE_MARKET: 19,
  TOP_UP: 20,
  SET_ACCOUNT_RISK: 21,
  QUOTES: 22,
  CANCEL_QUOTES: 23,
  QUOTE_GROUP: 24,
  CONNECTION: 25,
  CANCEL_AFTER: 26,
  QUERY_ACCOUNT: 64,
  QUERY_ORDER: 65,
  QUERY_QUOTE: 66,
  QUERY_AUDIT: 67,
  QUERY_SETTLEMENT: 68,
  QUERY_STATE: 69,
  QUERY_BOOK: 70,
  QUERY_QUOTES: 71,
} as const;
export const FIRST_QUERY = 64;

export const BUY = 0;
export const SELL = 1;
export const LIMIT = 0;
export const MARKET_ORDER = 1;
export const TIF = { GTC: 0, GTD: 1, IOC: 2, FOK: 3 } as const;
/** What happens when an order would trade with one of the same account. */
export const STP = { 'expire-taker': 0, 'expire-maker': 1, 'expire-both': 2, decrement: 3 } as const;
/** What fees are a part of: price × size in the terms of the book, or p·(1 − p) × size. */
export const FEE_BASE = { notional: 0, variance: 1 } as const;
export const MARKET_TYPE = { book: 0, lmsr: 1, hybrid: 2 } as const;

/** The account that owns the exchange's own money: it funds market makers and may be negative. */
export const HOUSE = 0;

// PLACE: order terms as the client sent them; price and size may be the refusal marks of `protocol/units.ts`.
// An order’s terms, here and in ORDER events: side | type << 1 | tif << 2 | flags | outcome << 8 | stp << 16 |
// quote group << 20 | connection << 26.
export const POST_ONLY = 1 << 5;
/** ORDER events: the client spoke of the other side of the book (two outcomes: the second; more: NO of this outcome). */
export const MIRRORED = 1 << 6;
export const REDUCE_ONLY = 1 << 7;
/** PLACE: the order is for NO of the outcome: side and price are those of NO. Markets of more than two outcomes. */
export const AGAINST = 1 << 18;
/** ORDER events: the order waits for the auction that reopens its market. */
export const COLLECTED = 1 << 19;
/** The account’s quote group that the order is a quote of; 0 none. */
export const groupOfTerms = (terms: number): number => (terms >> 20) & 0x3f;
/** The account’s connection whose end cancels the order; 0 none. Also in PLACE. */
export const connectionOfTerms = (terms: number): number => terms >>> 26;
export const GROUP_BITS = 0x3f << 20;
export const CONNECTION_BITS = 0x3f << 26;
export const GROUP_SHIFT = 20;
export const CONNECTION_SHIFT = 26;
export const outcomeOfTerms = (terms: number): number => (terms >> 8) & 0xff;
export const stpOfTerms = (terms: number): number => (terms >> 16) & 3;

export const PLACE_TERMS = BODY;
export const PLACE_PRICE = BODY + 1; // ticks, in the terms of the outcome; market orders: the worst price, 0 none
export const PLACE_SIZE = BODY + 2; // lots
export const PLACE_CLIENT_ID_LENGTH = BODY + 3;
export const PLACE_MAX_COST = BODY + 4; // f64 micros, 0 none
export const PLACE_DEADLINE = BODY + 6; // f64 ms, 0 none
export const PLACE_EXPIRES_AT = BODY + 8; // f64 ms, GTD
export const PLACE_CLIENT_ID = BODY + 10; // 36 bytes, ASCII, zero padded
export const CLIENT_ID_BYTES = 36;
export const PLACE_WORDS = PLACE_CLIENT_ID + CLIENT_ID_BYTES / 4 + 1;

// AMEND, CANCEL, QUERY_ORDER: the order by id, or by client id when the id is 0.
export const REF_ORDER = BODY; // f64 order id
export const REF_PRICE = BODY + 2; // AMEND: ticks in the order's own terms, or KEEP
export const REF_SIZE = BODY + 3; // AMEND: lots, new total size, or KEEP
export const REF_CLIENT_ID_LENGTH = BODY + 4;
export const REF_CLIENT_ID = BODY + 6;
export const REF_WORDS = REF_CLIENT_ID + CLIENT_ID_BYTES / 4 + 1;
/** Leave as it is. */
export const KEEP = -100;

// OPEN_ACCOUNT: f64 grant. DEPOSIT: f64 amount, then the reference as text.
export const AMOUNT = BODY;

// CREATE_MARKET
export const CREATE_TYPE = BODY;
export const CREATE_OUTCOMES = BODY + 1;
export const CREATE_TICK_SIZE = BODY + 2;
export const CREATE_CLOSE_TIME = BODY + 4; // f64
export const CREATE_LIQUIDITY = BODY + 6; // f64 lots: b
export const CREATE_DISPUTE_WINDOW = BODY + 8; // f64 ms
export const CREATE_HYBRID_THRESHOLD = BODY + 10; // f64 micros of volume that switch the book on; 0: an operator does
export const CREATE_TAKER_FEE = BODY + 12; // basis points, 0 … 1,000
export const CREATE_MAKER_FEE = BODY + 13; // basis points, −taker … 1,000
export const CREATE_FEE_BASE = BODY + 14; // FEE_BASE
export const CREATE_BAND_MIN = BODY + 15; // the maker’s prices, in millionths; 0: 1,000
export const CREATE_BAND_MAX = BODY + 16; // 0: 999,000
export const CREATE_RISK = BODY + 18; // collar, max order, position limit: see CONFIGURE_MARKET
export const CREATE_TEXT = BODY + 22; // three texts: slug, definition (JSON), prior (decimals with commas; empty: even)

// CONFIGURE_MARKET: each KEEP or a new value, 0 none.
export const RISK_COLLAR = BODY; // ticks that a buy may be above, or a sell below, the last price
export const RISK_ORDER_LOTS = BODY + 1; // largest order
export const RISK_POSITION_LOTS = BODY + 2; // largest position an account’s orders may lead to
export const CONFIGURE_BOOK = BODY + 3; // hybrid: 1 switches the book on
export const CONFIGURE_WORDS = BODY + 4;

// TOP_UP: f64 lots, the new b. SET_ACCOUNT_RISK: blocked 0 or 1, then the account’s limit of open orders (0: LIMITS); KEEP.
export const TOP_UP_B = BODY;
export const ACCOUNT_BLOCKED = BODY;
export const ACCOUNT_OPEN_ORDERS = BODY + 1;

// HALT: 1 collects orders for an auction on RESUME.
export const HALT_AUCTION = BODY;

// BATCH: mode, count, then so many whole PLACE, AMEND, CANCEL records, all of the batch’s account.
export const BATCH_MODE = BODY;
export const BATCH_SIZE = BODY + 1;
export const BATCH_ITEMS = BODY + 2;
export const BATCH_ALLOW_FAILURE = 0;
export const BATCH_STOP_ON_FAILURE = 1;

// QUOTES: of one named group of the account; each item is one instrument as its client names it.
export const QUOTES_CONNECTION = BODY; // as in TERMS
export const QUOTES_COUNT = BODY + 1;
export const QUOTES_DEADLINE = BODY + 2; // f64 ms, 0 none
export const GROUP_NAME_LENGTH = BODY + 4;
export const GROUP_NAME = BODY + 6; // 36 bytes, as client ids
export const QUOTES_ITEMS = GROUP_NAME + 10;
export const QUOTE_MARKET = 0;
export const QUOTE_TERMS = 1; // outcome << 8 | AGAINST
export const QUOTE_BID_PRICE = 2;
export const QUOTE_BID_SIZE = 3; // lots that shall rest; 0 removes the side, KEEP leaves it
export const QUOTE_ASK_PRICE = 4;
export const QUOTE_ASK_SIZE = 5;
export const QUOTE_WORDS = 6;

// CANCEL_QUOTES: the group’s name as in QUOTES; length 0: all groups. MARKET −1: all markets.
export const CANCEL_QUOTES_WORDS = GROUP_NAME + 10;

// QUOTE_GROUP: name as in QUOTES, then what changes.
export const PROTECTION_WINDOW = GROUP_NAME + 10; // f64 ms; 0 lifts the protection, KEEP leaves it
export const PROTECTION_FROZEN = GROUP_NAME + 12; // f64 ms, 0 until it is reset
export const PROTECTION_SIZE = GROUP_NAME + 14; // lots, 0 none
export const PROTECTION_DELTA = GROUP_NAME + 15; // lots, 0 none
export const PROTECTION_RESET = GROUP_NAME + 16; // 1 ends a freeze and begins a new window
export const QUOTE_GROUP_WORDS = GROUP_NAME + 18;

// CONNECTION: what became of a connection whose end is to cancel its orders.
export const CONNECTION_ACTION = BODY;
export const CONNECTION_NUMBER = BODY + 1; // DISARM, GONE
export const CONNECTION_WORDS = BODY + 2;
/** ARM answers its number in DONE_COUNT; ALL_GONE (account: HOUSE) how many accounts are still to be looked at. */
export const CONNECTION_ACTIONS = { ARM: 0, DISARM: 1, GONE: 2, ALL_GONE: 3, DEFAULT_ON: 4, DEFAULT_OFF: 5 } as const;

// CANCEL_AFTER: f64 ms from now, 0 never.
export const CANCEL_AFTER_MS = BODY;
export const CANCEL_AFTER_WORDS = BODY + 2;

// SET_CLOSE_TIME: f64. SWEEP_ORDERS and SETTLE_BATCH: how many at most.
export const CLOSE_TIME = BODY;
export const BATCH_COUNT = BODY;

// RESOLVE: count, then ticks paid per lot of each outcome (they sum to 10,000).
export const RESOLVE_COUNT = BODY;
export const RESOLVE_PAYOUTS = BODY + 1;

// QUERY_QUOTE: side, outcome, lots or spend.
export const QUOTE_SIDE = BODY;
export const QUOTE_OUTCOME = BODY + 1;
export const QUOTE_SIZE = BODY + 2; // lots, 0: by spend
export const QUOTE_SPEND = BODY + 4; // f64 micros

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Words a text takes in a record: its byte length, then its bytes. */
export const textWords = (text: string): number => 1 + Math.ceil(encoder.encode(text).length / 4);

/** Writes a text at word `at`; returns the word after it. */
export function writeText(buffer: RecordBuffer, at: number, text: string): number {
  const bytes = encoder.encode(text);
  buffer.i32[at] = bytes.length;
  buffer.bytes.set(bytes, (at + 1) * 4);
  return at + 1 + Math.ceil(bytes.length / 4);
}

/** Reads the text at word `at` of the memory behind `i32`. */
export function readText(i32: Int32Array, at: number): string {
  const length = i32[at] as number;
  // A copy: TextDecoder refuses shared memory.
  const bytes = new Uint8Array(length);
  bytes.set(new Uint8Array(i32.buffer, i32.byteOffset + (at + 1) * 4, length));
  return decoder.decode(bytes);
}

/** The word after the text at `at`. */
export const afterText = (i32: Int32Array, at: number): number => at + 1 + Math.ceil((i32[at] as number) / 4);

/** Writes a client order id as zero padded ASCII bytes: its length at `lengthAt`, its bytes at `at`. */
export function writeClientId(buffer: RecordBuffer, lengthAt: number, at: number, id: string): void {
  buffer.i32[lengthAt] = id.length;
  const bytes = buffer.bytes;
  const start = at * 4;
  for (let i = 0; i < id.length; i++) bytes[start + i] = id.charCodeAt(i);
}

/** Reads a client order id of `length` ASCII bytes at word `at`. */
export function readClientId(i32: Int32Array, at: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) {
    text += String.fromCharCode(((i32[at + (i >> 2)] as number) >> ((i & 3) * 8)) & 0xff);
  }
  return text;
}

export { RecordBuffer };
