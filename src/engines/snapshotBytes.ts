/** How a snapshot is written: sections of 8-byte units, little-endian; an array is its length, then its values. */
export class Writer {
  private bytes = new Uint8Array(1 << 16);
  private at = 0;

  number(value: number): void {
    this.reserve(8);
    new Float64Array(this.bytes.buffer, this.at, 1)[0] = value;
    this.at += 8;
  }

  numbers(...values: number[]): void {
    for (const value of values) this.number(value);
  }

  /** Returns where the values now stand, to be changed in place before the next write. */
  ints(values: Int32Array): Int32Array {
    const from = this.block(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), values.length);
    return new Int32Array(this.bytes.buffer, from, values.length);
  }

  floats(values: Float64Array): Float64Array {
    const from = this.block(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), values.length);
    return new Float64Array(this.bytes.buffer, from, values.length);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.block(bytes, bytes.length);
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  private block(bytes: Uint8Array, count: number): number {
    this.number(count);
    this.reserve(bytes.length + 8);
    const from = this.at;
    this.bytes.set(bytes, from);
    const end = from + bytes.length;
    this.at = Math.ceil(end / 8) * 8;
    this.bytes.fill(0, end, this.at);
    return from;
  }

  private reserve(bytes: number): void {
    let capacity = this.bytes.length;
    while (capacity < this.at + bytes) capacity *= 2;
    if (capacity === this.bytes.length) return;
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

/** Reads what {@link Writer} wrote. Arrays are views: copy what is kept. Reading past the end throws. */
export class Reader {
  private readonly buffer: ArrayBuffer;
  private at = 0;

  constructor(bytes: Uint8Array) {
    // A copy of exactly these bytes: a Node Buffer is a view of a larger pool, and its slice() one, too.
    this.buffer = new Uint8Array(bytes).buffer;
  }

  get ended(): boolean {
    return this.at === this.buffer.byteLength;
  }

  number(): number {
    const value = new Float64Array(this.buffer, this.at, 1)[0] as number;
    this.at += 8;
    return value;
  }

  flag(): boolean {
    return this.number() === 1;
  }

  ints(): Int32Array<ArrayBuffer> {
    const count = this.number();
    const values = new Int32Array(this.buffer, this.at, count);
    this.at += Math.ceil(count / 2) * 8;
    return values;
  }

  floats(): Float64Array<ArrayBuffer> {
    const count = this.number();
    const values = new Float64Array(this.buffer, this.at, count);
    this.at += count * 8;
    return values;
  }

  text(): string {
    const count = this.number();
    const bytes = new Uint8Array(this.buffer, this.at, count);
    this.at += Math.ceil(count / 8) * 8;
    return new TextDecoder().decode(bytes);
  }
}

/** 64 bits over the bytes of a snapshot, as 16 hex digits: two multiply-xor lanes over its words. */
export function hashBytes(bytes: Uint8Array): string {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
  let a = 0x243f6a88;
  let b = 0x85a308d3;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    a = Math.imul(a ^ word, 0x9e3779b1);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x85ebca6b) + a;
    b ^= b >>> 13;
  }
  return hex(a) + hex(b);
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
