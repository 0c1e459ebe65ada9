import * as R from '../../engines/records/buffer.ts';
import { codeName, DONE_FIELD, FIELDS } from '../../engines/records/events.ts';
import type { ErrorCode, WireError } from '../../protocol/errors.ts';
import { formatPrice, formatSize } from '../../protocol/units.ts';
import { limitAtFault } from '../engine-port/limitAtFault.ts';
import { messageOf } from './messages.ts';
import type { Records } from './orderJson.ts';

/** An error with the table’s text; `field` '' names none. */
export function refusal(code: ErrorCode, field = '', message = messageOf(code, field)): WireError {
  return field === '' ? { code, message } : { code, message, field };
}

/** The error of a command that the engine refused: `doneAt` is its DONE. */
export function engineRefusal({ i32, f64 }: Records, doneAt: number): WireError {
  const code = codeName(i32[doneAt + R.CODE] as number);
  const field = FIELDS[i32[doneAt + DONE_FIELD] as number];
  const fault = limitAtFault(i32, f64, doneAt);
  if (fault === undefined) return refusal(code, field);
  const limit = limitOf(fault.name, fault.value);
  const error: WireError = { ...refusal(code, field, messageOf(code, field, limit.name)), limit };
  if (fault.name === PROTECTION && typeof limit.value === 'number') {
    error.retryAfterMs = Math.max(1, limit.value - (f64[(doneAt + R.TIME) >> 1] as number));
  }
  return error;
}

/** The limit that a frozen quote group meets: its value is when the freeze ends, or that it must be reset. */
const PROTECTION = 'marketMakerProtection';

/** Limits that are sizes, by the names that clients know them under. */
const SIZES: Readonly<Record<string, string>> = {
  orderLots: 'orderSize',
  marketOrderLots: 'maxOrderSize',
  positionLots: 'positionLimit',
  freeShares: 'freeShares',
};

/** A limit as clients see it: sizes in shares, the bound of a collar as a price of the book, a freeze’s end, all else as counts. */
export function limitOf(name: string, value: number): { name: string; value: string | number } {
  const size = SIZES[name];
  if (size !== undefined) return { name: size, value: formatSize(value) };
  if (name === PROTECTION && !(value >= 0 && value < Number.POSITIVE_INFINITY)) return { name, value: 'reset' };
  return { name, value: name === 'collar' ? formatPrice(value) : value };
}
