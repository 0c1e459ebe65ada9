import { describe, expect, it } from 'vitest';
import { CLIENT_ID_MEMORY_MS } from '../../src/engines/limits.ts';
import { EngineDriver } from '../support/engineDriver.ts';

function exchange(): EngineDriver {
  const driver = new EngineDriver();
  for (let account = 1; account <= 4; account++) driver.open(account, 100_000_000);
  driver.createMarket('m');
  return driver;
}

const trades = (events: string[]): string[] => events.filter((line) => line.startsWith('trade'));

describe('the order book', () => {
  it('fills the best price first, then the oldest, at the resting price', () => {
    const driver = exchange();
    driver.place(1, 0, { side: 'sell', price: 6_100, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 6_000, size: 100 });
    driver.place(3, 0, { side: 'sell', price: 6_000, size: 100 });
    expect(trades(driver.place(4, 0, { price: 6_500, size: 250 }).events)).toEqual([
      'trade: 4 buys 100 of 0 at 6000 with 2 for 600000',
      'trade: 4 buys 100 of 0 at 6000 with 3 for 600000',
      'trade: 4 buys 50 of 0 at 6100 with 1 for 305000',
    ]);
    driver.engine.checkInvariants();
  });

  it('lets a NO order meet a YES order: two buyers mint, two sellers merge', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 6_000, size: 100 });
    expect(trades(driver.place(2, 0, { outcome: 1, price: 4_000, size: 100 }).events)).toHaveLength(1);
    expect(driver.account(1).positions).toMatchObject([{ outcome: 0, shares: 100, cost: 600_000 }]);
    expect(driver.account(2).positions).toMatchObject([{ outcome: 1, shares: 100, cost: 400_000 }]);
    expect(driver.engine.audit().escrow).toBe(1_000_000);
    driver.place(1, 0, { side: 'sell', price: 5_500, size: 100 });
    expect(driver.account(1).held).toBe(0);
    expect(trades(driver.place(2, 0, { side: 'sell', outcome: 1, price: 4_500, size: 100 }).events)).toHaveLength(1);
    expect(driver.account(1)).toMatchObject({ balance: 100_000_000 - 600_000 + 550_000, positions: [] });
    expect(driver.account(2)).toMatchObject({ balance: 100_000_000 - 400_000 + 450_000, positions: [] });
    expect(driver.engine.audit().escrow).toBe(0);
  });

  it('turns a complete set into cash at once, also when an open order needs its shares', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 6_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 6_000, size: 100 });
    driver.place(1, 0, { side: 'sell', price: 7_000, size: 100 });
    expect(driver.account(1)).toMatchObject({ held: 0, positions: [{ outcome: 0, shares: 100, held: 100 }] });
    driver.place(3, 0, { price: 5_000, size: 40 });
    driver.place(1, 0, { outcome: 1, price: 5_000, size: 40, tif: 'IOC' });
    // 40 sets merged: the ask keeps 60 shares of cover and holds 40 × (1 − 0.70) in cash.
    expect(driver.account(1)).toMatchObject({ held: 120_000, positions: [{ outcome: 0, shares: 60, held: 60 }] });
    driver.engine.checkInvariants();
    driver.place(4, 0, { price: 7_000, size: 100 });
    expect(driver.account(1)).toMatchObject({ held: 0, positions: [{ outcome: 1, shares: 40 }] });
    driver.engine.checkInvariants();
  });

  it('rests the rest of GTC, cancels that of IOC, and fills FOK whole', () => {
    const driver = exchange();
    driver.place(1, 0, { side: 'sell', price: 6_000, size: 100 });
    expect(driver.place(2, 0, { price: 6_000, size: 150, tif: 'IOC' }).events).toContain(
      'order of 2: buy 0 at 6000 canceled 100/150',
    );
    driver.place(1, 0, { side: 'sell', price: 6_000, size: 100 });
    expect(driver.place(2, 0, { price: 6_000, size: 150 }).events).toContain('order of 2: buy 0 at 6000 open 100/150');
    expect(driver.place(3, 0, { side: 'sell', price: 6_000, size: 50, tif: 'FOK' }).events).toContain(
      'order of 3: sell 0 at 6000 filled 50/50',
    );
  });

  it('caps the cost of a market buy in the buyer’s own terms', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 6_000, size: 100 });
    // NO at 0.40 each: 0.50 dollars buy 1.25 shares of it.
    const result = driver.place(2, 0, { type: 'market', outcome: 1, size: 1_000, maxCost: 500_000 });
    expect(trades(result.events)).toEqual(['trade: 2 sells 100 of 0 at 6000 with 1 for 600000']);
    expect(driver.account(2).balance).toBe(100_000_000 - 400_000);
    driver.place(1, 0, { price: 6_000, size: 100 });
    driver.place(2, 0, { type: 'market', outcome: 1, size: 1_000, maxCost: 123_999 });
    expect(driver.account(2).balance).toBe(100_000_000 - 400_000 - 120_000);
  });

  it('keeps the place in the queue when an order shrinks, and only then', () => {
    const driver = exchange();
    const first = driver.place(1, 0, { price: 5_000, size: 100 }).orderId;
    const second = driver.place(2, 0, { price: 5_000, size: 100 }).orderId;
    expect(driver.amend(1, 0, first, { size: 60 }).keptPriority).toBe(true);
    expect(trades(driver.place(3, 0, { side: 'sell', price: 5_000, size: 10 }).events)[0]).toContain('with 1');
    expect(driver.amend(1, 0, first, { size: 61 }).keptPriority).toBe(false);
    expect(trades(driver.place(3, 0, { side: 'sell', price: 5_000, size: 10 }).events)[0]).toContain('with 2');
    expect(driver.amend(2, 0, second, { size: 10 }).events).toContain('order of 2: buy 0 at 5000 canceled 10/100');
    expect(driver.amend(1, 0, first, { price: 5_100 }).keptPriority).toBe(false);
    driver.engine.checkInvariants();
  });

  it('trades when an amend crosses', () => {
    const driver = exchange();
    driver.place(1, 0, { side: 'sell', price: 6_000, size: 100 });
    const bid = driver.place(2, 0, { price: 5_000, size: 150 }).orderId;
    const amended = driver.amend(2, 0, bid, { price: 6_200 });
    expect(trades(amended.events)).toEqual(['trade: 2 buys 100 of 0 at 6000 with 1 for 600000']);
    expect(amended.events).toContain('order of 2: buy 0 at 6200 open 100/150');
    driver.engine.checkInvariants();
  });

  it('covers asks with shares before cash', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 6_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 6_000, size: 100 });
    driver.place(1, 0, { side: 'sell', price: 8_000, size: 150 });
    expect(driver.account(1)).toMatchObject({ held: 50 * 2_000, positions: [{ shares: 100, held: 100 }] });
    driver.cancelAll(1);
    expect(driver.account(1)).toMatchObject({ held: 0, positions: [{ shares: 100, held: 0 }] });
  });
});

