import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Request, request } from '../../src/protocol/requests.ts';
import { type Client, identity, TestGateway } from './support/gateway.ts';

/** Who may do what: every operation of the protocol, so that a new one is looked at, too. */
type Op = Request['op'];
const market = 'rain';
const order = { market, side: 'buy', size: '1', price: '0.50' };
/** A request of each operation that a trader may send. */
const VALID: Record<Op, Record<string, unknown>> = {
  place: order,
  amend: { market, clientOrderId: 'own', size: '1' },
  cancel: { market, clientOrderId: 'own' },
  cancelAll: {},
  batch: { requests: [{ op: 'place', ...order }] },
  replace: { cancel: { clientOrderId: 'own' }, place: order },
  quotes: { group: 'a', quotes: [{ market, bid: { price: '0.40', size: '1' } }] },
  cancelQuotes: {},
  quoteGroup: { group: 'a', protection: null },
  cancelOnDisconnect: { enabled: true },
  cancelAfter: { timeoutMs: 1_000 },
  quote: { market, side: 'buy', size: '1' },
  account: {},
  order: { clientOrderId: 'own' },
  subscribe: { channels: [{ ch: 'orders' }, { ch: 'fills' }, { ch: 'account' }] },
  unsubscribe: { channels: [{ ch: 'orders' }] },
  auth: { token: 'reader' },
  logout: {},
  ping: {},
};
/** What a key without `trade` may do, and what anybody may; all else must be refused to them. */
const READS: readonly Op[] = ['quote', 'account', 'order', 'subscribe', 'unsubscribe', 'auth', 'logout', 'ping'];
const PUBLIC: readonly Op[] = ['quote', 'unsubscribe', 'auth', 'logout', 'ping'];
const OPERATIONS: Op[] = request.options.map((option) => option.shape.op.value);

let gateway: TestGateway;
let owner: Client;
beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket(market);
  gateway.identities.set('reader', identity(1, gateway.now, { scopes: ['read'], session: 'key' }));
  owner = await gateway.client(1);
  await owner.place({ size: '5', price: '0.30', clientOrderId: 'own' });
});
afterAll(() => gateway.stop());

test('every operation has a valid request here', () => {
  expect(Object.keys(VALID).sort()).toEqual([...OPERATIONS].sort());
  for (const op of OPERATIONS) expect(request.safeParse({ id: 1, op, ...VALID[op] }).success, op).toBe(true);
});

describe.each(OPERATIONS)('%s', (op) => {
  test('with a key that may only read', async () => {
    const client = await gateway.client();
    await client.ok('auth', { token: 'reader' });
    const { seq } = gateway.engine.engine;
    const answer = await client.request(op, VALID[op]);
    if (!READS.includes(op)) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
      // Nothing has reached the engine.
      expect(gateway.engine.engine.seq).toBe(seq);
    } else expect(answer.error?.code).not.toBe('FORBIDDEN');
    client.connection.terminate();
  });

  test('without a login', async () => {
    const client = await gateway.client();
    const { seq } = gateway.engine.engine;
    const answer = await client.request(op, VALID[op]);
    if (PUBLIC.includes(op)) expect(answer.error?.code).not.toBe('UNAUTHENTICATED');
    else expect(answer).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } });
    expect(gateway.engine.engine.seq).toBe(seq);
    client.connection.terminate();
  });
});

test('the order of the account is as it was', async () => {
  expect(await owner.ok('order', { clientOrderId: 'own' })).toMatchObject({
    order: { status: 'open', remaining: '5.00' },
  });
});
