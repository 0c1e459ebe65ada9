import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../follower/script.ts';
import { type Client, type Message, TestGateway } from './support/gateway.ts';

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

test('open orders as they are now have the seq of that, those that a command changed have the command’s', async () => {
  const trader = await gateway.client(3);
  const seqs = ({ orders }: Message): number[] => orders.map(({ seq }: Message) => seq);
  const placed = [];
  for (const price of ['0.10', '0.11', '0.12']) placed.push((await trader.place({ price, size: '2' })).order.seq);
  expect(placed).toEqual([placed[0], placed[0] + 1, placed[0] + 2]);
  const again = { market: 'rain', side: 'buy', price: '0.13', size: '1', clientOrderId: 'again' };
  const { order } = await trader.ok('place', again);
  const repeated = await trader.ok('place', again);
  expect(repeated).toMatchObject({ duplicate: true, order: { seq: order.seq + 1 } });
  const now = repeated.order.seq;

  const account = await trader.ok('account');
  expect([account.seq, ...seqs(account)]).toEqual([now, now, now, now, now]);
  const asked = await trader.ok('order', { orderId: account.orders[0].orderId });
  expect(asked.order.seq).toBe(now);
  await trader.ok('subscribe', { channels: [{ ch: 'orders' }] });
  const snapshot = await trader.until(({ ch, type }) => ch === 'orders' && type === 'snapshot');
  expect([snapshot.seq, ...seqs(snapshot)]).toEqual([now, now, now, now, now]);

  // What another does is no change of these, and yet they are told as of it. A finished order stays at its end.
  const ended = await trader.ok('cancel', { market: 'rain', clientOrderId: 'again' });
  const other = await gateway.client(4);
  const { order: later } = await other.place({ price: '0.05', size: '1' });
  expect(seqs(await trader.ok('account'))).toEqual([later.seq, later.seq, later.seq]);
  expect((await trader.ok('order', { clientOrderId: 'again' })).order.seq).toBe(ended.order.seq);
  const told = await trader.of('orders');
  expect(told.map(({ seq }) => seq)).toEqual([now, ended.order.seq]);
  expect(told[1].order.seq).toBe(ended.order.seq);
});
