import { KIND, LENGTH } from '../../engines/records/buffer.ts';
import { DONE_FLAGS, DUPLICATE, EVENT, ITEM } from '../../engines/records/events.ts';

/** Whether the record at `at` is the DONE of a whole command; those of a batch’s items lie within its group. */
export const endsGroup = (i32: Int32Array, at: number): boolean =>
  i32[at + KIND] === EVENT.DONE && ((i32[at + DONE_FLAGS] as number) & ITEM) === 0;

/** Whether the ORDER record at `at` only answers a request that was repeated: nothing about the order has changed. */
export function isRepeated(i32: Int32Array, at: number): boolean {
  const next = at + (i32[at + LENGTH] as number);
  return i32[next + KIND] === EVENT.DONE && ((i32[next + DONE_FLAGS] as number) & DUPLICATE) !== 0;
}
