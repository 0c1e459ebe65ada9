import { KIND, LENGTH } from '../../engines/records/buffer.ts';
import { DONE_FLAGS, DUPLICATE, EVENT } from '../../engines/records/events.ts';

/** Two views of the same memory: records of commands or events. */
export type Records = { readonly i32: Int32Array; readonly f64: Float64Array };

/** Whether the ORDER record at `at` only answers a request that was repeated: nothing about the order has changed. */
export function isRepeated(i32: Int32Array, at: number): boolean {
  const next = at + (i32[at + LENGTH] as number);
  return i32[next + KIND] === EVENT.DONE && ((i32[next + DONE_FLAGS] as number) & DUPLICATE) !== 0;
}
