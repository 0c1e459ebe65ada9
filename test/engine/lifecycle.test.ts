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

  it('closes at the last trade where the book is wide or one-sided, and at no price where nothing traded', () => {
    const closing = (place: (driver: EngineDriver) => void): unknown => {
      const driver = exchange();
      place(driver);
      driver.step('CLOSE', 0);
      return driver.engine.image().markets[0]?.closingPrices?.[0];
    };
    const trade = (driver: EngineDriver): void => {
      driver.place(1, 0, { price: 3_000, size: 10 });
      driver.place(2, 0, { side: 'sell', price: 3_000, size: 10 });
    };
    expect(closing(() => {})).toEqual({ millionths: -1, source: 0 });
    expect(closing(trade)).toEqual({ millionths: 300_000, source: 2 });
    const wide = (driver: EngineDriver): void => {
      trade(driver);
      driver.place(1, 0, { price: 3_000, size: 10 });
      driver.place(2, 0, { side: 'sell', price: 4_100, size: 10 });
    };
    expect(closing(wide)).toEqual({ millionths: 300_000, source: 2 });
    const tight = (driver: EngineDriver): void => {
      wide(driver);
      driver.place(2, 0, { side: 'sell', price: 4_000, size: 10 });
    };
    expect(closing(tight)).toEqual({ millionths: 350_000, source: 1 });
  });

  it('may be disputed in its window only, and is then proposed again', () => {
    const driver = new EngineDriver();
    driver.createMarket('m', { disputeWindow: 1_000 });
    expect(driver.dispute(0).code).toBe('CONFLICT');
    driver.step('CLOSE', 0);
    driver.resolve(0, [10_000, 0]);
    driver.time += 999;
    expect(driver.batch('SETTLE_BATCH', 0)).toMatchObject({ code: 'CONFLICT', value: 1_001_000 });
    expect(driver.dispute(0).events).toEqual(['market 0: disputed']);
    expect(driver.engine.image().markets[0]).toMatchObject({ reason: 'not so' });
    driver.resolve(0, [0, 10_000]);
    driver.time += 1_000;
    expect(driver.dispute(0).code).toBe('CONFLICT');
    expect(driver.batch('SETTLE_BATCH', 0).code).toBeUndefined();
    expect(driver.engine.image().markets[0]).toMatchObject({ payouts: [0, 10_000], settlementDone: true });
  });

  it('refuses orders from the close time on, which can be moved while there is trading', () => {
    const driver = exchange();
    expect(driver.setCloseTime(0, driver.time)).toMatchObject({ code: 'INVALID_REQUEST', field: 'closeTime' });
    driver.setCloseTime(0, driver.time + 10);
    driver.step('HALT', 0);
    driver.time += 10;
    expect(driver.step('RESUME', 0).code).toBe('CONFLICT');
    expect(driver.setCloseTime(0, driver.time + 1).code).toBeUndefined();
    expect(driver.step('RESUME', 0).code).toBeUndefined();
    expect(driver.place(1, 0, { price: 4_000, size: 1 }).code).toBeUndefined();
    driver.time += 1;
    expect(driver.place(1, 0, { price: 4_000, size: 1 }).code).toBe('MARKET_NOT_OPEN');
    driver.step('CLOSE', 0);
    expect(driver.setCloseTime(0, driver.time + 10).code).toBe('CONFLICT');
  });
});

describe('fees', () => {
  /** One side trades at 50 ¢ for 2 % and the other gets 1 %; in the second market with the maker, for 2 %. */
  function charged(): EngineDriver {
    const driver = new EngineDriver();
    for (let account = 1; account <= 4; account++) driver.open(account, 100_000_000);
    driver.createMarket('book', { takerFee: 200, makerFee: -100 });
    driver.createMarket('maker', { type: 'lmsr', takerFee: 200 });
    driver.place(1, 0, { price: 5_000, size: 1_000 });
    driver.place(2, 0, { side: 'sell', price: 5_000, size: 1_000 });
    driver.place(3, 1, { type: 'market', size: 1_000 });
    return driver;
  }

  it('stay with the house when a market is resolved', () => {
    const driver = charged();
    const { fees } = driver.engine.audit();
    expect(fees).toBeGreaterThan(150_000);
    for (const market of [0, 1]) {
      driver.step('CLOSE', market);
      driver.resolve(market, [10_000, 0]);
      driver.settle(market);
      driver.engine.checkInvariants();
    }
    expect(driver.engine.audit()).toMatchObject({ fees, escrow: 0, amm: 0, conserved: true });
    expect(driver.account(1).balance).toBe(100_000_000 + 5_000_000 + 50_000);
    expect(driver.account(2).balance).toBe(100_000_000 - 5_000_000 - 100_000);
  });

  it('are refunded when it is called off, and rebates taken back', () => {
    const driver = charged();
    for (const market of [0, 1]) {
      driver.void(market);
      driver.engine.checkInvariants();
      driver.settle(market);
      driver.engine.checkInvariants();
    }
    expect([1, 2, 3].map((account) => driver.account(account).balance)).toEqual([
      100_000_000, 100_000_000, 100_000_000,
    ]);
    expect(driver.engine.audit()).toMatchObject({ fees: 0, escrow: 0, amm: 0, house: 0, conserved: true });
  });

  it('leave a void exact where profits and rebates were spent', () => {
    const driver = charged();
    const before = driver.engine.audit().fees;
    driver.place(1, 0, { side: 'sell', price: 9_000, size: 1_000 });
    driver.place(4, 0, { price: 9_000, size: 1_000 });
    driver.createMarket('elsewhere');
    // Account 1 has taken out $4 and rebates, and locks it all.
    const { balance } = driver.account(1);
    expect(balance).toBe(100_000_000 + 4_000_000 + 50_000 + 90_000);
    driver.place(1, 2, { price: 9_000, size: Math.floor(balance / 9_000) });
    driver.void(0);
    driver.settle(0, 1);
    driver.engine.checkInvariants();
    expect([2, 4].map((account) => driver.account(account).balance)).toEqual([100_000_000, 100_000_000]);
    const { house, conserved, fees } = driver.engine.audit();
    expect(conserved).toBe(true);
    // What account 1 owes has been paid for it.
    const left = driver.account(1).balance - 100_000_000;
    expect(house).toBe(-left - 69_314_719);
    // Those of the other market are still there.
    expect(fees).toBe(before - (100_000 - 50_000));
  });
});
