import { Refusal } from '../services/refusal.ts';

/** A cursor is opaque to clients: the key after which the next page starts, one or several integers. */
export const writeCursor = (...key: readonly number[]): string => Buffer.from(key.join('.')).toString('base64url');

const KEY = /^\d{1,16}(\.\d{1,16})*$/;

/** The key in a cursor, undefined without one; a refusal for a text that we did not write for this list. */
export function readCursor(cursor: string | undefined, length: number): number[] | undefined | Refusal {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const key = KEY.test(text) ? text.split('.').map(Number) : [];
  if (key.length === length && key.every(Number.isSafeInteger)) return key;
  return new Refusal('INVALID_REQUEST', 'The cursor is not one of this list', { field: 'cursor' });
}
