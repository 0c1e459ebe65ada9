import { LIMIT_NAMES } from '../../engines/limits.ts';
import { CODE } from '../../engines/records/buffer.ts';
import { codeNumber, DONE_LIMIT, DONE_LIMIT_VALUE } from '../../engines/records/events.ts';

const OUT_OF_RANGE = codeNumber('PRICE_OUT_OF_RANGE');
const WOULD_INCREASE = codeNumber('REDUCE_ONLY_WOULD_INCREASE');

/** The limit that a refused command met, from its DONE at `at`; in the engine’s units. */
export function limitAtFault(
  i32: Int32Array,
  f64: Float64Array,
  at: number,
): { name: string; value: number } | undefined {
  const value = f64[(at + DONE_LIMIT_VALUE) >> 1] as number;
  const limit = i32[at + DONE_LIMIT] as number;
  if (limit !== 0) return { name: LIMIT_NAMES[limit] as string, value };
  const code = i32[at + CODE];
  if (code === WOULD_INCREASE) return { name: 'freeShares', value };
  return code === OUT_OF_RANGE && value > 0 ? { name: 'collar', value } : undefined;
}
