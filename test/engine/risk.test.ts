import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/engines/limits.ts';
import { KEEP } from '../../src/engines/records/commands.ts';
import { EngineDriver } from '../support/engineDriver.ts';

function exchange(): EngineDriver {
  const driver = new EngineDriver();
  for (let account = 1; account <= 3; account++) driver.open(account, 1_000_000_000);
  driver.createMarket('a');
  driver.createMarket('b');
  driver.createMarket('three', { outcomes: 3 });
  return driver;
}

const codes = (results: { code: string | undefined }[]): (string | undefined)[] => results.map(({ code }) => code);

describe('a blocked account', () => {
  it('has no order left and may not send another, but may cancel and is paid', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 4_000, size: 100 });
    driver.place(1, 1, { side: 'sell', price: 6_000, size: 50 });
    driver.place(1, 2, { outcome: 1, price: 2_000, size: 10 });
    driver.place(2, 0, { price: 3_000, size: 7 });
    const { count, events } = driver.accountRisk(1, true);
    expect(count).toBe(3);
    expect(events).toEqual([
      'order of 1: buy 0 at 4000 canceled 0/100',
      'level buy 0 at 4000: 0',
      'order of 1: sell 0 at 6000 canceled 0/50',
      'level sell 0 at 6000: 0',
      'order of 1: buy 1 at 2000 canceled 0/10',
      'level buy 1 at 2000: 0',
      'balance of 1: 1000000000 held 0',
    ]);
    expect(driver.place(1, 0, { price: 4_000, size: 1 })).toMatchObject({ code: 'FORBIDDEN', field: '', events: [] });
    expect(driver.place(2, 0, { price: 4_000, size: 1 }).code).toBeUndefined();
    expect(driver.deposit(1, 5, 'wire').code).toBeUndefined();
    expect(driver.cancelAll(1)).toMatchObject({ code: undefined, count: 0 });
    driver.engine.checkInvariants();
    // It stays so after a restart.
    driver.engine = driver.replayed();
    expect(driver.place(1, 0, { price: 4_000, size: 1 }).code).toBe('FORBIDDEN');
    expect(driver.accountRisk(1, false)).toMatchObject({ code: undefined, count: 0, events: [] });
    expect(driver.place(1, 0, { price: 4_000, size: 1 }).code).toBeUndefined();
  });

  it('gets the same answer to an order that was placed before', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 4_000, size: 100, clientId: 'mine' });
    driver.accountRisk(1, true);
    expect(driver.place(1, 0, { price: 4_000, size: 100, clientId: 'mine' })).toMatchObject({
      ...{ code: undefined, duplicate: true, events: ['order of 1: buy 0 at 4000 canceled 0/100'] },
    });
  });

  it('keeps its shares, and those that covered its orders are free again', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 5_000, size: 100 });
    driver.place(2, 0, { side: 'sell', price: 5_000, size: 100 });
    driver.place(1, 0, { side: 'sell', price: 6_000, size: 80 });
    driver.accountRisk(1, true);
    expect(driver.account(1)).toMatchObject({ held: 0, positions: [{ outcome: 0, shares: 100, held: 0 }] });
    driver.engine.checkInvariants();
  });

  it('stays blocked, and keeps its limit, when the other is what is set', () => {
    const driver = exchange();
    driver.accountRisk(1, true, 5);
    driver.accountRisk(1, undefined, 1);
    expect(driver.place(1, 0, { price: 100, size: 1 }).code).toBe('FORBIDDEN');
    driver.accountRisk(1, false, KEEP);
    expect(driver.place(1, 0, { price: 100, size: 1 }).code).toBeUndefined();
    expect(driver.place(1, 0, { price: 100, size: 1 }).code).toBe('LIMIT_EXCEEDED');
  });

  it('loses as many orders with one command as one may cancel', () => {
    const driver = exchange();
    driver.accountRisk(1, false, 20_000);
    for (let i = 0; i < LIMITS.cancelsPerCommand + 5; i++) driver.place(1, i % 2, { price: 100, size: 1 });
    expect(driver.accountRisk(1, true).count).toBe(LIMITS.cancelsPerCommand);
    expect(driver.accountRisk(1, true).count).toBe(5);
    expect(driver.account(1)).toMatchObject({ held: 0, orders: [] });
    driver.engine.checkInvariants();
  });

  it('is one of the exchange’s accounts', () => {
    const driver = exchange();
    for (const account of [0, 9, -1]) expect(driver.accountRisk(account, true).code).toBe('NOT_FOUND');
    expect(driver.accountRisk(1, false, -1).code).toBe('INVALID_REQUEST');
    expect(driver.accountRisk(1, false, LIMITS.orders + 1).code).toBe('INVALID_REQUEST');
  });
});

