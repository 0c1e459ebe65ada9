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
  QUERY_ACCOUNT: 64,
  QUERY_ORDER: 65,
  QUERY_QUOTE: 66,
  QUERY_AUDIT: 67,
  QUERY_SETTLEMENT: 68,
  QUERY_STATE: 69,
} as const;
export const FIRST_QUERY = 64;

export const BUY = 0;
export const SELL = 1;
export const LIMIT = 0;
export const MARKET_ORDER = 1;
export const TIF = { GTC: 0, GTD: 1, IOC: 2, FOK: 3 } as const;
export const MARKET_TYPE = { book: 0, lmsr: 1, hybrid: 2 } as const;

/** The account that owns the exchange's own money: it funds market makers and may be negative. */
export const HOUSE = 0;

// PLACE: order terms as the client sent them; price and size may be the refusal marks of `protocol/units.ts`.
export const PLACE_TERMS = BODY; // side | type << 1 | tif << 2 | postOnly << 5 | outcome << 8
export const PLACE_PRICE = BODY + 1; // ticks, in the terms of the outcome; 0 … for market orders
export const PLACE_SIZE = BODY + 2; // lots
export const PLACE_CLIENT_ID_LENGTH = BODY + 3;
export const PLACE_MAX_COST = BODY + 4; // f64 micros, 0 none
export const PLACE_DEADLINE = BODY + 6; // f64 ms, 0 none
export const PLACE_CLIENT_ID = BODY + 8; // 36 bytes, ASCII, zero padded
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
export const CREATE_TEXT = BODY + 10; // two texts: slug, definition (JSON)

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
