import * as R from '../../engines/records/buffer.ts';
import * as C from '../../engines/records/commands.ts';
import { QUOTES_MAX } from '../../protocol/requests.ts';
import { ORDER_LOTS_MAX, TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { ascii, equal, MarketNames } from './marketNames.ts';

// What stands between the values of the usual mass quote, as JSON.stringify writes it.
const BEGIN = ascii('{"id":');
const GROUP = ascii(',"op":"quotes","group":"');
const QUOTES = ascii(',"quotes":[');
const MARKET = ascii('{"market":"');
const OUTCOME = ascii(',"outcome":"');
const BID = ascii(',"bid":');
const ASK = ascii(',"ask":');
const NULL = ascii('null');
const PRICE = ascii('{"price":"');
const SIZE = ascii(',"size":"');

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const CLOSE_LIST = 93;
const CLOSE = 125;
/** More digits before the point than any size has: left to the exact parser. */
const DIGITS_MAX = 9;
const ID_DIGITS_MAX = 15;
const RECORD_WORDS = C.QUOTES_ITEMS + C.QUOTE_WORDS * QUOTES_MAX;

/** May a byte be in the name of a group? `[A-Za-z0-9_.:-]` */
const IN_NAME = new Uint8Array(256);
for (const byte of ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-')) IN_NAME[byte] = 1;

/**
 * Reads the usual mass quote straight from the bytes of its frame into a record, without a text or an object for each of its
 * sides. It takes only what `JSON.parse`, schema and `encodeQuotes` would take whole to the same record, written without
 * spaces and with its fields in the order of the documentation, and knows no errors: −1 says that the frame is for them. A
 * test holds the two together.
 */
export class QuotesFrames {
  /** Of the frame that was read. */
  id = 0;
  count = 0;
  private readonly markets: MarketNames;
  private bytes: Uint8Array = new Uint8Array(0);
  /** Where the next byte to be read is. */
  private at = 0;
  /** Some side is set, not removed or left. */
  private sets = false;

  /** `find`: a market by its slug. */
  constructor(find: (slug: string) => MarketState | undefined) {
    this.markets = new MarketNames(find);
  }

  /** Writes the record of a mass quote of `account` and returns where it is; −1: nothing is written. */
  read(bytes: Uint8Array, buffer: R.RecordBuffer, account: number, connection: number): number {
    this.bytes = bytes;
    this.at = 0;
    this.sets = false;
    if (!this.is(BEGIN) || !this.readId() || !this.is(GROUP)) return -1;
    const name = this.at;
    const nameEnd = this.textEnd();
    if (!isName(bytes, name, nameEnd) || !this.is(QUOTES)) return -1;
    const at = buffer.begin(C.COMMAND.QUOTES, RECORD_WORDS);
    const end = this.readQuotes(buffer.i32, at + C.QUOTES_ITEMS);
    // What only removes has a budget of its own: it is looked at by those who know.
    if (end < 0 || !this.sets) {
      buffer.clear();
      return -1;
    }
    const { i32 } = buffer;
    i32[at + R.LENGTH] = end - at;
    buffer.words = end;
    i32[at + R.ACCOUNT] = account;
    i32[at + R.MARKET] = -1;
    i32[at + C.QUOTES_CONNECTION] = connection;
    i32[at + C.QUOTES_COUNT] = this.count;
    i32[at + C.GROUP_NAME_LENGTH] = nameEnd - name;
    const to = (at + C.GROUP_NAME) * 4;
    for (let i = 0; i < nameEnd - name; i++) buffer.bytes[to + i] = bytes[name + i] as number;
    return at;
  }

  /** Reads the list and the end of the frame; returns the word after the last item, −1 for what is not the usual. */
  private readQuotes(i32: Int32Array, first: number): number {
    const { bytes } = this;
    let item = first;
    for (this.count = 1; this.count <= QUOTES_MAX; this.count++) {
      if (!this.readQuote(i32, item)) return -1;
      item += C.QUOTE_WORDS;
      const next = bytes[this.at++];
      if (next === CLOSE_LIST) return bytes[this.at] === CLOSE && this.at + 1 === bytes.length ? item : -1;
      if (next !== COMMA) return -1;
    }
    return -1;
  }

  private readQuote(i32: Int32Array, item: number): boolean {
    const { bytes } = this;
    if (!this.is(MARKET)) return false;
    const slug = this.at;
    const slugEnd = this.textEnd();
    const named = slugEnd < 0 ? undefined : this.markets.at(bytes, slug, slugEnd);
    if (named === undefined) return false;
    let outcome = named.byDefault;
    if (this.is(OUTCOME)) {
      const start = this.at;
      const end = this.textEnd();
      outcome = end < 0 ? -1 : named.outcomes.findIndex((text) => equal(bytes, start, end, text));
    }
    if (outcome < 0) return false;
    i32[item + C.QUOTE_MARKET] = named.market.market;
    i32[item + C.QUOTE_TERMS] = outcome << 8;
    if (!this.readSide(BID, i32, item + C.QUOTE_BID_PRICE, item + C.QUOTE_BID_SIZE)) return false;
    if (!this.readSide(ASK, i32, item + C.QUOTE_ASK_PRICE, item + C.QUOTE_ASK_SIZE)) return false;
    return bytes[this.at++] === CLOSE;
  }

  private readSide(field: Uint8Array, i32: Int32Array, priceAt: number, sizeAt: number): boolean {
    i32[priceAt] = 0;
    i32[sizeAt] = C.KEEP;
    if (!this.is(field)) return true;
    if (this.is(NULL)) {
      i32[sizeAt] = 0;
      return true;
    }
    if (!this.is(PRICE)) return false;
    const ticks = this.decimal(4);
    if (ticks < 1 || ticks >= TICKS_PER_DOLLAR || !this.is(SIZE)) return false;
    const lots = this.decimal(2);
    if (lots < 1 || lots > ORDER_LOTS_MAX) return false;
    i32[priceAt] = ticks;
    i32[sizeAt] = lots;
    this.sets = true;
    return this.bytes[this.at++] === CLOSE;
  }

  /** Whether these bytes come next; they are passed over then. */
  private is(text: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
    this.at = at + text.length;
    return true;
  }

  /** Passes over a text of plain ASCII and its quote, and returns where it ends; −1: it has an escape, or more than ASCII. */
  private textEnd(): number {
    const { bytes } = this;
    for (let at = this.at; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.at = at + 1;
        return at;
      }
      if (byte < 32 || byte > 126 || byte === 92) return -1;
    }
    return -1;
  }

  /** A short decimal text in units of 10^−decimals, and its quote; −1 for all that the exact parser should judge. */
  private decimal(decimals: number): number {
    const { bytes } = this;
    let at = this.at;
    let value = 0;
    let byte = bytes[at] as number;
    const whole = at;
    for (; byte >= ZERO && byte <= ZERO + 9; byte = bytes[++at] as number) value = value * 10 + byte - ZERO;
    if (at === whole || at - whole > DIGITS_MAX) return -1;
    let digits = 0;
    if (byte === POINT) {
      byte = bytes[++at] as number;
      for (; byte >= ZERO && byte <= ZERO + 9; byte = bytes[++at] as number, digits++) value = value * 10 + byte - ZERO;
      if (digits === 0 || digits > decimals) return -1;
    }
    if (byte !== QUOTE) return -1;
    this.at = at + 1;
    for (; digits < decimals; digits++) value *= 10;
    return value;
  }

  private readId(): boolean {
    const { bytes } = this;
    const start = this.at;
    let id = 0;
    let at = start;
    for (let byte = bytes[at] as number; byte >= ZERO && byte <= ZERO + 9; byte = bytes[++at] as number)
      id = id * 10 + byte - ZERO;
    // JSON has no number that begins with a 0 but 0.
    if (at === start || at - start > ID_DIGITS_MAX || (bytes[start] === ZERO && at - start > 1)) return false;
    this.id = id;
    this.at = at;
    return true;
  }
}

function isName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end <= start || end - start > C.CLIENT_ID_BYTES) return false;
  for (let at = start; at < end; at++) if (IN_NAME[bytes[at] as number] === 0) return false;
  return true;
}
