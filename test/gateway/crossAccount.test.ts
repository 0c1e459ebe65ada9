import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { request } from '../../src/protocol/requests.ts';
import type { Client, Message } from './support/gateway.ts';
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

/**
 * Every other operation, from the schema: what a stranger does by it, and whatever names it uses, changes nothing of the owner’s.
 * An operation that is not in the table fails: say what it does.
 */
const ACTS: Record<string, Record<string, unknown>[]> = {
  place: [{ market: 'rain', side: 'buy', size: '1', price: '0.05', clientOrderId: 'mine' }],
  cancelAll: [{}, { market: 'rain' }],
  batch: [{ requests: [{ op: 'cancel', market: 'rain', clientOrderId: 'mine' }] }],
  replace: [{ cancel: { clientOrderId: 'mine' }, place: { market: 'rain', side: 'buy', size: '1', price: '0.05' } }],
  quotes: [{ group: 'mm', quotes: [{ market: 'rain', bid: null, ask: null }] }],
  cancelQuotes: [{}, { group: 'mm' }, { market: 'rain' }, { group: 'mm', market: 'rain' }],
  quoteGroup: [
    { group: 'mm' },
    { group: 'mm', reset: true },
    { group: 'mm', protection: null },
    { group: 'mm', protection: { windowMs: 1, frozenMs: 0, maxSize: '0.01' } },
  ],
  cancelOnDisconnect: [
    { enabled: true },
    { enabled: false },
    { enabled: true, scope: 'account' },
    { enabled: false, scope: 'account' },
  ],
  cancelAfter: [{ timeoutMs: 1 }, { timeoutMs: 0 }],
  quote: [{ market: 'rain', side: 'buy', size: '1' }],
  account: [{}],
  subscribe: [{ channels: [{ ch: 'quotes' }, { ch: 'orders' }] }],
  unsubscribe: [{ channels: [{ ch: 'quotes' }, { ch: 'orders' }] }],
  auth: [{ token: '1' }],
  logout: [{}],
  ping: [{}],
};
const acting = request.options.map(({ shape }) => shape.op.value).filter((op) => !naming.some((one) => one.op === op));

describe('what is the account’s own', () => {
  const protection = { windowMs: 1_000, frozenMs: 0, maxSize: '50.00' };

  /** Everything that the owner can see of itself. */
  async function owned(): Promise<unknown> {
    const own = await gateway.client(1);
    await own.ok('subscribe', { channels: [{ ch: 'quotes' }, { ch: 'orders' }, { ch: 'account' }] });
    await own.until(({ ch, type }) => ch === 'quotes' && type === 'snapshot');
    await own.until(({ ch, type }) => ch === 'account' && type === 'snapshot');
    const snapshots = own.messages.filter(({ type }) => type === 'snapshot');
    own.connection.terminate();
    const withoutSeq = snapshots.map(({ seq: _, prev: __, orders, ...rest }) => ({
      ...rest,
      ...(orders && { orders: orders.map((one: object) => ({ ...one, seq: 0 })) }),
    }));
    return withoutSeq.sort((a, b) => a.ch.localeCompare(b.ch));
  }

  beforeAll(async () => {
    const armed = await gateway.client(1);
    await armed.ok('cancelOnDisconnect', { enabled: true });
    await armed.ok('quoteGroup', { group: 'mm', protection });
    const side = { price: '0.02', size: '3' };
    await armed.ok('quotes', { group: 'mm', quotes: [{ market: 'rain', bid: side, ask: { ...side, price: '0.98' } }] });
    // The same number as the owner’s connection has, of another account.
    const other = await gateway.client(2);
    await other.ok('cancelOnDisconnect', { enabled: true });
    other.connection.terminate();
  });

  test('has an act for every operation', () => expect(Object.keys(ACTS).sort()).toEqual([...acting].sort()));

  test.each(acting)('%s by another account', async (op) => {
    const before = await owned();
    for (const fields of ACTS[op] ?? []) {
      const other = await gateway.client(2);
      await other.request(op, fields);
      // What it set for its own end comes to pass, too.
      other.connection.terminate();
      await other.connection.ended;
      await stranger.ok('account');
      expect(await owned()).toEqual(before);
    }
    const [quotes] = (before as Message[]).filter(({ ch }) => ch === 'quotes');
    expect(quotes).toMatchObject({ quotes: [{ price: '0.02' }, { price: '0.98' }], groups: [{ protection }] });
  });

  test('groups of the same name are not the same', async () => {
    const other = await gateway.client(3);
    expect((await other.refused('quoteGroup', { group: 'mm' })).code).toBe('NOT_FOUND');
    await other.ok('quotes', { group: 'mm', quotes: [{ market: 'rain', bid: { price: '0.01', size: '1' } }] });
    expect(await other.ok('quoteGroup', { group: 'mm' })).toMatchObject({ protection: null });
    expect(await owned()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ch: 'quotes', groups: [expect.objectContaining({ protection })] }),
      ]),
    );
  });
});
