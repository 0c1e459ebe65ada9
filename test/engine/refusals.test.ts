import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/engines/limits.ts';
import { NOT_ON_GRID, OUT_OF_RANGE, TOO_LARGE } from '../../src/protocol/units.ts';
import { EngineDriver, type PlaceInput } from '../support/engineDriver.ts';

/** Refusals in the order in which they are checked. Each leaves the state as it was. */
function exchange(): EngineDriver {
  const driver = new EngineDriver();
  driver.open(1, 100_000_000);
  driver.open(2, 100_000_000);
  driver.createMarket('book', { closeTime: 2_000_000 });
  driver.createMarket('maker', { type: 'lmsr', closeTime: 2_000_000 });
  driver.createMarket('halted');
  driver.step('HALT', 2);
  driver.place(2, 0, { side: 'sell', price: 6_000, size: 100 });
  driver.place(1, 0, { price: 3_000, size: 100, clientId: 'taken' });
  return driver;
}

const BUY: PlaceInput = { side: 'buy', price: 5_000, size: 100 };
const cases: [string, number, number, PlaceInput, string, string][] = [
  ['unknown account', 9, 0, BUY, 'NOT_FOUND', ''],
  [
    'another request under a used client id',
    1,
    0,
    { ...BUY, clientId: 'taken' },
    'CLIENT_ORDER_ID_CONFLICT',
    'clientOrderId',
  ],
  ['unknown market', 1, 7, BUY, 'UNKNOWN_MARKET', 'market'],
  ['unknown outcome', 1, 0, { ...BUY, outcome: 2 }, 'UNKNOWN_OUTCOME', 'outcome'],
  ['good till a date that is not given', 1, 0, { ...BUY, tif: 'GTD' }, 'INVALID_REQUEST', 'expiresAt'],
  ['a resting order on a maker alone', 1, 1, { ...BUY, tif: 'GTC' }, 'INVALID_REQUEST', 'tif'],
  ['post-only that cannot rest', 1, 0, { ...BUY, tif: 'IOC', postOnly: true }, 'INVALID_REQUEST', 'postOnly'],
  ['a cost cap on a sale', 1, 0, { ...BUY, side: 'sell', tif: 'IOC', maxCost: 5 }, 'INVALID_REQUEST', 'maxCost'],
  ['a halted market', 1, 2, BUY, 'MARKET_NOT_OPEN', 'market'],
  ['a price of 0', 1, 0, { ...BUY, price: OUT_OF_RANGE }, 'PRICE_OUT_OF_RANGE', 'price'],
  ['a price of $1', 1, 0, { ...BUY, price: 10_000 }, 'PRICE_OUT_OF_RANGE', 'price'],
  ['a price finer than a ten-thousandth', 1, 0, { ...BUY, price: NOT_ON_GRID }, 'PRICE_NOT_ON_TICK', 'price'],
  ['a price between ticks', 1, 0, { ...BUY, price: 5_050 }, 'PRICE_NOT_ON_TICK', 'price'],
  ['a size of 0', 1, 0, { ...BUY, size: OUT_OF_RANGE }, 'SIZE_INVALID', 'size'],
  ['a size finer than a lot', 1, 0, { ...BUY, size: NOT_ON_GRID }, 'SIZE_NOT_ON_LOT', 'size'],
  ['a size that is too large', 1, 0, { ...BUY, size: TOO_LARGE }, 'LIMIT_EXCEEDED', 'size'],
  ['a size over the limit', 1, 0, { ...BUY, size: LIMITS.orderLots + 1 }, 'LIMIT_EXCEEDED', 'size'],
  ['more than the money', 1, 0, { ...BUY, size: 20_000 }, 'INSUFFICIENT_FUNDS', 'size'],
  ['more than the money on the other side', 1, 0, { ...BUY, side: 'sell', size: 20_000 }, 'INSUFFICIENT_FUNDS', 'size'],
  ['post-only that would trade', 1, 0, { ...BUY, price: 6_000, postOnly: true }, 'POST_ONLY_WOULD_TRADE', 'price'],
  ['fill-or-kill beyond the book', 1, 0, { ...BUY, price: 6_000, size: 101, tif: 'FOK' }, 'FOK_NOT_FILLED', 'size'],
  ['fill-or-kill beyond the maker', 1, 1, { ...BUY, price: 5_100, size: 900, tif: 'FOK' }, 'FOK_NOT_FILLED', 'size'],
  [
    'a market order without a counterpart',
    2,
    0,
    { side: 'buy', type: 'market', outcome: 1, size: 1, maxCost: 1 },
    'NO_LIQUIDITY',
    'size',
  ],
  ['a deadline that has passed', 1, 0, { ...BUY, deadline: 999_999 }, 'DEADLINE_PASSED', 'deadline'],
];

