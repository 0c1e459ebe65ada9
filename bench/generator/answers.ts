/** Where the parts of an answer lie: `{"id":1000000000,"ok":true,…`. */
const ID_AT = 6;
const ID_DIGITS = 10;
const OK_AT = 22;
const F = 102;
const ZERO = 48;
const NINE = 57;

export function idOf(bytes: Buffer, start: number): number {
  let id = 0;
  for (let at = start + ID_AT; at < start + ID_AT + ID_DIGITS; at++) id = id * 10 + (bytes[at] as number) - ZERO;
  return id;
}

/** An echo is no refusal, nor is an answer without `"ok":false`; answers of mass quotes have one for each quote. */
export const isRefused = (bytes: Buffer, start: number, end: number, hasParts: boolean): boolean =>
  bytes[start + OK_AT] === F || (hasParts && bytes.subarray(start, end).includes('"ok":false'));

/** The digits from `at` on. */
export function numberAt(bytes: Buffer, at: number): number {
  let number = 0;
  for (let i = at; (bytes[i] as number) >= ZERO && (bytes[i] as number) <= NINE; i++) {
    number = number * 10 + (bytes[i] as number) - ZERO;
  }
  return number;
}
