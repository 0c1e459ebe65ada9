import * as RecordHeader from './header.ts';

export * from './header.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { LENGTH, KIND } = RecordHeader;

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
