import { describe, expect, it } from 'vitest';
import type { EngineDriver } from '../../support/engineDriver.ts';
import { exchange, GRANT, restart } from '../rules/exchange.ts';

type Order = { orderId: number; price: number };
const open = (driver: EngineDriver, account = 1): number[] =>
  (driver.account(account).orders as Order[]).map(({ price }) => price);

describe('a connection', () => {
  it('has the lowest number that is free', () => {
    const driver = exchange();
    const arm = () => driver.connection(1, 'ARM').count;
    expect([arm(), arm(), arm()]).toEqual([1, 2, 3]);
    expect(driver.connection(2, 'ARM').events).toEqual(['connections of 2: 1 armed, cancel at 0']);
    expect(driver.connection(1, 'DISARM', 2).events).toEqual(['connections of 1: 2 armed, cancel at 0']);
    expect([arm(), arm()]).toEqual([2, 4]);
    for (let i = 5; i <= 63; i++) expect(arm()).toBe(i);
    restart(driver);
    expect(driver.connection(1, 'ARM')).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', limit: 'armedConnectionsPerAccount', value: 63, events: [] },
    });
    driver.connection(1, 'GONE', 63);
    driver.connection(1, 'GONE', 32);
    expect([arm(), arm()]).toEqual([32, 63]);
    expect(driver.connection(9, 'ARM')).toMatchObject({ code: 'NOT_FOUND', field: '' });
    for (const number of [-1, 0, 64, 7_000])
      expect(driver.connection(1, 'GONE', number)).toMatchObject({ code: undefined, events: [] });
    expect(driver.engine.image().connections).toEqual({ defaults: [], armed: 64 });
    driver.engine.checkInvariants();
  });

  it('takes its orders and quotes along when it is gone, and nobody else’s', () => {
    const driver = exchange();
    driver.createMarket('other', { outcomes: 3 });
    for (const account of [1, 1, 2]) driver.connection(account, 'ARM');
    driver.place(1, 0, { price: 1_000, size: 1, connection: 1 });
    driver.place(1, 1, { price: 1_100, size: 1, connection: 1, clientId: 'named' });
    driver.place(1, 0, { price: 1_200, size: 1, connection: 2 });
    driver.place(1, 0, { price: 1_300, size: 1 });
    driver.place(2, 0, { price: 1_400, size: 1, connection: 1 });
    // Not armed: the number says nothing.
    driver.place(1, 0, { price: 1_500, size: 1, connection: 3 });
    driver.quotes(1, 'g', [{ bid: [1_600, 1] }], { connection: 1 });
    driver.quotes(1, 'g', [{ ask: [1_700, 1] }], { connection: 2 });
    driver.amend(1, 1, 'named', { size: 2 });
    driver.engine.checkInvariants();
    restart(driver);
    driver.connection(1, 'ARM');
    const { events } = driver.connection(1, 'GONE', 1);
    expect(events).toEqual([
      'order of 1: buy 0 at 1600 canceled 0/1',
      'level buy 0 at 1600: 0',
      'order of 1: buy 0 at 1000 canceled 0/1',
      'level buy 0 at 1000: 0',
      'order of 1: buy 0 at 1100 canceled 0/2',
      'level buy 0 at 1100: 0',
      `balance of 1: ${GRANT} held ${1_200 + 1_300 + 1_500 + 8_300}`,
      'connections of 1: 2 armed, cancel at 0',
    ]);
    expect([open(driver), open(driver, 2)]).toEqual([[1_200, 1_300, 1_500], [1_400]]);
    expect(driver.connection(1, 'GONE', 1).events).toEqual([]);
    expect(driver.connection(1, 'ARM').count).toBe(1);
    expect(driver.connection(1, 'GONE', 1).events).toEqual(['connections of 1: 2 armed, cancel at 0']);
    driver.connection(1, 'GONE', 3);
    expect(open(driver)).toEqual([1_200, 1_300, 1_500]);
    driver.engine.checkInvariants();
  });

  it('leaves its orders behind when it is disarmed', () => {
    const driver = exchange();
    driver.connection(1, 'ARM');
    driver.place(1, 0, { price: 1_000, size: 1, connection: 1 });
    driver.quotes(1, 'g', [{ bid: [1_600, 1] }], { connection: 1 });
    expect(driver.connection(1, 'DISARM', 1).events).toEqual(['connections of 1: 0 armed, cancel at 0']);
    driver.connection(1, 'ARM');
    expect(driver.connection(1, 'GONE', 1).events).toEqual(['connections of 1: 0 armed, cancel at 0'].slice(0, 1));
    expect(open(driver)).toEqual([1_000]);
    driver.engine.checkInvariants();
  });

  it('has the quotes that it stated last', () => {
    const driver = exchange();
    for (let i = 0; i < 2; i++) driver.connection(1, 'ARM');
    const restate = (bid: [number, number], connection: number) =>
      driver.quotes(1, 'g', [{ bid }], { connection }).refused;
    const shown = () => (driver.query('QUERY_QUOTES', 1) as { quotes: unknown[] }).quotes.length;
    for (const bid of [
      [2_000, 5],
      [2_000, 4],
      [2_100, 4],
    ] as [number, number][]) {
      restate([2_000, 5], 1);
      restate(bid, 2);
      driver.connection(1, 'GONE', 1);
      driver.connection(1, 'ARM');
      expect(shown()).toBe(1);
      // A refused one is as it was.
      expect(restate([2_050, 5], 1)).toHaveLength(1);
      driver.connection(1, 'GONE', 2);
      driver.connection(1, 'ARM');
      expect(shown()).toBe(0);
    }
  });

  it('is not part of a request that is repeated', () => {
    const driver = exchange();
    driver.connection(1, 'ARM');
    driver.place(1, 0, { price: 1_000, size: 1, connection: 1, clientId: 'a' });
    expect(driver.place(1, 0, { price: 1_000, size: 1, clientId: 'a' }).duplicate).toBe(true);
  });

  it('takes sets apart that a merge has shrunk other orders for', () => {
    const driver = exchange({ outcomes: 3 });
    driver.connection(1, 'ARM');
    for (let outcome = 0; outcome < 3; outcome++) driver.place(2, 0, { outcome, side: 'sell', price: 3_400, size: 10 });
    // 10 shares of each: each stands behind an order, so no set is merged before one of them ends.
    driver.place(1, 0, { outcome: 0, price: 3_400, size: 10 });
    driver.place(1, 0, { outcome: 0, side: 'sell', price: 9_000, size: 10, connection: 1 });
    driver.place(1, 0, { outcome: 1, price: 3_400, size: 10 });
    driver.place(1, 0, { outcome: 1, side: 'sell', price: 9_000, size: 10, connection: 1, reduceOnly: true });
    driver.place(1, 0, { outcome: 2, price: 3_400, size: 10 });
    driver.place(1, 0, { outcome: 2, side: 'sell', price: 9_000, size: 10, connection: 1 });
    driver.connection(1, 'GONE', 1);
    expect(open(driver)).toEqual([]);
    expect(driver.account(1).positions).toEqual([]);
    driver.engine.checkInvariants();
  });
});

