import { describe, expect, it } from 'vitest';
import { CLIENT_ID_MEMORY_MS } from '../../../src/engines/limits.ts';
import { exchange } from './exchange.ts';

describe('a reduce-only order', () => {
  it('sells at most the shares that are there', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 6_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 6_000, size: 100 });
    const sell = { side: 'sell', price: 7_000, reduceOnly: true } as const;
    expect(driver.place(1, 0, { ...sell, size: 101 })).toMatchObject({
      code: 'REDUCE_ONLY_WOULD_INCREASE',
      field: 'size',
      value: 100,
    });
    expect(driver.place(1, 0, { ...sell, size: 60 }).code).toBe(undefined);
    expect(driver.place(1, 0, { ...sell, size: 41 })).toMatchObject({ value: 40 });
  });

  it('becomes smaller when a merge takes the shares behind it', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 6_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 6_000, size: 100 });
    driver.place(1, 0, { side: 'sell', price: 7_000, size: 100, reduceOnly: true });
    driver.place(3, 0, { price: 5_000, size: 40 });
    const { events } = driver.place(1, 0, { outcome: 1, price: 5_000, size: 40, tif: 'IOC' });
    expect(events).toContain('order of 1: sell 0 at 7000 open 0/60');
    expect(events).toContain('level sell 0 at 7000: 60');
    expect(driver.account(1)).toMatchObject({ held: 0, positions: [{ outcome: 0, shares: 60, held: 60 }] });
    driver.engine.checkInvariants();
  });
});

describe('a batch', () => {
  const items = [
    { place: { market: 0, price: 4_000, size: 10 } },
    { place: { market: 0, price: 4_000, size: 0 } },
    { place: { market: 0, price: 4_000, size: 20 } },
  ];
  it('goes on after a refused item, or stops there', () => {
    const driver = exchange();
    expect(driver.orders(1, items).count).toBe(2);
    expect(driver.orders(2, items, true).count).toBe(1);
    expect(driver.account(1).orders).toHaveLength(2);
    expect(driver.account(2).orders).toHaveLength(1);
  });
});

describe('a client id', () => {
  it('is remembered as long as its order is open', () => {
    const driver = exchange();
    const order = { price: 4_000, size: 10, clientId: 'mine' };
    const { orderId } = driver.place(1, 0, order);
    driver.time += 2 * CLIENT_ID_MEMORY_MS;
    expect(driver.place(1, 0, order)).toMatchObject({ duplicate: true, orderId });
    expect(driver.account(1).orders).toHaveLength(1);
  });
});

describe('money', () => {
  it('is needed for what shares do not cover', () => {
    const driver = exchange();
    driver.open(9, 100_000);
    driver.place(9, 0, { price: 5_000, size: 10 });
    driver.place(1, 0, { side: 'sell', price: 5_000, size: 10 });
    expect(driver.account(9)).toMatchObject({ balance: 50_000, positions: [{ outcome: 0, shares: 10 }] });
    // $0.05 is left: 5 lots beyond the shares at $1 − $0.10 cost $0.045.
    expect(driver.place(9, 0, { side: 'sell', price: 1_000, size: 16 })).toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
    expect(driver.place(9, 0, { side: 'sell', price: 1_000, size: 15 }).code).toBe(undefined);
    expect(driver.account(9).held).toBe(45_000);
  });
});
