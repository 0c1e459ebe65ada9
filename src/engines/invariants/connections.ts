import { assert } from '../growth.ts';
import type { Market } from '../market.ts';
import { HOLDER, MARKET, ROW, STATE, TERMS } from '../order-book/orders.ts';
import { connectionOfTerms } from '../records/commands.ts';
import { STATUS } from '../records/events.ts';
import type { State } from '../state.ts';

/** Open orders carry numbers of armed connections only; the next dead-man's switch is the earliest of all. */
export function checkConnections(state: State): void {
  const { rows, high } = state.orders;
  for (let slot = 0; slot < high; slot++) {
    const row = slot * ROW;
    const number = connectionOfTerms(rows[row + TERMS] as number);
    if (rows[row + STATE] !== STATUS.OPEN || number === 0) continue;
    const { holders } = state.markets[rows[row + MARKET] as number] as Market;
    const account = holders.account(rows[row + HOLDER] as number);
    assert(state.connections.isArmed(account, number), `an order's connection is armed, of account ${account}`);
  }
  let next = Number.POSITIVE_INFINITY;
  for (const connections of state.connections.all()) {
    const of = `of account ${connections.account}`;
    assert(connections.armed === connections.numbers().length, `armed connections are counted ${of}`);
    if (connections.cancelAt !== 0) next = Math.min(next, connections.cancelAt);
  }
  assert(state.connections.deadlines.next === next, 'the next switch is the earliest');
}
