import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { request } from '../../src/protocol/requests.ts';
import type { Client } from './support/gateway.ts';
import { TestGateway } from './support/gateway.ts';

/** Every operation that names an order, from the schema: a new one is tried as soon as it is there. */
const naming = request.options.flatMap(({ shape }) =>
  'orderId' in shape ? [{ op: shape.op.value, fields: Object.keys(shape) }] : [],
);

/** Values that make a request of any such operation complete. */
const VALUES: Record<string, unknown> = { market: 'rain', size: '1', price: '0.20' };

let gateway: TestGateway;
let owner: Client;
let stranger: Client;
let orderId: string;
beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  owner = await gateway.client(1);
  stranger = await gateway.client(2);
  orderId = (await owner.place({ size: '5', price: '0.10', clientOrderId: 'mine' })).order.orderId;
});
afterAll(() => gateway.stop());

test('the schema names some', () => expect(naming.map(({ op }) => op)).toEqual(['amend', 'cancel', 'order']));

describe.each(naming)('$op', ({ op, fields }) => {
  test.each([['orderId'], ['clientOrderId']])('of another account’s order by %s is refused', async (by) => {
    const ref = by === 'orderId' ? { orderId } : { clientOrderId: 'mine' };
    const values = Object.fromEntries(Object.entries(VALUES).filter(([name]) => fields.includes(name)));
    const before = await owner.ok('order', { orderId });
    const error = await stranger.refused(op, { ...values, ...ref });
    expect(error).toEqual({ code: 'UNKNOWN_ORDER', message: expect.any(String), field: by });
    const { order } = await owner.ok('order', { orderId });
    expect({ ...order, seq: 0 }).toEqual({ ...before.order, seq: 0 });
    // The owner may do the very same.
    const own = op === 'order' ? { orderId } : { ...ref, ...values };
    const probe = await owner.place({ size: '5', price: '0.10', clientOrderId: `probe-${op}-${by}` });
    const mine = by === 'orderId' ? { orderId: probe.order.orderId } : { clientOrderId: `probe-${op}-${by}` };
    await owner.ok(op, { ...own, orderId: undefined, clientOrderId: undefined, ...mine });
  });
});

test('an id that is no number, or none that ever was, is an unknown order', async () => {
  for (const id of ['0', 'abc', '00', '9'.repeat(32), '-1', '1e3', '9007199254740993', '123456789']) {
    const error = await stranger.refused('cancel', { market: 'rain', orderId: id });
    expect(error.code).toBe(id === '-1' ? 'INVALID_REQUEST' : 'UNKNOWN_ORDER');
  }
});

test('a client id is the account’s own: another may use the same', async () => {
  const placed = await stranger.place({ size: '5', price: '0.10', clientOrderId: 'mine' });
  expect(placed.duplicate).toBeUndefined();
  expect(placed.order.orderId).not.toBe(orderId);
});

test('private channels tell nothing of others', async () => {
  await stranger.ok('subscribe', { channels: [{ ch: 'orders' }, { ch: 'fills' }, { ch: 'account' }] });
  await stranger.ok('account');
  const before = stranger.messages.length;
  await owner.place({ size: '1', price: '0.05' });
  await owner.ok('cancelAll');
  await stranger.ok('account');
  expect(stranger.messages.length).toBe(before);
});
