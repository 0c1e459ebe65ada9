import { describe, expect, it } from 'vitest';
import { exchange, GRANT } from './exchange.ts';

describe('fees', () => {
  it('are rounded up once an order, however many fills it has', () => {
    // A lot at 1 cent costs 100 micros and a fee of 0.1.
    const driver = exchange({ takerFee: 10 });
    for (const maker of [2, 3, 4]) driver.place(maker, 0, { side: 'sell', price: 100, size: 1 });
    driver.place(1, 0, { price: 100, size: 3 });
    expect(driver.account(1).balance).toBe(GRANT - 300 - 1);
    expect(driver.engine.audit().fees).toBe(1);
    driver.engine.checkInvariants();
  });

  it('are p(1 − p) of a dollar a share where variance is their base', () => {
    const driver = exchange({ takerFee: 100, feeBase: 'variance' });
    driver.place(2, 0, { side: 'sell', price: 2_000, size: 100 });
    driver.place(1, 0, { price: 2_000, size: 100 });
    expect(driver.account(1).balance).toBe(GRANT - 200_000 - 1_600);
    driver.place(2, 0, { side: 'sell', price: 9_000, size: 100 });
    driver.place(3, 0, { price: 9_000, size: 100 });
    expect(driver.account(3).balance).toBe(GRANT - 900_000 - 900);
  });

  it('of a maker are held while its order rests, and paid when it is filled', () => {
    const driver = exchange({ takerFee: 100, makerFee: 50 });
    driver.place(1, 0, { price: 4_000, size: 100 });
    expect(driver.account(1).held).toBe(400_000 + 2_000);
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 100 });
    expect(driver.account(1)).toMatchObject({ balance: GRANT - 402_000, held: 0 });
    expect(driver.account(2).balance).toBe(GRANT - 600_000 - 4_000);
    expect(driver.engine.audit().fees).toBe(6_000);
  });

  it('count towards the cost cap', () => {
    const driver = exchange({ takerFee: 100 });
    driver.place(2, 0, { side: 'sell', price: 5_000, size: 100 });
    // 5,050 micros a lot: 19 for 100,000.
    driver.place(1, 0, { type: 'market', size: 100, maxCost: 100_000 });
    expect(driver.account(1)).toMatchObject({ balance: GRANT - 95_950, positions: [{ shares: 19 }] });
  });

  it('are returned by a void', () => {
    const driver = exchange({ takerFee: 100, makerFee: 50 });
    driver.place(1, 0, { price: 4_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 100 });
    driver.void(0);
    driver.settle(0, 1);
    for (const account of [1, 2]) expect(driver.account(account)).toMatchObject({ balance: GRANT, positions: [] });
    expect(driver.engine.audit()).toMatchObject({ fees: 0, escrow: 0, conserved: true });
  });
});
