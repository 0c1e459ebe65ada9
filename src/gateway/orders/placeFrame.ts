import * as R from '../../engines/records/buffer.ts';
import * as C from '../../engines/records/commands.ts';
import { ORDER_LOTS_MAX, TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { ascii, equal, MarketNames } from './marketNames.ts';

const names = (...list: string[]): Uint8Array[] => list.map(ascii);

// The fields of a plain limit order; with any other the frame is for the schema.
const ID = 0;
const OP = 1;
const MARKET = 2;
const SIDE = 3;
const OUTCOME = 4;
const TYPE = 5;
const SIZE = 6;
const PRICE = 7;
const TIF = 8;
const CLIENT_ID = 9;
const POST_ONLY = 10;
const REDUCE_ONLY = 11;
const FIELDS = [
  ...names('id', 'op', 'market', 'side', 'outcome', 'type', 'size', 'price'),
  ...names('tif', 'clientOrderId', 'postOnly', 'reduceOnly'),
];
/** Fields by the length of their names. */
const BY_LENGTH: number[][] = Array.from({ length: 16 }, (_, length) =>
  FIELDS.flatMap((name, field) => (name.length === length ? [field] : [])),
);
const REQUIRED = (1 << ID) | (1 << OP) | (1 << MARKET) | (1 << SIDE) | (1 << SIZE) | (1 << PRICE);
const PLACE = ascii('place');
const BUY = ascii('buy');
const SELL = ascii('sell');
const LIMIT = ascii('limit');
const TRUE = ascii('true');
const FALSE = ascii('false');
const TIFS = (['GTC', 'IOC', 'FOK'] as const).map((name) => ({ name: ascii(name), tif: C.TIF[name] }));

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;
/** More digits before the point than any size has: left to the exact parser. */
const DIGITS_MAX = 9;
const ID_DIGITS_MAX = 15;

/** May a byte be in a client order id? `[A-Za-z0-9_.:-]` */
const IN_CLIENT_ID = new Uint8Array(256);
for (const byte of ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-')) IN_CLIENT_ID[byte] = 1;

/**
 * Reads the one message whose rate matters, a plain limit order, straight from the bytes of its frame into a record: no text, no
 * object, no schema (0.4 µs where those take 1.2). It takes only what `JSON.parse`, schema and {@link encodePlace} would take
 * to the same record, and knows no errors: −1 says that the frame is for them. A test holds the two together.
 */
export class PlaceFrames {
  /** Of the frame that was read. */
  id = 0;
  market: MarketState | undefined;
  private readonly markets: MarketNames;
  private bytes: Uint8Array = new Uint8Array(0);
  /** Where the values of the fields begin and end in the frame, quotes left out. */
  private readonly starts = new Int32Array(FIELDS.length);
  private readonly ends = new Int32Array(FIELDS.length);

  /** `find`: a market by its slug. */
  constructor(find: (slug: string) => MarketState | undefined) {
    this.markets = new MarketNames(find);
  }

  /** Writes the record of an order of `account` and returns where it is; −1: nothing is written. */
  read(bytes: Uint8Array, buffer: R.RecordBuffer, account: number, connection: number): number {
    this.bytes = bytes;
    const seen = this.scan();
    if ((seen & REQUIRED) !== REQUIRED || !this.is(OP, PLACE)) return -1;
    const { starts, ends } = this;
    const named = this.markets.at(bytes, starts[MARKET] as number, ends[MARKET] as number);
    if (named === undefined) return -1;
    const { market } = named;
    const ticks = this.decimal(PRICE, 4);
    const lots = this.decimal(SIZE, 2);
    const outcome = (seen & (1 << OUTCOME)) === 0 ? named.byDefault : this.oneOf(OUTCOME, named.outcomes);
    const tif = (seen & (1 << TIF)) === 0 ? (market.bookOn ? C.TIF.GTC : C.TIF.IOC) : this.tif();
    const buys = this.is(SIDE, BUY);
    const postOnly = (seen & (1 << POST_ONLY)) === 0 ? 0 : this.flag(POST_ONLY);
    const reduceOnly = (seen & (1 << REDUCE_ONLY)) === 0 ? 0 : this.flag(REDUCE_ONLY);
    if (ticks < 1 || ticks >= TICKS_PER_DOLLAR || lots < 1 || lots > ORDER_LOTS_MAX || outcome < 0 || tif < 0)
      return -1;
    if ((!buys && !this.is(SIDE, SELL)) || postOnly < 0 || reduceOnly < 0) return -1;
    if ((seen & (1 << TYPE)) !== 0 && !this.is(TYPE, LIMIT)) return -1;
    if (!this.readId()) return -1;
    if ((seen & (1 << CLIENT_ID)) !== 0 && !this.clientIdIsValid()) return -1;

    this.market = market;
    const at = buffer.begin(C.COMMAND.PLACE, C.PLACE_WORDS);
    const { i32 } = buffer;
    i32[at + R.ACCOUNT] = account;
    i32[at + R.MARKET] = market.market;
    i32[at + C.PLACE_TERMS] =
      (buys ? C.BUY : C.SELL) |
      (tif << 2) |
      (postOnly === 1 ? C.POST_ONLY : 0) |
      (reduceOnly === 1 ? C.REDUCE_ONLY : 0) |
      (outcome << 8) |
      (connection << C.CONNECTION_SHIFT);
    i32[at + C.PLACE_PRICE] = ticks;
    i32[at + C.PLACE_SIZE] = lots;
    if ((seen & (1 << CLIENT_ID)) !== 0) {
      const start = starts[CLIENT_ID] as number;
      const length = (ends[CLIENT_ID] as number) - start;
      i32[at + C.PLACE_CLIENT_ID_LENGTH] = length;
      const to = (at + C.PLACE_CLIENT_ID) * 4;
      for (let i = 0; i < length; i++) buffer.bytes[to + i] = bytes[start + i] as number;
    }
    return at;
  }

  /** Finds the fields of `{"name":value,…}` without a space in it; returns which there are, 0 for anything else. */
  private scan(): number {
    const { bytes, starts, ends } = this;
    const last = bytes.length - 1;
    if (bytes[0] !== OPEN || bytes[last] !== CLOSE) return 0;
    let seen = 0;
    let at = 1;
    for (;;) {
      if (bytes[at] !== QUOTE) return 0;
      const name = at + 1;
      at = this.textEnd(name, last);
      const field = at < 0 ? -1 : fieldOf(bytes, name, at);
      if (field < 0 || (seen & (1 << field)) !== 0 || bytes[at + 1] !== COLON) return 0;
      seen |= 1 << field;
      at += 2;
      const quoted = bytes[at] === QUOTE;
      // The id is a number and the flags are words; everything else is a text.
      if (quoted === (field === ID || field >= POST_ONLY)) return 0;
      const start = quoted ? at + 1 : at;
      const end = quoted ? this.textEnd(start, last) : this.wordEnd(start, last);
      if (end < 0) return 0;
      starts[field] = start;
      ends[field] = end;
      at = quoted ? end + 1 : end;
      if (at === last) return seen;
      if (bytes[at++] !== COMMA) return 0;
    }
  }

  /** Where a text of plain ASCII ends: no escape, no control character; −1 otherwise. */
  private textEnd(start: number, last: number): number {
    const { bytes } = this;
    for (let at = start; at < last; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) return at;
      if (byte < 32 || byte > 126 || byte === 92) return -1;
    }
    return -1;
  }

  private wordEnd(start: number, last: number): number {
    const { bytes } = this;
    let at = start;
    while (at < last && bytes[at] !== COMMA) at++;
    return at > start ? at : -1;
  }

  private is(field: number, text: Uint8Array): boolean {
    return equal(this.bytes, this.starts[field] as number, this.ends[field] as number, text);
  }

  private oneOf(field: number, texts: readonly Uint8Array[]): number {
    for (let i = 0; i < texts.length; i++) if (this.is(field, texts[i] as Uint8Array)) return i;
    return -1;
  }

  private tif(): number {
    for (const { name, tif } of TIFS) if (this.is(TIF, name)) return tif;
    return -1;
  }

  /** 1, 0, or −1 for what is neither. */
  private flag(field: number): number {
    return this.is(field, TRUE) ? 1 : this.is(field, FALSE) ? 0 : -1;
  }

  /** A short decimal text in units of 10^−decimals; −1 for all that the exact parser should judge. */
  private decimal(field: number, decimals: number): number {
    const { bytes } = this;
    const end = this.ends[field] as number;
    let at = this.starts[field] as number;
    let value = 0;
    const whole = at;
    for (; at < end && bytes[at] !== POINT; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    if (at === whole || at - whole > DIGITS_MAX) return -1;
    let digits = 0;
    if (at < end) {
      for (at++; at < end; at++, digits++) {
        const digit = (bytes[at] as number) - ZERO;
        if (digit < 0 || digit > 9) return -1;
        value = value * 10 + digit;
      }
      if (digits === 0 || digits > decimals) return -1;
    }
    for (; digits < decimals; digits++) value *= 10;
    return value;
  }

  private readId(): boolean {
    const { bytes } = this;
    const start = this.starts[ID] as number;
    const end = this.ends[ID] as number;
    // JSON has no number that begins with a 0 but 0.
    if (end - start > ID_DIGITS_MAX || (bytes[start] === ZERO && end - start > 1)) return false;
    let id = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte < ZERO || byte > NINE) return false;
      id = id * 10 + byte - ZERO;
    }
    this.id = id;
    return true;
  }

  private clientIdIsValid(): boolean {
    const start = this.starts[CLIENT_ID] as number;
    const end = this.ends[CLIENT_ID] as number;
    if (end === start || end - start > C.CLIENT_ID_BYTES) return false;
    for (let at = start; at < end; at++) if (IN_CLIENT_ID[this.bytes[at] as number] === 0) return false;
    return true;
  }
}

function fieldOf(bytes: Uint8Array, start: number, end: number): number {
  const candidates = BY_LENGTH[end - start];
  if (candidates === undefined) return -1;
  for (let i = 0; i < candidates.length; i++) {
    const field = candidates[i] as number;
    if (equal(bytes, start, end, FIELDS[field] as Uint8Array)) return field;
  }
  return -1;
}
