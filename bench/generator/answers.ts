import { FIRST_ID } from './flows.ts';

/** Where the parts of an answer lie: `{"id":1000000000,"ok":true,…`. */
const ID_AT = 6;
const ID_DIGITS = 10;
const OK_AT = 22;
const F = 102;
const CODE = /"code":"([A-Z_]+)"/;
const ZERO = 48;
const NINE = 57;

function idOf(bytes: Buffer, start: number): number {
  let id = 0;
  for (let at = start + ID_AT; at < start + ID_AT + ID_DIGITS; at++) id = id * 10 + (bytes[at] as number) - ZERO;
  return id;
}

/**
 * Requests of one connection that wait for their answers, by their place in its ring: each is answered once. In which order is
 * not asked: refusals by the gateway may overtake.
 */
export class Waiting {
  /** By code. */
  readonly refused: Record<string, number>;
  /** When each was sent, or was to be; 0: it does not wait. */
  readonly since: Float64Array;
  private readonly hasParts: boolean;

  /** `hasParts`: answers of mass quotes have one result for each quote. */
  constructor(ring: number, hasParts: boolean, refused: Record<string, number>) {
    this.since = new Float64Array(ring);
    this.hasParts = hasParts;
    this.refused = refused;
  }

  /** Since when the answered request has waited; NaN: nobody waits for this answer. */
  answered(bytes: Buffer, start: number, end: number): number {
    const slot = idOf(bytes, start) - FIRST_ID;
    const since = this.since[slot] ?? 0;
    if (since === 0) return Number.NaN;
    this.since[slot] = 0;
    // An echo is no refusal.
    const isRefused =
      bytes[start + OK_AT] === F || (this.hasParts && bytes.subarray(start, end).includes('"ok":false'));
    if (isRefused) {
      const code = CODE.exec(bytes.toString('latin1', start, end))?.[1] ?? 'unknown';
      this.refused[code] = (this.refused[code] ?? 0) + 1;
    }
    return since;
  }
}

/** The digits from `at` on. */
export function numberAt(bytes: Buffer, at: number): number {
  let number = 0;
  for (let i = at; (bytes[i] as number) >= ZERO && (bytes[i] as number) <= NINE; i++) {
    number = number * 10 + (bytes[i] as number) - ZERO;
  }
  return number;
}
