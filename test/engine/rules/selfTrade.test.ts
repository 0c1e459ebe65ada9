import { describe, expect, it } from 'vitest';
import type { PlaceInput } from '../../support/engineDriver.ts';
import { exchange, trades } from './exchange.ts';

/** Account 1 offers YES at 60 cents, by a sale of YES or a purchase of NO; account 2 stands behind it. */
const OWN: { by: string; own: PlaceInput }[] = [
  { by: 'a sale of YES', own: { side: 'sell', price: 6_000, size: 100 } },
  { by: 'a purchase of NO', own: { outcome: 1, price: 4_000, size: 100 } },
];
function book(own: PlaceInput) {
  const driver = exchange();
  driver.place(1, 0, own);
  driver.place(2, 0, { side: 'sell', price: 6_000, size: 100 });
  return driver;
}

describe.each(OWN)('an order that meets one of its own account, $by', ({ own }) => {
  const buy = { price: 6_000, size: 150 };

  it('is refused', () => {
    const driver = book(own);
    const before = driver.engine.image();
    expect(driver.place(1, 0, { ...buy, stp: 'expire-taker' })).toMatchObject({ code: 'SELF_TRADE', field: 'price' });
    expect({ ...driver.engine.image(), seq: before.seq }).toEqual(before);
    driver.engine.checkInvariants();
  });

  it('cancels that one and goes on', () => {
    const driver = book(own);
    const { events } = driver.place(1, 0, { ...buy, stp: 'expire-maker' });
    expect(trades(events)).toEqual(['trade: 1 buys 100 of 0 at 6000 with 2 for 600000']);
    expect(events).toContain('order of 1: sell 0 at 6000 canceled 0/100');
    expect(driver.account(1).orders).toHaveLength(1);
    driver.engine.checkInvariants();
  });

  it('cancels both', () => {
    const driver = book(own);
    expect(trades(driver.place(1, 0, { ...buy, stp: 'expire-both' }).events)).toEqual([]);
    expect(driver.account(1)).toMatchObject({ held: 0, orders: [], positions: [] });
    expect(driver.account(2).orders).toHaveLength(1);
  });

  it('takes the smaller size off both', () => {
    const driver = book(own);
    const { events } = driver.place(1, 0, { ...buy, stp: 'decrement' });
    expect(events).toContain('self-trade of 1: 100 of 0 at 6000');
    expect(trades(events)).toEqual(['trade: 1 buys 50 of 0 at 6000 with 2 for 300000']);
    expect(driver.account(1)).toMatchObject({ held: 0, orders: [], positions: [{ outcome: 0, shares: 50 }] });
    driver.engine.checkInvariants();
  });
});