describe('the start of the exchange', () => {
  it('ends all connections, as many orders a command as one may', () => {
    const driver = exchange();
    driver.open(6, 1e12);
    driver.connection(6, 'ARM');
    driver.connection(6, 'ARM');
    driver.accountRisk(6, false, 20_000);
    for (let i = 0; i < 10_001; i++) driver.place(6, 0, { price: 100, size: 1, connection: 1 + (i % 2) });
    driver.connection(2, 'ARM');
    driver.place(2, 0, { price: 100, size: 1, connection: 1 });
    driver.place(2, 0, { price: 200, size: 1 });
    driver.connection(3, 'DEFAULT_ON');
    const first = driver.connection(0, 'ALL_GONE');
    expect(first.count).toBe(1);
    restart(driver);
    expect(driver.connection(0, 'ALL_GONE').count).toBe(0);
    expect([open(driver, 6), open(driver, 2)]).toEqual([[], [200]]);
    expect(driver.engine.image().connections).toEqual({ defaults: [3], armed: 0 });
    expect(driver.connection(0, 'ALL_GONE')).toMatchObject({ count: 0, events: [] });
    driver.engine.checkInvariants();
  });
});

it('an account’s default is remembered, and told when it changes', () => {
  const driver = exchange();
  expect(driver.connection(1, 'DEFAULT_ON').events).toEqual(['connections of 1: 0 armed by default, cancel at 0']);
  expect(driver.connection(1, 'DEFAULT_ON').events).toEqual([]);
  restart(driver);
  expect(driver.engine.image().connections.defaults).toEqual([1]);
  expect(driver.connection(1, 'DEFAULT_OFF').events).toEqual(['connections of 1: 0 armed, cancel at 0']);
  expect(driver.engine.image().connections.defaults).toEqual([]);
});
