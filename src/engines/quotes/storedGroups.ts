import type { Reader, Writer } from '../snapshotBytes.ts';
import type { State } from '../state.ts';
import type { QuoteGroup } from './groups.ts';
import { isQuote, linkQuote } from './quoteIndex.ts';

/** Quote groups in a snapshot, by account and number. Which quotes they have follows from the orders. */
export function writeGroups(out: Writer, state: State): void {
  const groups: QuoteGroup[] = [];
  state.quoteGroups.each((group) => groups.push(group));
  out.number(groups.length);
  for (const group of groups) {
    out.numbers(group.account, group.nameLength);
    out.ints(group.name);
    out.numbers(group.window, group.frozen, group.sizeLimit, group.deltaLimit, group.frozenUntil);
    out.numbers(group.windowStart, group.filled, group.delta);
  }
}

/** Takes them back, and finds their quotes among the orders, which have been read. */
export function readGroups(input: Reader, state: State): void {
  for (let left = input.number(); left > 0; left--) {
    const account = input.number();
    const nameLength = input.number();
    const group = state.quoteGroups.add(account, input.ints(), 0, nameLength);
    group.window = input.number();
    group.frozen = input.number();
    group.sizeLimit = input.number();
    group.deltaLimit = input.number();
    group.frozenUntil = input.number();
    group.windowStart = input.number();
    group.filled = input.number();
    group.delta = input.number();
  }
  for (let slot = 0; slot < state.orders.high; slot++) if (isQuote(state.orders, slot)) linkQuote(state, slot);
}
