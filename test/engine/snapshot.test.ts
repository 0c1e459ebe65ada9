import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import { hashBytes } from '../../src/engines/snapshot.ts';
import { EngineDriver } from '../support/engineDriver.ts';

function exchange(): EngineDriver {
  const driver = new EngineDriver();
  driver.open(1);
  driver.open(2);
  driver.createMarket('m');
  driver.createMarket('maker', { type: 'lmsr' });
  driver.place(1, 0, { price: 4_000, size: 100, clientId: 'resting' });
  driver.place(2, 1, { type: 'market', size: 100 });
  driver.deposit(2, 5, 'wire');
  return driver;
}

it('restores from a view into a larger buffer at any offset', () => {
  const snapshot = exchange().engine.snapshot();
  for (const offset of [0, 1, 3, 8]) {
    const pool = Buffer.alloc(snapshot.length + 64, 0xff);
    pool.set(snapshot, offset);
    const view = pool.subarray(offset, offset + snapshot.length);
    expect(hashBytes(view)).toBe(hashBytes(snapshot));
    expect(Engine.restore(view).stateHash()).toBe(hashBytes(snapshot));
  }
});

it('goes on as the original would: ids, client ids, deposits, prices', () => {
  const original = exchange();
  const restored = exchange();
  restored.engine = Engine.restore(restored.engine.snapshot());
  for (const driver of [original, restored]) {
    expect(driver.place(1, 0, { price: 4_000, size: 100, clientId: 'resting' }).duplicate).toBe(true);
    expect(driver.deposit(2, 5, 'wire').duplicate).toBe(true);
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 40 });
    driver.place(1, 1, { type: 'market', side: 'sell', size: 77 });
    driver.cancelAll(1);
  }
  expect(restored.engine.digest).toBe(original.engine.digest);
  expect(restored.engine.stateHash()).toBe(original.engine.stateHash());
});

it('refuses bytes that are not one', () => {
  const snapshot = exchange().engine.snapshot();
  expect(() => Engine.restore(snapshot.subarray(0, snapshot.length - 8))).toThrow();
  expect(() => Engine.restore(new Uint8Array(64))).toThrow(/are a snapshot/);
  const longer = new Uint8Array(snapshot.length + 8);
  longer.set(snapshot);
  expect(() => Engine.restore(longer)).toThrow(/nothing follows/);
});

