import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Deadlines } from '../../../src/engines/connections/deadlines.ts';
import { exchange, GRANT, restart } from '../rules/exchange.ts';

it('cancels everything when it is due, after what has expired', () => {
  const driver = exchange();
  const { time } = driver;
  driver.quotes(1, 'g', [{ bid: [3_000, 1] }]);
  driver.place(1, 0, { price: 2_000, size: 1 });
  driver.place(1, 0, { price: 1_000, size: 1, tif: 'GTD', expiresAt: time + 50 });
  driver.place(2, 0, { price: 1_000, size: 1 });
  expect(driver.cancelAfter(1, 100).events).toEqual([`connections of 1: 0 armed, cancel at ${time + 100}`]);
  expect(driver.engine.nextExpiry).toBe(time + 50);
  driver.time = time + 60;
  expect(driver.expire().count).toBe(1);
  expect(driver.engine.nextExpiry).toBe(time + 100);
  // Set again: from now.
  driver.cancelAfter(1, 100);
  driver.time = time + 159;
  expect(driver.expire()).toMatchObject({ count: 0, events: [] });
  restart(driver);
  driver.place(1, 0, { price: 900, size: 1, tif: 'GTD', expiresAt: time + 160 });
  driver.time = time + 160;
  const { count, events } = driver.expire();
  expect([count, events]).toEqual([
    3,
    [
      'order of 1: buy 0 at 900 canceled 0/1',
      'level buy 0 at 900: 0',
      expect.stringContaining('balance of 1'),
      'order of 1: buy 0 at 2000 canceled 0/1',
      'level buy 0 at 2000: 0',
      'order of 1: buy 0 at 3000 canceled 0/1',
      'level buy 0 at 3000: 0',
      `balance of 1: ${GRANT} held 0`,
      'connections of 1: 0 armed, cancel at 0',
    ],
  ]);
  expect(driver.engine.nextExpiry).toBe(Number.POSITIVE_INFINITY);
  expect(driver.account(2).orders).toHaveLength(1);
  driver.engine.checkInvariants();
});

it('is lifted by 0, and takes no more than a day', () => {
  const driver = exchange();
  expect(driver.cancelAfter(1, 0).events).toEqual([]);
  driver.cancelAfter(1, 86_400_000);
  expect(driver.cancelAfter(1, 0).events).toEqual(['connections of 1: 0 armed, cancel at 0']);
  expect(driver.engine.nextExpiry).toBe(Number.POSITIVE_INFINITY);
  for (const ms of [-1, 86_400_001, Number.NaN])
    expect(driver.cancelAfter(1, ms)).toMatchObject({ code: 'INVALID_REQUEST', field: 'timeoutMs', events: [] });
  expect(driver.cancelAfter(9, 5)).toMatchObject({ code: 'NOT_FOUND', field: '' });
});

it('cancels as many orders a command as one may, and stays until none is left', () => {
  const driver = exchange();
  driver.open(6, 1e12);
  driver.accountRisk(6, false, 20_000);
  for (let i = 0; i < 10_001; i++) driver.place(6, 0, { price: 100, size: 1 });
  driver.place(2, 0, { price: 100, size: 1 });
  driver.cancelAfter(6, 10);
  driver.cancelAfter(2, 20);
  driver.time += 20;
  expect(driver.expire().count).toBe(10_000);
  expect(driver.engine.nextExpiry).toBe(driver.time - 10);
  restart(driver);
  expect(driver.expire().count).toBe(2);
  expect(driver.engine.nextExpiry).toBe(Number.POSITIVE_INFINITY);
  driver.engine.checkInvariants();
});

it('has the earliest first, whatever is set, moved and lifted', () => {
  const change = fc.record({ account: fc.nat(12), time: fc.nat(6) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const deadlines = new Deadlines();
      const naive = new Map<number, number>();
      for (const { account, time } of changes) {
        deadlines.set(account, time);
        if (time === 0) naive.delete(account);
        else naive.set(account, time);
        const sorted = [...naive].sort(([a, at], [b, bt]) => at - bt || a - b);
        expect(deadlines.next).toBe(sorted[0]?.[1] ?? Number.POSITIVE_INFINITY);
        if (sorted[0] !== undefined) expect(deadlines.first).toBe(sorted[0][0]);
      }
    }),
  );
});
