import { describe, expect, it } from 'vitest';
import type { EngineDriver } from '../../support/engineDriver.ts';
import { exchange, marketOf, trades } from './exchange.ts';

const prices = (driver: EngineDriver): number[] => marketOf(driver).ammMillionths;
const AMM = -1;
const makers = (events: string[]): number[] => trades(events).map((line) => Number(/with (-?\d+)/.exec(line)?.[1]));

describe('a hybrid market', () => {
  it('gives a tie to the order book', () => {
    const driver = exchange({ type: 'hybrid' });
    driver.place(1, 0, { side: 'sell', price: 5_100, size: 10 });
    // The maker goes from 0.50 to 0.51, and not a lot further before the order is filled.
    const { events } = driver.place(2, 0, { price: 6_000, size: 1_000 });
    expect(makers(events)).toEqual([AMM, 1, AMM]);
    const upToTie = Number(/buys (\d+)/.exec(trades(events)[0] as string)?.[1]);
    expect(upToTie).toBe(400); // b·ln(0.51 / 0.49) = 400.05
  });

  it('keeps the maker in its band', () => {
    const driver = exchange({ type: 'hybrid', bandMin: 400_000, bandMax: 600_000 });
    driver.place(1, 0, { price: 9_000, size: 10_000, tif: 'IOC' });
    expect(prices(driver)[0]).toBeLessThanOrEqual(600_000);
    expect(prices(driver)[0]).toBeGreaterThan(599_900);
    driver.place(1, 0, { side: 'sell', price: 1_000, size: 20_000, tif: 'IOC' });
    expect(prices(driver)[0]).toBeGreaterThanOrEqual(400_000);
    expect(prices(driver)[0]).toBeLessThan(400_100);
  });

  it('of three outcomes fills orders that the maker’s price has passed, at their price', () => {
    const driver = exchange({ type: 'hybrid', outcomes: 3 });
    driver.place(1, 0, { outcome: 1, price: 3_300, size: 10 });
    driver.place(2, 0, { side: 'sell', outcome: 2, price: 3_400, size: 10 });
    const bought = driver.place(3, 0, { type: 'market', size: 1_000 });
    expect(trades(bought.events)).toContain(`trade: ${AMM} sells 10 of 1 at 3300 with 1 for 33000`);
    const sold = driver.place(3, 0, { type: 'market', side: 'sell', size: 2_000 });
    expect(trades(sold.events)).toContain(`trade: ${AMM} buys 10 of 2 at 3400 with 2 for 34000`);
    driver.engine.checkInvariants();
  });
});

describe('the maker of a market', () => {
  const house = (driver: EngineDriver): number => driver.engine.audit().house;

  it('is paid for by the house, its worst loss rounded up', () => {
    const driver = exchange({ type: 'lmsr', b: 10_000 });
    expect(house(driver)).toBe(-69_314_719); // 100,000,000·ln 2 = 69,314,718.06
    driver.topUp(0, 20_000);
    expect(house(driver)).toBe(-69_314_719 - 69_314_719);
    expect(prices(driver)).toEqual([500_000, 500_000]);
    driver.engine.checkInvariants();
    // Whoever buys everything wins no more than that.
    driver.place(1, 0, { type: 'market', size: 50_000 });
    driver.step('CLOSE', 0);
    driver.resolve(0, [10_000, 0]);
    driver.settle(0);
    expect(house(driver)).toBeLessThanOrEqual(0);
    expect(driver.engine.audit()).toMatchObject({ escrow: 0, conserved: true });
  });
});