/** Everything a state can hold: all kinds of markets, orders and accounts, rows that were used and freed. */
function everything(): EngineDriver {
  const driver = new EngineDriver();
  for (let account = 1; account <= 5; account++) driver.open(account);
  driver.createMarket('book', { takerFee: 137, makerFee: 33, feeBase: 'variance', tickSize: 1 });
  driver.createMarket('three', { outcomes: 3, takerFee: 100, makerFee: -50, collar: 9_000 });
  driver.createMarket('maker', { type: 'lmsr', prior: '0.3,0.7', takerFee: 10, bandMin: 5_000 });
  driver.createMarket('hybrid', { type: 'hybrid', hybridThreshold: 100_000, disputeWindow: 5, positionLots: 90_000 });
  driver.createMarket('auction', { orderLots: 500 });
  driver.createMarket('closed');
  driver.createMarket('voided', { takerFee: 100 });

  for (let i = 0; i < 40; i++) {
    const canceled = driver.place(1 + (i % 3), 0, { price: 1_000 + i, size: 1 + i }).orderId;
    if (i % 2 === 0) driver.cancel(1 + (i % 3), 0, canceled);
  }
  driver.place(4, 0, { side: 'sell', price: 1_030, size: 77, clientId: 'ended', tif: 'IOC' });
  driver.place(4, 0, { side: 'sell', price: 6_000, size: 10, tif: 'GTD', expiresAt: driver.time + 50 });
  driver.place(5, 0, {
    side: 'sell',
    price: 7_000,
    size: 10,
    tif: 'GTD',
    expiresAt: driver.time + 60,
    clientId: 'gtd',
  });
  driver.place(1, 0, { side: 'sell', price: 8_000, size: 3, reduceOnly: true, stp: 'decrement' });
  for (let outcome = 0; outcome < 3; outcome++) driver.place(1, 1, { outcome, price: 2_000, size: 20 });
  driver.place(2, 1, { outcome: 2, side: 'sell', price: 2_000, size: 5 });
  driver.place(2, 1, { outcome: 1, against: true, price: 3_000, size: 4, clientId: 'against' });
  driver.place(3, 2, { type: 'market', size: 1_000 });
  driver.place(3, 3, { type: 'market', size: 300 });
  driver.topUp(3, 20_000);
  driver.place(4, 3, { price: 3_000, size: 25 });
  driver.place(1, 4, { price: 4_000, size: 10 });
  driver.haltForAuction(4);
  driver.place(2, 4, { price: 6_000, size: 10, clientId: 'waits' });
  driver.place(3, 4, { side: 'sell', price: 5_000, size: 30, tif: 'GTD', expiresAt: driver.time + 55 });
  driver.place(1, 5, { price: 4_000, size: 10 });
  driver.place(2, 5, { side: 'sell', price: 4_000, size: 5 });
  driver.step('CLOSE', 5);
  driver.place(1, 6, { price: 4_000, size: 10 });
  driver.place(2, 6, { side: 'sell', price: 4_000, size: 5 });
  driver.void(6, 'nobody knows');
  driver.batch('SETTLE_BATCH', 6, 1);
  driver.accountRisk(5, true, 7);
  driver.deposit(3, 11, 'wire');
  quoting(driver);
  driver.engine.checkInvariants();
  return driver;
}

/** Quotes in two markets, a window that counts, a group that is frozen, armed connections and a dead-man's switch. */
function quoting(driver: EngineDriver): void {
  for (let i = 0; i < 3; i++) driver.connection(2, 'ARM');
  driver.connection(2, 'DISARM', 2);
  driver.connection(3, 'DEFAULT_ON');
  driver.quoteGroup(2, 'counts', { window: 1_000, frozen: 5, size: 10, delta: 7 });
  driver.quotes(2, 'counts', [{ bid: [2_000, 9] }, { outcome: 1, bid: [2_100, 9] }], { connection: 3 });
  driver.quotes(2, 'counts', [{ market: 1, outcome: 2, bid: [100, 9], ask: [9_800, 4] }], { connection: 1 });
  driver.quoteGroup(1, 'frozen', { window: 1_000, size: 1 });
  driver.quotes(1, 'frozen', [{ bid: [2_100, 2] }]);
  driver.place(3, 0, { side: 'sell', price: 2_100, size: 1, tif: 'IOC' });
  driver.place(3, 0, { side: 'sell', price: 2_000, size: 4, tif: 'IOC' });
  driver.place(2, 0, { price: 150, size: 1, connection: 1 });
  driver.cancelAfter(1, 40);
  driver.cancelAfter(4, 80);
}

/** Touches everything that the state above holds. */
function goOn(driver: EngineDriver): void {
  driver.quotes(1, 'frozen', [{ bid: [2_100, 2] }]);
  driver.connection(2, 'ARM');
  driver.connection(2, 'GONE', 1);
  driver.place(3, 0, { side: 'sell', price: 2_000, size: 5, tif: 'IOC' });
  driver.place(2, 4, { price: 6_000, size: 10, clientId: 'waits' });
  driver.place(4, 0, { side: 'sell', price: 1_030, size: 77, clientId: 'ended', tif: 'IOC' });
  driver.time += 52;
  driver.expire();
  driver.step('RESUME', 4);
  driver.place(4, 4, { side: 'sell', price: 4_000, size: 100 });
  driver.place(5, 0, { price: 7_000, size: 10 });
  driver.accountRisk(5, false);
  driver.place(5, 0, { price: 7_000, size: 1_000, stp: 'expire-maker' });
  driver.place(3, 1, { outcome: 0, side: 'sell', price: 1_000, size: 100 });
  driver.place(3, 2, { type: 'market', side: 'sell', size: 900 });
  driver.place(2, 3, { type: 'market', size: 3_000 });
  driver.settle(6);
  driver.resolve(5, [0, 10_000]);
  driver.settle(5);
  driver.time += 25 * 3_600_000;
  for (let i = 0; i < 6; i++) driver.place(1, 0, { price: 10 + i, size: 1, clientId: 'ended' });
  driver.expire();
  driver.cancelAll(1);
  driver.engine.checkInvariants();
}

