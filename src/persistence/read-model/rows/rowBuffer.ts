import { textField } from './arrays.ts';

const COMMA = 44;
const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;
const MINUS = 45;
const ZERO = 48;
/** Digits of a safe integer, its sign and a comma. */
const NUMBER_BYTES_MAX = 18;
const BILLION = 1_000_000_000;

/**
 * Rows of one table on their way to it: integers (NaN is null) in one block of memory, and where one of the table's columns
 * is a text, that. As strings the same rows cost twice the time of this thread, most of it in collecting their pieces.
 */
export class RowBuffer {
  private readonly width: number;
  /** Row by row; valid until the next {@link add}. */
  values: Float64Array;
  /** The text of each row, where the table has one. */
  readonly texts: (string | null)[] | null;
  /** How many integers come before the text; −1: there is none. */
  private readonly textAfter: number;
  count = 0;

  /** `width` is the number of the integer columns; `textAfter` so many of them comes a text. */
  constructor(width: number, { textAfter = -1 }: { textAfter?: number } = {}) {
    this.width = width;
    this.values = new Float64Array(width * 256);
    this.texts = textAfter < 0 ? null : [];
    this.textAfter = textAfter;
  }

  /** Where the values of a new row begin. */
  add(): number {
    const at = this.count * this.width;
    if (at + this.width > this.values.length) {
      const grown = new Float64Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.count++;
    return at;
  }

  /** The text of an array of the table's row type: `{"(1,,2)","(3,text,4)"}`. */
  toArray(): string {
    const { width, values, texts, textAfter, count } = this;
    const rowBytes = width * NUMBER_BYTES_MAX + 8;
    let bytes = Buffer.allocUnsafe(Math.min(count, 4096) * rowBytes + 8);
    let at = 0;
    bytes[at++] = 123;
    for (let row = 0; row < count; row++) {
      const text = texts === null ? '' : textField(texts[row] as string | null);
      const needed = at + rowBytes + text.length * 3;
      if (needed > bytes.length) bytes = Buffer.concat([bytes.subarray(0, at)], needed * 2);
      if (row > 0) bytes[at++] = COMMA;
      bytes[at++] = QUOTE;
      bytes[at++] = OPEN;
      for (let column = 0; column < width; column++) {
        if (column > 0) bytes[at++] = COMMA;
        if (column === textAfter) {
          at += bytes.write(text, at);
          bytes[at++] = COMMA;
        }
        at = writeInteger(bytes, at, values[row * width + column] as number);
      }
      if (textAfter === width) {
        bytes[at++] = COMMA;
        at += bytes.write(text, at);
      }
      bytes[at++] = CLOSE;
      bytes[at++] = QUOTE;
    }
    bytes[at++] = 125;
    return bytes.toString('utf8', 0, at);
  }
}

/** Writes a safe integer as decimal text, NaN as nothing; returns where it ends. */
function writeInteger(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (rest < 0) {
    bytes[at++] = MINUS;
    rest = -rest;
  }
  if (rest < BILLION) return writeDigits(bytes, at, rest, 1);
  if (Number.isNaN(rest)) return at;
  const high = Math.floor(rest / BILLION);
  at = writeDigits(bytes, at, high, 1);
  return writeDigits(bytes, at, rest - high * BILLION, 9);
}

/** Writes an integer below a billion with at least `digits` digits. */
function writeDigits(bytes: Uint8Array, at: number, value: number, digits: number): number {
  let length = digits;
  if (length === 1) for (let bound = 10; bound <= value; bound *= 10) length++;
  let rest = value | 0;
  for (let i = at + length - 1; i >= at; i--) {
    const tens = (rest / 10) | 0;
    bytes[i] = ZERO + rest - tens * 10;
    rest = tens;
  }
  return at + length;
}
