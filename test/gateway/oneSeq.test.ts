import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../follower/script.ts';
import { type Client, TestGateway } from './support/gateway.ts';

/** One command, one `seq`: in its answer, in every stream that tells of it, and as where a book and an account then stand. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
});
afterAll(() => gateway.stop());

test('an order has the same seq in its answer, the book, its fills and the account', async () => {
  const next = random(5);
  const channels = [
    { ch: 'book', market: 'rain' },
    { ch: 'trades', market: 'rain' },
  ];
  const own = [...channels, { ch: 'orders' }, { ch: 'fills' }, { ch: 'account' }];
  const traders = await Promise.all([1, 2].map((account) => gateway.client(account)));
  for (const trader of traders) await trader.ok('subscribe', { channels: own });
  const answers: { trader: Client; seq: number; filled: boolean; rests: boolean }[] = [];
  for (let i = 0; i < 80; i++) {
    const trader = traders[i % 2] as Client;
    const side = next() < 0.5 ? 'buy' : 'sell';
    const { order } = await trader.place({
      side,
      price: `0.${48 + Math.floor(next() * 5)}`,
      size: '2',
      stp: 'expire-maker',
    });
    const filled = order.filled !== '0.00';
    answers.push({ trader, seq: order.seq, filled, rests: order.status === 'open' });
    // Nothing has happened since.
    expect((await trader.ok('account')).seq).toBe(order.seq);
  }
  for (const trader of traders) await trader.ok('ping');
  const told = ({ messages }: Client, seq: number): string[] => [
    ...new Set(messages.filter((one) => one.seq === seq && one.type !== 'heartbeat').map(({ ch }): string => ch)),
  ];
  for (const { trader, seq, filled } of answers) {
    const expected = filled ? ['account', 'book', 'fills', 'orders', 'trades'] : ['account', 'book', 'orders'];
    expect(told(trader, seq).sort()).toEqual(expected);
    // The other side of a trade hears of it under the same number.
    if (!filled) continue;
    const other = traders.find((one) => one !== trader) as Client;
    expect(told(other, seq).sort()).toEqual(['account', 'book', 'fills', 'orders', 'trades']);
  }
  expect(answers.filter(({ filled }) => filled).length).toBeGreaterThan(10);
  expect(answers.filter(({ rests }) => rests).length).toBeGreaterThan(10);
});