describe('client order ids', () => {
  it('answer the original order for 24 hours after it ended, through a restart', () => {
    const driver = exchange();
    const bid = { price: 5_000, size: 100, clientId: 'a' };
    const first = driver.place(1, 0, bid);
    driver.place(2, 0, { side: 'sell', price: 5_000, size: 100 });
    driver.engine = driver.replayed();
    driver.time += CLIENT_ID_MEMORY_MS - 1;
    const again = driver.place(1, 0, bid);
    expect([again.duplicate, again.orderId]).toEqual([true, first.orderId]);
    expect(again.events).toEqual(['order of 1: buy 0 at 5000 filled 100/100']);
    driver.time += 1;
    expect(driver.place(1, 0, bid).duplicate).toBe(false);
    driver.engine.checkInvariants();
  });

  it('belong to one account each, and stay free after a refusal', () => {
    const driver = exchange();
    expect(driver.place(1, 0, { price: 5_000, size: 1_000_000, clientId: 'a' }).code).toBe('INSUFFICIENT_FUNDS');
    expect(driver.place(1, 0, { price: 5_000, size: 1, clientId: 'a' }).duplicate).toBe(false);
    expect(driver.place(2, 0, { price: 5_000, size: 1, clientId: 'a' }).duplicate).toBe(false);
  });
});

describe('deposits', () => {
  it('are credited once per reference', () => {
    const driver = exchange();
    expect(driver.deposit(1, 500, 'wire-1')).toMatchObject({ code: undefined, duplicate: false });
    expect(driver.deposit(1, 500, 'wire-1')).toMatchObject({ code: undefined, duplicate: true });
    expect(driver.deposit(1, 501, 'wire-1')).toMatchObject({ code: 'CONFLICT', field: 'reference' });
    expect(driver.deposit(2, 500, 'wire-1')).toMatchObject({ code: 'CONFLICT', field: 'reference' });
    expect(driver.account(1).balance).toBe(100_000_500);
  });
});
