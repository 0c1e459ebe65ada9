import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import { EngineDriver } from '../support/engineDriver.ts';

/**
 * Random commands against the whole engine: after every command all equalities of the design hold, a snapshot restores to the
 * same hash, and a replay of the journal ends in the same state. fast-check prints the seed of a failure.
 */
const MARKETS = [
  { type: 'book', outcomes: 2 },
  { type: 'book', outcomes: 3 },
  { type: 'lmsr', outcomes: 2, b: 5_000 },
  { type: 'lmsr', outcomes: 4, b: 2_000 },
] as const;
const ACCOUNTS = 4;

const account = fc.integer({ min: 1, max: ACCOUNTS });
const market = fc.integer({ min: 0, max: MARKETS.length - 1 });
const outcome = fc.integer({ min: 0, max: 3 });
const side = fc.constantFrom<'buy' | 'sell'>('buy', 'sell');
const price = fc.integer({ min: 1, max: 99 }).map((cents) => cents * 100);
const size = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 3_000 }));
const tif = fc.constantFrom<'GTC' | 'IOC' | 'FOK'>('GTC', 'GTC', 'GTC', 'IOC', 'FOK');

const command = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({ account, market, outcome, side, price, size, tif, postOnly: fc.boolean() })
      .map((input) => (driver: EngineDriver) => {
        const postOnly = input.postOnly && input.size % 5 === 0 && input.tif === 'GTC';
        const orderTif = input.tif === 'GTC' && MARKETS[input.market]?.type === 'lmsr' ? 'IOC' : input.tif;
        const { side, price, size } = input;
        const placed = driver.place(input.account, input.market, {
          side,
          price,
          size,
          tif: orderTif,
          postOnly,
          outcome: input.outcome % (MARKETS[input.market]?.outcomes ?? 2),
          ...(size % 3 === 0 ? { clientId: `c${size}` } : {}),
        });
        return placed.orderId;
      }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ account, market, outcome, side, size, maxCost: fc.integer({ min: 0, max: 20_000_000 }) })
      .map((input) => (driver: EngineDriver) => {
        const maxCost = input.side === 'buy' && input.size % 2 === 0 ? input.maxCost : 0;
        const of = input.outcome % (MARKETS[input.market]?.outcomes ?? 2);
        driver.place(input.account, input.market, { ...input, type: 'market', maxCost, outcome: of });
        return 0;
      }),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({ pick: fc.nat(), price: fc.option(price), size: fc.option(size) })
      .map((input) => (driver: EngineDriver) => {
        const open = openOrders(driver);
        const order = open[input.pick % Math.max(1, open.length)];
        if (order !== undefined)
          driver.amend(order.account, order.market, order.orderId, {
            ...(input.price === null ? {} : { price: input.price }),
            ...(input.size === null ? {} : { size: input.size }),
          });
        return 0;
      }),
  },
  {
    weight: 4,
    arbitrary: fc.nat().map((pick) => (driver: EngineDriver) => {
      const open = openOrders(driver);
      const order = open[pick % Math.max(1, open.length)];
      if (order !== undefined) driver.cancel(order.account, order.market, order.orderId);
      return 0;
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ account, market: fc.option(market) }).map((input) => (driver: EngineDriver) => {
      driver.cancelAll(input.account, input.market ?? -1);
      return 0;
    }),
  },
);

function openOrders(driver: EngineDriver): { account: number; market: number; orderId: number }[] {
  const found: { account: number; market: number; orderId: number }[] = [];
  for (let owner = 1; owner <= ACCOUNTS; owner++)
    for (const order of driver.account(owner).orders as { market: number; orderId: number }[])
      found.push({ account: owner, market: order.market, orderId: order.orderId });
  return found;
}

function start(): EngineDriver {
  const driver = new EngineDriver();
  for (let owner = 1; owner <= ACCOUNTS; owner++) driver.open(owner, 30_000_000 * owner);
  MARKETS.forEach((options, index) => {
    driver.createMarket(`m${index}`, options);
  });
  return driver;
}

describe('random commands', () => {
  it('keep every invariant, restore and replay to the same state, and settle or void to the micro', () => {
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 30, maxLength: 120 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 }),
        (commands, endings) => {
          const driver = start();
          for (const run of commands) {
            run(driver);
            driver.engine.checkInvariants();
          }
          const restored = Engine.restore(driver.engine.snapshot());
          restored.checkInvariants();
          expect(restored.stateHash()).toBe(driver.engine.stateHash());
          driver.engine = restored;
          endings.forEach((ending, index) => {
            const { outcomes } = MARKETS[index] as (typeof MARKETS)[number];
            if (ending === 4) driver.void(index);
            else {
              driver.step('CLOSE', index);
              const payouts = new Array<number>(outcomes).fill(0);
              payouts[ending % outcomes] = ending === 3 ? 4_000 : 10_000;
              if (ending === 3) payouts[(ending + 1) % outcomes] = 6_000;
              driver.resolve(index, payouts);
            }
            driver.settle(index, 2);
            driver.engine.checkInvariants();
          });
          const audit = driver.engine.audit();
          expect([audit.escrow, audit.amm, audit.held, audit.conserved]).toEqual([0, 0, 0, true]);
          expect(driver.replayed().stateHash()).toBe(driver.engine.stateHash());
        },
      ),
      { numRuns: 150 },
    );
  });
});
