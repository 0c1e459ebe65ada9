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
