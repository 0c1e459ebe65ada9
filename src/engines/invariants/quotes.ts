import { assert } from '../growth.ts';
import { isQuote, keyOf } from '../quotes/quoteIndex.ts';
import type { State } from '../state.ts';

/** Every group has the quotes that are among the open orders, each where it stands, and counts what it may. */
export function checkGroups(state: State): void {
  const { orders } = state;
  let quotes = 0;
  let listed = 0;
  for (let slot = 0; slot < orders.high; slot++) if (isQuote(orders, slot)) quotes++;
  assert(state.protection.tripped.length === 0, 'quotes whose limit was hit are withdrawn');
  state.quoteGroups.each((group) => {
    const of = `of group ${group.number} of account ${group.account}`;
    listed += group.quotes.size;
    for (const [key, slot] of group.quotes) {
      assert(isQuote(orders, slot) && state.protection.groupOf(slot) === group, `a quote is an open order ${of}`);
      assert(keyOf(state, slot) === key, `a quote is found where it stands ${of}`);
    }
    assert(!group.tripped, `a hit is dealt with by its command ${of}`);
    assert(group.filled >= 0 && Math.abs(group.delta) <= group.filled, `a window counts what was filled ${of}`);
    assert(group.windowStart >= 0 || group.filled === 0, `nothing is counted outside of a window ${of}`);
    assert(group.windowStart <= state.time, `a window has begun ${of}`);
    assert(group.window > 0 || group.windowStart < 0, `an unprotected group has no window ${of}`);
    assert(!group.isHit(group.filled, group.delta) || group.windowStart < 0, `a window ends with a hit ${of}`);
    assert(!group.isFrozen(state.time) || group.quotes.size === 0, `a frozen group shows nothing ${of}`);
  });
  assert(listed === quotes, 'every quote is in its group');
}
