/**
 * Records: what crosses threads and what is journaled. One little-endian layout for commands and events:
 *
 * ```
 *  word 0      1      2 3     4 5      6         7        8        9       10 …
 *     length | kind | seq  | time  | account | market | ticket | code | body, by kind
 *     words    i32    f64    f64     i32       i32      i32      i32
 * ```
 * A word is 4 bytes, a length is even, so that every f64 is aligned: the f64 index of word w is w / 2.
 */
export const LENGTH = 0;
export const KIND = 1;
export const SEQ = 2;
export const TIME = 4;
export const ACCOUNT = 6;
export const MARKET = 7;
/** Chosen by the sender of a command and repeated in its answer. */
export const TICKET = 8;
/** In answers: 0, or 1 + the index of the error code. */
export const CODE = 9;
export const BODY = 10;

/** The largest record: a market definition with its criteria. */
export const RECORD_WORDS_MAX = 16_384;

/** A growing buffer of records, reused after {@link RecordBuffer.clear}. */
export class RecordBuffer {
  bytes: Uint8Array;
  i32: Int32Array;
  f64: Float64Array;
  /** Words written. */
  words = 0;

  constructor(capacityWords = 1 << 14) {
    const memory = new ArrayBuffer(capacityWords * 4);
    this.bytes = new Uint8Array(memory);
    this.i32 = new Int32Array(memory);
    this.f64 = new Float64Array(memory);
  }

  clear(): void {
    this.words = 0;
  }

  /** Starts a record of `words` (rounded up to even), of which only the length is written, and returns its first word. */
  reserve(words: number): number {
    const at = this.words;
    const length = (words + 1) & ~1;
    if (at + length > this.i32.length) this.grow(at + length);
    this.i32[at + LENGTH] = length;
    this.words = at + length;
    return at;
  }

  /** Starts a zeroed record and returns its first word. */
  begin(kind: number, words: number): number {
    const at = this.reserve(words);
    this.i32.fill(0, at + 1, this.words);
    this.i32[at + KIND] = kind;
    return at;
  }

  /** Appends whole records copied from elsewhere. */
  append(source: Int32Array, from: number, to: number): number {
    const at = this.words;
    const length = to - from;
    if (at + length > this.i32.length) this.grow(at + length);
    this.i32.set(source.subarray(from, to), at);
    this.words = at + length;
    return at;
  }

  /** The bytes of the records written so far; a view, valid until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.words * 4);
  }

  private grow(words: number): void {
    let capacity = this.i32.length;
    while (capacity < words) capacity *= 2;
    const memory = new ArrayBuffer(capacity * 4);
    const i32 = new Int32Array(memory);
    i32.set(this.i32);
    this.bytes = new Uint8Array(memory);
    this.i32 = i32;
    this.f64 = new Float64Array(memory);
  }
}

/** Calls `visit` with the first word of each record in `i32[from … to)`. */
export function eachRecord(i32: Int32Array, from: number, to: number, visit: (at: number) => void): void {
  for (let at = from; at < to; at += i32[at + LENGTH] as number) visit(at);
}
