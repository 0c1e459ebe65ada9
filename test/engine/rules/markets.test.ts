import { describe, expect, it } from 'vitest';
import { exchange, GRANT, marketOf, restart } from './exchange.ts';

/** A market whose last trade was at 50 cents. */
function traded(options: Parameters<typeof exchange>[0] = {}) {
  const driver = exchange(options);
  driver.place(4, 0, { price: 5_000, size: 1 });
  driver.place(5, 0, { side: 'sell', price: 5_000, size: 1 });
  return driver;
}

describe('the limits of a market', () => {
  it('keep prices near the last one', () => {
    const driver = traded({ collar: 500 });
    const no = { code: 'PRICE_OUT_OF_RANGE', field: 'price' };
    expect(driver.place(1, 0, { price: 5_600, size: 1 })).toMatchObject({ ...no, value: 5_500 });
    expect(driver.place(1, 0, { side: 'sell', price: 4_400, size: 1 })).toMatchObject({ ...no, value: 4_500 });
    expect(driver.place(1, 0, { price: 1_000, size: 1 }).code).toBe(undefined);
    expect(driver.place(1, 0, { side: 'sell', price: 9_000, size: 1 }).code).toBe(undefined);
    expect(driver.place(1, 0, { price: 5_500, size: 1 }).code).toBe(undefined);
    restart(driver);
    expect(driver.place(1, 0, { price: 5_600, size: 1 })).toMatchObject({ ...no, value: 5_500 });
  });

  it('keep positions small, with what open orders may add', () => {
    const driver = exchange({ positionLots: 100 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 50 });
    driver.place(1, 0, { price: 4_000, size: 50 });
    expect(driver.place(1, 0, { price: 3_000, size: 30 }).code).toBe(undefined);
    expect(driver.place(1, 0, { price: 3_000, size: 21 })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: 'positionLots',
      value: 100,
    });
    expect(driver.place(1, 0, { price: 3_000, size: 20 }).code).toBe(undefined);
    expect(driver.place(1, 0, { side: 'sell', price: 9_000, size: 150 }).code).toBe(undefined);
  });
});

describe('the kill switch', () => {
  it('cancels an account’s orders and refuses new ones', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 4_000, size: 10 });
    expect(driver.accountRisk(1, true).count).toBe(1);
    expect(driver.account(1)).toMatchObject({ held: 0, orders: [] });
    expect(driver.place(1, 0, { price: 4_000, size: 10 }).code).toBe('FORBIDDEN');
    restart(driver);
    expect(driver.place(1, 0, { price: 4_000, size: 10 }).code).toBe('FORBIDDEN');
  });
});

describe('a closing price', () => {
  it('is no mid of a wide book', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 1_000, size: 10 });
    driver.place(2, 0, { side: 'sell', price: 9_000, size: 10 });
    driver.step('CLOSE', 0);
    expect(marketOf(driver).closingPrices?.map(({ millionths }) => millionths)).toEqual([-1, -1]);
  });
  it('is the last trade instead, for both outcomes', () => {
    const driver = exchange();
    driver.place(4, 0, { price: 3_000, size: 1 });
    driver.place(5, 0, { side: 'sell', price: 3_000, size: 1 });
    driver.step('CLOSE', 0);
    expect(marketOf(driver).closingPrices?.map(({ millionths }) => millionths)).toEqual([300_000, 700_000]);
  });
  it('is the mid of a tight one, whatever traded last', () => {
    const driver = traded();
    driver.place(1, 0, { price: 2_000, size: 10 });
    driver.place(2, 0, { side: 'sell', price: 2_400, size: 10 });
    driver.step('CLOSE', 0);
    expect(marketOf(driver).closingPrices?.map(({ millionths }) => millionths)).toEqual([220_000, 780_000]);
  });
});

describe('the dispute window', () => {
  function proposed() {
    const driver = traded({ disputeWindow: 1_000 });
    driver.step('CLOSE', 0);
    driver.resolve(0, [10_000, 0]);
    return driver;
  }
  it('holds the settlement back until it has passed', () => {
    const driver = proposed();
    const until = driver.time + 1_000;
    driver.time = until - 1;
    expect(driver.batch('SETTLE_BATCH', 0)).toMatchObject({ code: 'CONFLICT', value: until });
    driver.time = until;
    expect(driver.dispute(0).code).toBe('CONFLICT');
    expect(driver.batch('SETTLE_BATCH', 0).code).toBe(undefined);
  });
  it('lets the outcome be disputed and proposed anew until its last millisecond', () => {
    const driver = proposed();
    driver.time += 999;
    expect(driver.dispute(0).code).toBe(undefined);
    expect(driver.batch('SETTLE_BATCH', 0).code).toBe('CONFLICT');
    expect(driver.resolve(0, [0, 10_000]).code).toBe(undefined);
    driver.time += 1_000;
    driver.settle(0);
    expect(driver.account(5).balance).toBe(GRANT + 5_000);
  });
});

describe('a settlement', () => {
  it('pays everybody once, one at a time, whatever restarts come between', () => {
    const driver = exchange();
    for (const buyer of [1, 2, 3]) driver.place(buyer, 0, { price: 6_000, size: buyer * 10 });
    driver.place(4, 0, { side: 'sell', price: 6_000, size: 60 });
    driver.step('CLOSE', 0);
    driver.resolve(0, [10_000, 0]);
    const events: string[] = [];
    for (let holder = 0; holder < 6; holder++) {
      events.push(...driver.batch('SETTLE_BATCH', 0, 1).events);
      restart(driver);
      driver.engine.checkInvariants();
    }
    expect(events.filter((line) => line.startsWith('position'))).toEqual([
      'position of 1 in 0: 0 held 0 cost 0',
      'position of 2 in 0: 0 held 0 cost 0',
      'position of 3 in 0: 0 held 0 cost 0',
      'position of 4 in 1: 0 held 0 cost 0',
    ]);
    for (const buyer of [1, 2, 3])
      expect(driver.account(buyer)).toMatchObject({ balance: GRANT + buyer * 40_000, held: 0, positions: [] });
    expect(driver.account(4)).toMatchObject({ balance: GRANT - 240_000, positions: [] });
    expect(marketOf(driver)).toMatchObject({ settlementDone: true, settledHolders: 4, paid: 600_000 });
  });
});
