import { dueWith } from './fees.ts';
import { DOLLAR } from './state.ts';
import type { Taking } from './taking.ts';

/** The most of `lots` that the cap on the client's cost, fees included, still allows. */
export function affordable(
  taking: Taking,
  lots: bigint,
  micros: (lots: bigint) => bigint,
  fee: (lots: bigint) => bigint,
): bigint {
  const { budget, order } = taking;
  if (budget === undefined) return lots;
  const cost = (part: bigint): bigint =>
    (order.mirrored ? DOLLAR * part - micros(part) : micros(part)) + dueWith(order, fee(part));
  if (cost(lots) <= budget) return lots;
  let low = 0n;
  let high = lots;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (cost(middle) <= budget) low = middle;
    else high = middle;
  }
  return low;
}
