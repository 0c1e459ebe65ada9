import { expect, it } from 'vitest';
import { EngineDriver } from '../support/engineDriver.ts';

it('lists every order of the books in priority, with what is left of it', () => {
  const driver = new EngineDriver();
  for (let account = 1; account <= 3; account++) driver.open(account);
  driver.createMarket('m', { outcomes: 3 });
  const late = driver.place(1, 0, { outcome: 1, price: 2_000, size: 10 }).orderId;
  const best = driver.place(2, 0, { outcome: 1, price: 3_000, size: 20 }).orderId;
  const behind = driver.place(3, 0, { outcome: 1, price: 3_000, size: 5 }).orderId;
  const ask = driver.place(1, 0, { outcome: 1, against: true, price: 4_000, size: 7 }).orderId;
  driver.place(1, 0, { outcome: 1, side: 'sell', price: 3_000, size: 4 });
  const answer = driver.query('QUERY_BOOK', 0, 0);
  const seq = driver.engine.seq;
  expect(answer).toEqual({
    seq,
    time: driver.time,
    books: [
      { outcome: 0, orders: [] },
      {
        outcome: 1,
        orders: [
          [best, 0, 3_000, 16],
          [behind, 0, 3_000, 5],
          [late, 0, 2_000, 10],
          [ask, 1, 6_000, 7],
        ],
      },
      { outcome: 2, orders: [] },
    ],
  });
});

it('lists nothing that waits for an auction', () => {
  const driver = new EngineDriver();
  driver.open(1);
  driver.createMarket('m');
  const { orderId } = driver.place(1, 0, { price: 4_000, size: 10 });
  driver.haltForAuction(0);
  driver.place(1, 0, { side: 'sell', price: 3_000, size: 10 });
  expect(driver.query('QUERY_BOOK', 0, 0)).toMatchObject({
    books: [{ outcome: 0, orders: [[orderId, 0, 4_000, 10]] }],
  });
});

it('refuses more than one answer holds', { timeout: 20_000 }, () => {
  const driver = new EngineDriver();
  driver.createMarket('m', { tickSize: 1 });
  for (let account = 1; account <= 3; account++) {
    driver.open(account, 1e12);
    for (let i = 0; i < 6_667 && account * 6_667 - 6_667 + i < 20_000; i++)
      driver.place(account, 0, { price: 1 + i, size: 1 });
  }
  const { books } = driver.query('QUERY_BOOK', 0, 0) as { books: { orders: unknown[] }[] };
  expect(books[0]?.orders).toHaveLength(20_000);
  driver.place(1, 0, { price: 1, size: 1 });
  expect(() => driver.query('QUERY_BOOK', 0, 0)).toThrow('refused');
});