it('is the whole state: what is restored gives the same bytes, and goes on as the original does', () => {
  const original = everything();
  const bytes = original.engine.snapshot();
  const reserve = { accounts: 1_000, orders: 5_000, clientIds: 256, pages: 100, holderWords: 4 };
  for (const engine of [Engine.restore(bytes), Engine.restore(bytes, reserve)]) {
    expect(Buffer.compare(engine.snapshot(), bytes)).toBe(0);
    engine.checkInvariants();
    expect(engine.nextExpiry).toBe(original.engine.nextExpiry);
    expect(engine.image()).toEqual(original.engine.image());
    const restored = everything();
    restored.engine = engine;
    goOn(restored);
    const continued = everything();
    goOn(continued);
    expect(restored.engine.digest).toBe(continued.engine.digest);
    expect(Buffer.compare(restored.engine.snapshot(), continued.engine.snapshot())).toBe(0);
  }
});

it('keeps nothing of orders that are gone', () => {
  const driver = new EngineDriver();
  driver.open(1);
  driver.createMarket('m', { tickSize: 1 });
  const size = 123_456_789;
  const written = (): boolean =>
    Buffer.from(driver.engine.snapshot()).includes(Buffer.from(Int32Array.of(size).buffer));
  const { orderId } = driver.place(1, 0, { price: 1, size });
  expect(written()).toBe(true);
  driver.cancel(1, 0, orderId);
  expect(written()).toBe(false);
});

it('does not depend on what a row was used for before', () => {
  const order = fc.record({
    account: fc.integer({ min: 1, max: 3 }),
    side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
    price: fc.integer({ min: 1, max: 9 }).map((tens) => tens * 1_000),
    size: fc.integer({ min: 1, max: 9 }),
    what: fc.nat(7),
  });
  const orders = fc.array(order, { minLength: 1, maxLength: 30 });
  const send = (driver: EngineDriver, list: typeof orders extends fc.Arbitrary<infer List> ? List : never): void => {
    for (const { account, what, ...input } of list) {
      if (what === 0) driver.cancelAll(account);
      else
        driver.place(account, 0, {
          ...input,
          ...(what < 3 ? { clientId: `c${input.size}` } : {}),
          ...(what === 3 ? { tif: 'IOC' } : {}),
          ...(what === 4 ? { tif: 'GTD', expiresAt: driver.time + 5 } : {}),
        });
      driver.time += 2;
      if (what === 5) driver.expire();
    }
  };
  fc.assert(
    fc.property(orders, orders, (before, after) => {
      const driver = new EngineDriver();
      for (let account = 1; account <= 3; account++) driver.open(account, 1_000_000);
      driver.createMarket('m', { takerFee: 100, makerFee: 55 });
      send(driver, before);
      const restored = Engine.restore(driver.engine.snapshot());
      expect(restored.stateHash()).toBe(driver.engine.stateHash());
      const original = driver.engine;
      const { time } = driver;
      send(driver, after);
      driver.engine = restored;
      driver.time = time;
      send(driver, after);
      expect(restored.stateHash()).toBe(original.stateHash());
      restored.checkInvariants();
    }),
    { numRuns: 100 },
  );
});
