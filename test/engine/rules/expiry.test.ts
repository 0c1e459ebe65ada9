import { describe, expect, it } from 'vitest';
import { exchange, GRANT, restart, trades } from './exchange.ts';

describe('an order that is good till a date', () => {
  it('is refused when the date has come', () => {
    const driver = exchange();
    const order = { tif: 'GTD', price: 5_000, size: 10 } as const;
    expect(driver.place(1, 0, { ...order, expiresAt: driver.time })).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'expiresAt',
    });
    expect(driver.place(1, 0, { ...order, expiresAt: driver.time + 1 }).code).toBe(undefined);
  });

  it('is filled until then, and from then on canceled by who meets it', () => {
    const driver = exchange();
    const expiresAt = driver.time + 10;
    driver.place(1, 0, { side: 'sell', tif: 'GTD', price: 6_000, size: 100, expiresAt });
    driver.place(2, 0, { side: 'sell', price: 6_000, size: 100 });
    driver.time = expiresAt - 1;
    expect(trades(driver.place(3, 0, { price: 6_000, size: 1 }).events)).toEqual([
      'trade: 3 buys 1 of 0 at 6000 with 1 for 6000',
    ]);
    driver.time = expiresAt;
    const { events } = driver.place(3, 0, { price: 6_000, size: 1 });
    expect(trades(events)).toEqual(['trade: 3 buys 1 of 0 at 6000 with 2 for 6000']);
    expect(events).toContain('order of 1: sell 0 at 6000 canceled 1/100');
    expect(driver.account(1).held).toBe(0);
    driver.engine.checkInvariants();
  });

  it('is canceled when its time has come, the earliest first, also after a restart', () => {
    const driver = exchange();
    const { time } = driver;
    driver.place(1, 0, { tif: 'GTD', price: 5_000, size: 10, expiresAt: time + 20 });
    driver.place(2, 0, { tif: 'GTD', price: 5_000, size: 10, expiresAt: time + 10 });
    restart(driver);
    expect(driver.engine.nextExpiry).toBe(time + 10);
    driver.time = time + 9;
    expect(driver.expire().count).toBe(0);
    driver.time = time + 10;
    expect(driver.expire().count).toBe(1);
    expect(driver.account(2)).toMatchObject({ balance: GRANT, held: 0, orders: [] });
    expect(driver.engine.nextExpiry).toBe(time + 20);
  });
});
