import { describe, expect, it } from 'vitest';
import { exchange, GRANT, trades } from './exchange.ts';

/** Three outcomes with bids of 30 cents on the last two: to sell both of these is to buy the first for 40. */
function bids() {
  const driver = exchange({ outcomes: 3 });
  driver.place(2, 0, { outcome: 1, price: 3_000, size: 100 });
  driver.place(3, 0, { outcome: 2, price: 3_000, size: 100 });
  return driver;
}

describe('a complete set across books', () => {
  it('is minted for who bids more than the other bids leave, at what they leave', () => {
    const driver = bids();
    const { events } = driver.place(1, 0, { price: 5_000, size: 100 });
    expect(trades(events)).toEqual([
      'trade: 1 sells 100 of 1 at 3000 with 2 for 300000',
      'trade: 1 sells 100 of 2 at 3000 with 3 for 300000',
      'trade: 1 buys 100 of 0 at 4000 with -2 for 400000',
    ]);
    expect(driver.account(1)).toMatchObject({ balance: GRANT - 400_000, positions: [{ outcome: 0, shares: 100 }] });
    expect(driver.account(2)).toMatchObject({ balance: GRANT - 300_000, positions: [{ outcome: 1, shares: 100 }] });
    driver.engine.checkInvariants();
  });

  it('is merged for who asks less than the other asks leave', () => {
    const driver = bids();
    driver.place(1, 0, { price: 4_000, size: 100 });
    driver.place(2, 0, { side: 'sell', outcome: 1, price: 3_500, size: 100 });
    driver.place(3, 0, { side: 'sell', outcome: 2, price: 3_500, size: 100 });
    driver.place(1, 0, { side: 'sell', price: 2_000, size: 100 });
    expect(driver.account(1)).toMatchObject({ balance: GRANT - 400_000 + 300_000, positions: [] });
    expect(driver.engine.audit().escrow).toBe(0);
  });

  it('comes after an order of the same price', () => {
    const driver = bids();
    driver.place(4, 0, { side: 'sell', price: 4_000, size: 50 });
    const { events } = driver.place(1, 0, { price: 4_000, size: 50 });
    expect(trades(events)).toEqual(['trade: 1 buys 50 of 0 at 4000 with 4 for 200000']);
  });

  it('stays whole while an order needs its shares, and becomes cash when that ends', () => {
    const driver = exchange({ outcomes: 3 });
    const receive = (outcome: number) => {
      driver.place(2, 0, { side: 'sell', outcome, price: 3_000, size: 100 });
      driver.place(1, 0, { outcome, price: 3_000, size: 100 });
    };
    receive(0);
    const { orderId } = driver.place(1, 0, { side: 'sell', price: 9_000, size: 100 });
    receive(1);
    receive(2);
    expect(driver.account(1)).toMatchObject({ balance: GRANT - 900_000, held: 0 });
    expect(driver.account(1).positions).toMatchObject([{ shares: 100, held: 100 }, { shares: 100 }, { shares: 100 }]);
    driver.engine.checkInvariants();
    driver.cancel(1, 0, orderId);
    expect(driver.account(1)).toMatchObject({ balance: GRANT + 100_000, positions: [] });
  });
});
