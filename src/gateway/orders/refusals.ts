import { LIMIT_NAMES } from '../../engines/limits.ts';
import * as R from '../../engines/records/buffer.ts';
import { codeName, DONE_FIELD, DONE_LIMIT, DONE_LIMIT_VALUE, FIELDS } from '../../engines/records/events.ts';
import type { ErrorCode, WireError } from '../../protocol/errors.ts';
import { formatSize } from '../../protocol/units.ts';
import { messageOf } from './messages.ts';

/** An error with the table’s text; `field` '' names none. */
export function refusal(code: ErrorCode, field = '', message = messageOf(code, field)): WireError {
  return field === '' ? { code, message } : { code, message, field };
}

/** The error of a command that the engine refused: `doneAt` is its DONE. */
export function engineRefusal(events: R.RecordBuffer, doneAt: number): WireError {
  const { i32, f64 } = events;
  const error = refusal(codeName(i32[doneAt + R.CODE] as number), FIELDS[i32[doneAt + DONE_FIELD] as number]);
  const name = LIMIT_NAMES[i32[doneAt + DONE_LIMIT] as number];
  if (name === undefined || name === '') return error;
  return { ...error, limit: limitOf(name, f64[(doneAt + DONE_LIMIT_VALUE) >> 1] as number) };
}

/** A limit as clients see it: sizes in shares, all else as counts. */
export const limitOf = (name: string, value: number): { name: string; value: string | number } =>
  name === 'orderLots' ? { name: 'orderSize', value: formatSize(value) } : { name, value };
