import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import type { Market } from '../../src/engines/market.ts';
import { ROW, STATE, TERMS } from '../../src/engines/order-book/orders.ts';
import { CONNECTION_SHIFT } from '../../src/engines/records/commands.ts';
import { STATUS } from '../../src/engines/records/events.ts';
import { State } from '../../src/engines/state.ts';
import { EngineDriver } from '../support/engineDriver.ts';

/** What the invariants must notice: each breaks one thing of a state that holds all of them. */
type Break = (state: State, market: Market) => void;

function start(): { driver: EngineDriver; state: State } {
  const state = new State();
  const driver = new EngineDriver(new Engine(state));
  for (let account = 1; account <= 3; account++) driver.open(account);
  driver.createMarket('m');
  return { driver, state };
}

function notices(driver: EngineDriver, state: State, change: Break, message: RegExp): void {
  driver.engine.checkInvariants();
  change(state, state.markets[0] as Market);
  expect(() => driver.engine.checkInvariants()).toThrow(message);
}

describe('the invariants notice', () => {
  it.each(['resolved', 'voided'])('shares of holders that were paid: a market that is %s', (how) => {
    const { driver, state } = start();
    driver.place(1, 0, { price: 4_000, size: 10 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 10 });
    if (how === 'voided') driver.void(0);
    else {
      driver.step('CLOSE', 0);
      driver.resolve(0, [10_000, 0]);
    }
    // A void first takes back what holders have taken out.
    driver.batch('SETTLE_BATCH', 0, how === 'voided' ? 3 : 1);
    notices(
      driver,
      state,
      (_, { holders }) => {
        holders.f64[holders.sharesAt(0, 1)] = 10;
      },
      /who was paid holds no shares/,
    );
  });

  const quoting: [string, Break, RegExp][] = [
    ['a quote that its group does not know', (state) => state.quoteGroups.get(1, 1).quotes.clear(), /is in its group/],
    [
      'a quote that is found elsewhere',
      (state) => {
        const { quotes } = state.quoteGroups.get(1, 1);
        const [[key, slot]] = [...quotes] as [[number, number]];
        quotes.delete(key);
        quotes.set(key + 2, slot);
      },
      /found where it stands/,
    ],
    [
      'more net than gross',
      (state) => {
        state.quoteGroups.get(1, 1).delta = 5;
      },
      /counts what was filled/,
    ],
    [
      'a hit without a freeze',
      (state) => {
        state.quoteGroups.get(1, 1).filled = 10;
      },
      /ends with a hit/,
    ],
    [
      'a frozen group that quotes',
      (state) => {
        state.quoteGroups.get(1, 1).frozenUntil = Number.POSITIVE_INFINITY;
      },
      /shows nothing/,
    ],
    ['a switch that nobody waits for', (state) => state.connections.deadlines.set(1, 0), /the earliest/],
    ['an order of a connection that is not there', (state) => void state.connections.of(1).free(1), /is armed/],
    [
      'an order that carries another number',
      (state) => {
        const [slot] = state.quoteGroups.get(1, 1).quotes.values();
        const at = (slot as number) * ROW + TERMS;
        state.orders.rows[at] = (state.orders.rows[at] as number) | (2 << CONNECTION_SHIFT);
      },
      /is armed/,
    ],
  ];
  it.each(quoting)('%s', (_, change, message) => {
    const { driver, state } = start();
    driver.connection(1, 'ARM');
    driver.quoteGroup(1, 'g', { window: 1_000, size: 10 });
    driver.quotes(1, 'g', [{ bid: [4_000, 10], ask: [6_000, 3] }], { connection: 1 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 4 });
    driver.cancelAfter(1, 100);
    notices(driver, state, change, message);
  });
});

it('an auction that gets nowhere ends with an assertion, not never', () => {
  const { driver, state } = start();
  driver.haltForAuction(0);
  driver.place(1, 0, { price: 6_000, size: 10 });
  driver.place(2, 0, { side: 'sell', price: 4_000, size: 10 });
  const { collected } = state.markets[0] as Market;
  // It crosses, and nobody can trade with it.
  state.orders.rows[collected.oldest * ROW + STATE] = STATUS.FILLED;
  expect(() => driver.step('RESUME', 0)).toThrow('invariant broken: each round of an auction ends an order');
});
