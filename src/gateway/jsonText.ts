import { MICROS_PER_DOLLAR, TICKS_PER_DOLLAR } from '../protocol/units.ts';

/** A text that is written again and again, as UTF-8. */
export type Piece = Uint8Array;
export const piece = (text: string): Piece => new TextEncoder().encode(text);

/** Copied by a call above it, in a loop below: a call costs as much as so many bytes. */
const LOOP_MAX = 32;
const SIZE_FIRST = 1 << 13;
const BILLION = 1_000_000_000;
const ZERO = 48;
const POINT = 46;
const MINUS = 45;

/**
 * A JSON text as it is made: bytes in one place, which become one flat string at the end. The same text put together from
 * strings is a tree of some forty of them, to be flattened when it is sent (0.96 µs an answered order; so 0.57, and a third of
 * the garbage). The formats are those of `protocol/units.ts`.
 */
export class JsonText {
  private bytes = Buffer.alloc(SIZE_FIRST);
  private length = 0;
  private isAscii = true;

  begin(): void {
    this.length = 0;
    this.isAscii = true;
  }

  end(): string {
    return this.bytes.toString(this.isAscii ? 'latin1' : 'utf8', 0, this.length);
  }

  /** Makes room for so many bytes: what follows does not ask. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const { bytes } = this;
    this.bytes = Buffer.alloc(Math.max(bytes.length * 2, this.length + more));
    bytes.copy(this.bytes, 0, 0, this.length);
  }

  put(text: Piece): void {
    const { bytes, length } = this;
    if (text.length > LOOP_MAX) bytes.set(text, length);
    else for (let i = 0; i < text.length; i++) bytes[length + i] = text[i] as number;
    this.length = length + text.length;
  }

  /** A piece that may have other characters than ASCII. */
  putAny(text: Piece, isAscii: boolean): void {
    this.put(text);
    if (!isAscii) this.isAscii = false;
  }

  ascii(text: string): void {
    const { bytes, length } = this;
    for (let i = 0; i < text.length; i++) bytes[length + i] = text.charCodeAt(i);
    this.length = length + text.length;
  }

  /** Bytes that lie in words, four in each, as client order ids do. */
  packed(words: Int32Array, at: number, count: number): void {
    const { bytes, length } = this;
    for (let i = 0; i < count; i++) bytes[length + i] = (words[at + (i >> 2)] as number) >> ((i & 3) * 8);
    this.length = length + count;
  }

  /** A safe integer, not negative. */
  integer(value: number): void {
    if (value >= BILLION) {
      const high = Math.floor(value / BILLION);
      this.integer(high);
      return this.digits(value - high * BILLION, 9);
    }
    let count = 1;
    for (let limit = 10; value >= limit; limit *= 10) count++;
    this.digits(value, count);
  }

  /** As `formatMoney`. */
  money(micros: number): void {
    const magnitude = Math.abs(micros);
    if (micros < 0) this.bytes[this.length++] = MINUS;
    const dollars = Math.floor(magnitude / MICROS_PER_DOLLAR);
    this.integer(dollars);
    this.bytes[this.length++] = POINT;
    this.digits(magnitude - dollars * MICROS_PER_DOLLAR, 6);
  }

  /** As `formatSize`. */
  size(lots: number): void {
    const shares = Math.floor(lots / 100);
    this.integer(shares);
    this.bytes[this.length++] = POINT;
    this.digits(lots - shares * 100, 2);
  }

  /** As `formatPrice`. */
  price(ticks: number): void {
    const { bytes } = this;
    const dollars = ticks === TICKS_PER_DOLLAR ? 1 : 0;
    bytes[this.length++] = ZERO + dollars;
    bytes[this.length++] = POINT;
    const rest = ticks - dollars * TICKS_PER_DOLLAR;
    if (rest % 100 === 0) this.digits(rest / 100, 2);
    else if (rest % 10 === 0) this.digits(rest / 10, 3);
    else this.digits(rest, 4);
  }

  /** `count` digits of a value below 10^9. */
  private digits(value: number, count: number): void {
    const { bytes } = this;
    let rest = value | 0;
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const tens = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.length += count;
  }
}