describe('place refuses', () => {
  it.each(cases)('%s', (_, account, market, input, code, field) => {
    const driver = exchange();
    const before = [driver.account(1), driver.account(2), driver.engine.audit()];
    const result = driver.place(account, market, input);
    expect([result.code, result.field, result.events]).toEqual([code, field, []]);
    const forget = (of: object) => ({ ...of, seq: 0, orders: [] });
    expect([driver.account(1), driver.account(2), driver.engine.audit()].map(forget)).toEqual(before.map(forget));
    driver.engine.checkInvariants();
  });

  it('everything from the close time on, before the close job comes', () => {
    const driver = exchange();
    driver.time = 1_999_999;
    expect(driver.place(1, 0, BUY).code).toBeUndefined();
    driver.time = 2_000_000;
    expect(driver.place(1, 0, BUY).code).toBe('MARKET_NOT_OPEN');
    expect(driver.amend(1, 0, 'taken', { size: 50 }).code).toBe('MARKET_NOT_OPEN');
    expect(driver.cancel(1, 0, 'taken').code).toBeUndefined();
  });

  it('an open order too many', () => {
    const driver = exchange();
    for (let i = 1; i < LIMITS.openOrdersPerAccount; i++) driver.place(1, 0, { price: 100, size: 1 });
    const result = driver.place(1, 0, { price: 100, size: 1 });
    expect(result.code).toBe('LIMIT_EXCEEDED');
    expect(driver.cancelAll(1).count).toBe(LIMITS.openOrdersPerAccount);
    driver.engine.checkInvariants();
  });
});

describe('amend and cancel refuse', () => {
  const unknown: [string, (driver: EngineDriver) => { code: string | undefined; field: string }, string, string][] = [
    ['another’s order by id', (d) => d.cancel(2, 0, openId(d)), 'UNKNOWN_ORDER', 'orderId'],
    ['another’s order by client id', (d) => d.cancel(2, 0, 'taken'), 'UNKNOWN_ORDER', 'clientOrderId'],
    ['an order of another market', (d) => d.cancel(1, 1, openId(d)), 'UNKNOWN_ORDER', 'orderId'],
    ['an id that never was', (d) => d.cancel(1, 0, 12_345), 'UNKNOWN_ORDER', 'orderId'],
    ['an unknown market', (d) => d.cancel(1, 9, openId(d)), 'UNKNOWN_MARKET', 'market'],
    ['another’s order to amend', (d) => d.amend(2, 0, openId(d), { size: 1 }), 'UNKNOWN_ORDER', 'orderId'],
    ['an amend off the tick', (d) => d.amend(1, 0, 'taken', { price: 3_050 }), 'PRICE_NOT_ON_TICK', 'price'],
    ['an amend to size 0', (d) => d.amend(1, 0, 'taken', { size: 0 }), 'SIZE_INVALID', 'size'],
    ['an amend that costs too much', (d) => d.amend(1, 0, 'taken', { size: 40_000 }), 'INSUFFICIENT_FUNDS', 'size'],
  ];
  it.each(unknown)('%s', (_, act, code, field) => {
    const driver = exchange();
    const held = driver.account(1).held;
    const result = act(driver);
    expect([result.code, result.field]).toEqual([code, field]);
    expect(driver.account(1).held).toBe(held);
    driver.engine.checkInvariants();
  });
});

const openId = (driver: EngineDriver): number => (driver.account(1).orders[0] as { orderId: number }).orderId;