describe('limits of an account and of a market', () => {
  it('an account’s own number of open orders', () => {
    const driver = exchange();
    driver.accountRisk(1, false, 2);
    const order = { price: 4_000, size: 1 };
    expect(codes([driver.place(1, 0, order), driver.place(1, 1, order)])).toEqual([undefined, undefined]);
    expect(driver.place(1, 0, order)).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', limit: 'openOrdersPerAccount', value: 2 },
    });
    expect(driver.place(1, 0, { ...order, tif: 'IOC' }).code).toBeUndefined();
    driver.accountRisk(1, false, 0);
    expect(driver.place(1, 0, order).code).toBeUndefined();
  });

  it('the largest order', () => {
    const driver = exchange();
    driver.configure(0, { orderLots: 100 });
    expect(driver.place(1, 0, { price: 4_000, size: 101 })).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', field: 'size', limit: 'marketOrderLots', value: 100 },
    });
    expect(driver.place(1, 1, { price: 4_000, size: 101 }).code).toBeUndefined();
    expect(driver.place(1, 0, { price: 4_000, size: LIMITS.orderLots + 1 })).toMatchObject({ limit: 'orderLots' });
  });

  it('the largest position that its orders may lead to', () => {
    const driver = exchange();
    driver.configure(0, { positionLots: 100 });
    const refused = { code: 'LIMIT_EXCEEDED', field: 'size', limit: 'positionLots', value: 100 };
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 60 });
    expect(driver.place(1, 0, { price: 4_000, size: 60 }).code).toBeUndefined(); // 60 YES
    expect(driver.place(1, 0, { price: 3_000, size: 30 }).code).toBeUndefined(); // and 30 to come
    expect(driver.place(1, 0, { price: 3_000, size: 11 })).toMatchObject(refused);
    expect(driver.place(1, 0, { outcome: 1, side: 'sell', price: 7_000, size: 11 })).toMatchObject(refused);
    expect(driver.place(1, 0, { price: 3_000, size: 10 }).code).toBeUndefined();
    // The other way there are 160 to go.
    expect(driver.place(1, 0, { side: 'sell', price: 9_000, size: 161 })).toMatchObject(refused);
    expect(driver.place(1, 0, { side: 'sell', price: 9_000, size: 160 }).code).toBeUndefined();
    driver.engine.checkInvariants();
  });

  it('a collar around the last trade', () => {
    const driver = exchange();
    driver.configure(0, { collar: 500 });
    // Nothing has traded: no collar.
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 10 });
    driver.place(1, 0, { price: 4_000, size: 10 });
    const refused = { code: 'PRICE_OUT_OF_RANGE', field: 'price' };
    expect(driver.place(1, 0, { price: 4_600, size: 1 })).toMatchObject({ ...refused, value: 4_500 });
    expect(driver.place(1, 0, { side: 'sell', price: 3_400, size: 1 })).toMatchObject({ ...refused, value: 3_500 });
    // NO at 0.66 is YES sold at 0.34.
    expect(driver.place(1, 0, { outcome: 1, price: 6_600, size: 1 })).toMatchObject({ ...refused, value: 3_500 });
    expect(driver.place(1, 0, { price: 100, size: 1 }).code).toBeUndefined();
    expect(driver.place(1, 0, { side: 'sell', price: 9_900, size: 1 }).code).toBeUndefined();
    // A market order goes no further than the collar.
    driver.place(2, 0, { side: 'sell', price: 4_500, size: 5 });
    driver.place(2, 0, { side: 'sell', price: 4_600, size: 5 });
    const { events } = driver.place(3, 0, { type: 'market', size: 10 });
    expect(events.filter((event) => event.startsWith('trade'))).toEqual([
      'trade: 3 buys 5 of 0 at 4500 with 2 for 22500',
    ]);
    driver.engine.checkInvariants();
  });
});
