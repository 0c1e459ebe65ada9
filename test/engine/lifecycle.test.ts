import { describe, expect, it } from 'vitest';
import { EngineDriver } from '../support/engineDriver.ts';

function exchange(): EngineDriver {
  const driver = new EngineDriver();
  for (let account = 1; account <= 4; account++) driver.open(account, 100_000_000);
  driver.createMarket('m');
  driver.createMarket('maker', { type: 'lmsr', b: 10_000 });
  return driver;
}

describe('lifecycle', () => {
  it('allows each step only where it belongs', () => {
    const driver = exchange();
    expect(driver.createMarket('m').code).toBe('CONFLICT');
    expect(driver.step('RESUME', 0).code).toBe('CONFLICT');
    expect(driver.resolve(0, [10_000, 0]).code).toBe('CONFLICT');
    expect(driver.batch('SETTLE_BATCH', 0).code).toBe('CONFLICT');
    expect(driver.step('HALT', 0).code).toBeUndefined();
    expect(driver.step('HALT', 0).code).toBe('CONFLICT');
    expect(driver.step('RESUME', 0).code).toBeUndefined();
    expect(driver.step('CLOSE', 0).code).toBeUndefined();
    expect(driver.step('CLOSE', 0).code).toBe('CONFLICT');
    expect(driver.step('HALT', 0).code).toBe('CONFLICT');
    expect(driver.resolve(0, [9_999, 0]).code).toBe('INVALID_REQUEST');
    expect(driver.resolve(0, [10_000, 0]).code).toBeUndefined();
    expect(driver.resolve(0, [0, 10_000]).code).toBe('CONFLICT');
    expect(driver.batch('SETTLE_BATCH', 0).code).toBeUndefined();
    expect(driver.void(0).code).toBe('CONFLICT');
  });

  it('cancels resting orders at the close and releases what they held', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 4_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 4_400, size: 100 });
    expect(driver.step('CLOSE', 0).count).toBe(2);
    expect([driver.account(1).held, driver.account(2).held]).toEqual([0, 0]);
    const { closingPrices } = driver.engine.image().markets[0] as { closingPrices: unknown };
    expect(closingPrices).toEqual([
      { millionths: 420_000, source: 1 },
      { millionths: 580_000, source: 1 },
    ]);
  });

  it('sweeps what one command could not cancel, and says how much is left', () => {
    const driver = exchange();
    for (let account = 5; account < 7; account++) {
      driver.open(account);
      for (let i = 0; i < 6_000; i++) driver.place(account, 0, { price: 100, size: 1 });
    }
    expect(driver.step('CLOSE', 0).count).toBe(10_000);
    expect(driver.engine.image().markets[0]).toMatchObject({ openOrders: 2_000 });
    expect(driver.batch('SWEEP_ORDERS', 0, 1_500)).toMatchObject({ count: 1_500 });
    expect(driver.batch('SWEEP_ORDERS', 0, 1_500).events.at(-1)).toBe('market 0: closed');
    expect(driver.engine.image().markets[0]).toMatchObject({ openOrders: 0 });
    expect(driver.account(6).held).toBe(0);
    driver.engine.checkInvariants();
  });

  it('pays $1 for each winning share, once, however often it is told to', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 4_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 100 });
    driver.step('CLOSE', 0);
    driver.resolve(0, [10_000, 0]);
    driver.settle(0, 1);
    driver.settle(0, 1);
    expect(driver.account(1)).toMatchObject({ balance: 100_600_000, positions: [] });
    expect(driver.account(2)).toMatchObject({ balance: 99_400_000, positions: [] });
    expect(driver.engine.audit()).toMatchObject({ escrow: 0, conserved: true });
  });

  it('pays fractions', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 4_000, size: 101 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 101 });
    driver.step('CLOSE', 0);
    driver.resolve(0, [3_333, 6_667]);
    driver.settle(0);
    expect(driver.account(1).balance).toBe(100_000_000 - 404_000 + 101 * 3_333);
    expect(driver.account(2).balance).toBe(100_000_000 - 606_000 + 101 * 6_667);
  });

  it('returns the maker’s part to the house', () => {
    const driver = exchange();
    driver.place(1, 1, { type: 'market', size: 5_000 });
    const cost = 100_000_000 - driver.account(1).balance;
    driver.step('CLOSE', 1);
    driver.resolve(1, [10_000, 0]);
    driver.settle(1);
    expect(driver.account(1).balance).toBe(100_000_000 - cost + 50_000_000);
    expect(driver.engine.audit()).toMatchObject({ escrow: 0, amm: 0, house: cost - 50_000_000, conserved: true });
    // The worst loss is b·ln 2 = 69.314718…; it is never exceeded.
    expect(cost - 50_000_000).toBeGreaterThanOrEqual(-69_314_719);
  });

  it('refunds a void at cost, claws profits back, and records what the house had to cover', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 2_000, size: 1_000 });
    driver.place(2, 0, { side: 'sell', price: 2_000, size: 1_000 });
    driver.place(3, 0, { price: 9_000, size: 1_000 });
    driver.place(1, 0, { side: 'sell', price: 9_000, size: 1_000 });
    // Account 1 took $7 out, and locks all but $2 of its money elsewhere.
    driver.createMarket('elsewhere');
    driver.place(1, 2, { price: 1_000, size: 105_000 });
    expect(driver.account(1)).toMatchObject({ balance: 107_000_000, held: 105_000_000 });
    driver.void(0);
    driver.settle(0, 1);
    expect([1, 2, 3].map((account) => driver.account(account).balance)).toEqual([
      105_000_000, 100_000_000, 100_000_000,
    ]);
    expect(driver.engine.audit()).toMatchObject({
      house: -5_000_000 - 69_314_719, // the other market’s maker is funded with b·ln 2
      escrow: 0,
      conserved: true,
    });
    driver.engine.checkInvariants();
  });

  it('shows in a dry run what settlement would pay', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 4_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 100 });
    driver.step('CLOSE', 0);
    driver.resolve(0, [0, 10_000]);
    expect(driver.query('QUERY_SETTLEMENT', 0, 0)).toMatchObject({
      totalPayout: 1_000_000,
      escrow: 1_000_000,
      house: 0,
      conserved: true,
      top: [{ account: 2, payout: 1_000_000 }],
    });
  });

  it('settles in batches that trading passes between, and resumes after a restart', () => {
    const driver = exchange();
    for (let account = 5; account < 305; account++) {
      driver.open(account);
      driver.place(account, 0, { price: 5_000, size: 1 });
      driver.place(2, 0, { side: 'sell', price: 5_000, size: 1 });
    }
    driver.step('CLOSE', 0);
    driver.resolve(0, [10_000, 0]);
    driver.batch('SETTLE_BATCH', 0, 100);
    driver.engine = driver.replayed();
    expect(driver.place(1, 1, { type: 'market', size: 1 }).code).toBeUndefined();
    driver.settle(0, 100);
    expect(driver.account(5).balance).toBe(1_000_000_000 + 5_000);
    expect(driver.account(304).balance).toBe(1_000_000_000 + 5_000);
    driver.engine.checkInvariants();
  });
});
