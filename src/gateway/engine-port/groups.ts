import { KIND } from '../../engines/records/buffer.ts';
import { DONE_FLAGS, EVENT, ITEM } from '../../engines/records/events.ts';

/** Whether the record at `at` is the DONE of a whole command; those of a batch’s items lie within its group. */
export const endsGroup = (i32: Int32Array, at: number): boolean =>
  i32[at + KIND] === EVENT.DONE && ((i32[at + DONE_FLAGS] as number) & ITEM) === 0;
