import { afterEach, describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { Budgets } from '../../src/gateway/limits/budgets.ts';
import { COSTS, costOf, onlyRemoves } from '../../src/gateway/limits/costs.ts';
import { changedLimits, DEFAULT_LIMITS, type Limits } from '../../src/limits.ts';
import { request } from '../../src/protocol/requests.ts';
import { TestGateway } from './support/gateway.ts';

/** Buckets that do not fill while a test runs. */
const fixed = (burst: number) => ({ perSecond: 0.001, burst });
const open = (limits: Partial<Limits>) => new Budgets({ ...DEFAULT_LIMITS, ...limits });

describe('a budget', () => {
  test('is as much as all of its buckets have, and a refused request takes nothing from any', () => {
    const budgets = open({
      requestsPerConnection: fixed(10),
      requestsPerAccount: fixed(6),
      requestsPerAddress: fixed(14),
    });
    const first = budgets.open('10.0.0.1', 0);
    budgets.login(first, 1, 0);
    const second = budgets.open('10.0.0.1', 0);
    budgets.login(second, 1, 0);
    expect(first.requests.take(0, 4)).toBe(0);
    expect([first.requests.left(0), second.requests.left(0)]).toEqual([2, 2]);
    for (let i = 0; i < 10; i++) expect(second.requests.take(0, 3)).toBeGreaterThan(0);
    expect([first.requests.left(0), second.requests.left(0)]).toEqual([2, 2]);
    expect(second.requests.take(0, 2)).toBe(0);
    // Another account behind the same address has what that still has.
    const other = budgets.open('10.0.0.1', 0);
    budgets.login(other, 2, 0);
    expect(other.requests.left(0)).toBe(6);
    expect(other.requests.take(0, 6)).toBe(0);
    expect(budgets.open('10.0.0.1', 0).requests.left(0)).toBe(2);
    expect(budgets.open('10.0.0.2', 0).requests.left(0)).toBe(10);
    // Cancels are apart from all that.
    expect(first.cancels.left(0)).toBe(DEFAULT_LIMITS.cancelsPerConnection.burst);
  });

  test('says when the slowest bucket has filled', () => {
    const budgets = open({
      requestsPerConnection: { perSecond: 1_000, burst: 2 },
      // One token in 128 ms: exact in binary.
      requestsPerAccount: { perSecond: 1_000 / 128, burst: 2 },
      requestsPerAddress: { perSecond: 100, burst: 2 },
    });
    const one = budgets.open('10.0.0.1', 0);
    budgets.login(one, 1, 0);
    expect(one.requests.take(0, 2)).toBe(0);
    expect(one.requests.take(0, 2)).toBe(256);
    expect(one.requests.take(255, 2)).toBe(1);
    expect(one.requests.take(256, 2)).toBe(0);
  });

  test('a request that costs more than a bucket holds needs a full one', () => {
    const one = open({ requestsPerConnection: { perSecond: 10, burst: 5 } }).open('10.0.0.1', 0);
    expect(one.requests.take(0, 50)).toBe(0);
    expect(one.requests.left(0)).toBe(0);
    expect(one.requests.take(400, 50)).toBe(100);
    expect(one.requests.take(500, 50)).toBe(0);
  });
});

describe('costs', () => {
  const entries = (count: number, entry: object) => Array.from({ length: count }, () => entry);

  test('every operation of the protocol has one', () => {
    const operations = request.options.map((option) => option.shape.op.value);
    expect(Object.keys(COSTS).sort()).toEqual([...operations].sort());
    for (const op of operations) expect(costOf({ op })).toBeGreaterThanOrEqual(1);
  });

  test.each([
    [{ op: 'place' }, 1],
    [{ op: 'replace' }, 2],
    [{ op: 'batch', requests: entries(7, { op: 'place' }) }, 7],
    [{ op: 'quotes', quotes: entries(100, {}) }, 25],
    [{ op: 'quotes', quotes: entries(1, {}) }, 1],
    [{ op: 'subscribe', channels: entries(3, {}) }, 15],
    [{ op: 'subscribe', channels: entries(100_000, {}) }, 1_000],
    [{ op: 'account' }, 10],
    // What is no request costs one, and breaks nothing.
    [{ op: 'batch', requests: 'all' }, 1],
    [{ op: 'constructor' }, 1],
    [{ op: ['place'] }, 1],
    [[], 1],
    [null, 1],
    ['place', 1],
  ])('%j costs %d', (message, cost) => expect(costOf(message)).toBe(cost));

  const bid = { price: '0.5', size: '1' };
  test.each([
    [{ op: 'cancel' }, true],
    [{ op: 'cancelAll' }, true],
    [{ op: 'cancelQuotes' }, true],
    [{ op: 'cancelAfter' }, true],
    [{ op: 'batch', requests: entries(3, { op: 'cancel' }) }, true],
    [{ op: 'batch', requests: [{ op: 'cancel' }, { op: 'place' }] }, false],
    [{ op: 'batch', requests: [] }, false],
    [{ op: 'batch', requests: [null] }, false],
    [{ op: 'quotes', quotes: [{ bid: null, ask: null }, { bid: null }, {}] }, true],
    [{ op: 'quotes', quotes: [{ bid: null, ask: bid }] }, false],
    [{ op: 'place' }, false],
    [{ op: 'amend' }, false],
    [{ op: 'replace' }, false],
    [null, false],
  ])('%j only removes: %s', (message, removes) => expect(onlyRemoves(message)).toBe(removes));
});

describe('over the wire', () => {
  let gateway: TestGateway;
  afterEach(() => gateway.stop());

  test('what is left is told where it is asked for, with an error, too', async () => {
    gateway = await TestGateway.start({
      rateLimits: true,
      limits: { requestsPerConnection: fixed(100), cancelsPerConnection: fixed(50) },
    });
    await gateway.createMarket('rain');
    const client = await gateway.client(1);
    const order = { market: 'rain', side: 'buy', size: '1', price: '0.50', budget: true };
    // The login took 10.
    expect((await client.ok('place', order)).budget).toEqual({ requests: 89, cancels: 50 });
    expect((await client.request('place', { ...order, size: '0' })).budget).toEqual({ requests: 88, cancels: 50 });
    expect((await client.request('place', { ...order, price: '7' })).budget).toEqual({ requests: 87, cancels: 50 });
    expect((await client.request('place', { ...order, nothing: 1 })).budget).toEqual({ requests: 86, cancels: 50 });
    expect((await client.ok('cancelAll', { budget: true })).budget).toEqual({ requests: 86, cancels: 49 });
    const cancels = { requests: [{ op: 'cancel', market: 'rain', orderId: '1' }], budget: true };
    expect((await client.ok('batch', cancels)).budget).toEqual({ requests: 86, cancels: 48 });
    expect((await client.ok('account', { budget: true })).budget).toEqual({ requests: 76, cancels: 48 });
    expect((await client.ok('ping')).budget).toBeUndefined();
    expect((await client.ok('ping', { budget: false })).budget).toBeUndefined();
  });

  test('an account has one budget for all its connections, and is told when it is spent', async () => {
    gateway = await TestGateway.start({
      rateLimits: true,
      limits: { requestsPerAccount: fixed(30), cancelsPerAccount: fixed(3) },
    });
    const [first, second, other] = await Promise.all([gateway.client(1), gateway.client(1), gateway.client(2)]);
    // Whoever logs in pays as the connection that it was.
    for (let i = 0; i < 15; i++) await first.ok('ping');
    for (let i = 0; i < 14; i++) await second.ok('ping');
    expect((await first.ok('ping', { budget: true })).budget).toEqual({ requests: 0, cancels: 3 });
    const limited = await second.request('ping', { budget: true });
    expect(limited).toMatchObject({ ok: false, error: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
    expect(limited.budget).toEqual({ requests: 0, cancels: 3 });
    await other.ok('ping');
    // Cancels go on until theirs is spent, too.
    for (let i = 0; i < 3; i++) await first.ok('cancelAll');
    expect(await second.refused('cancelAll')).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('requests behind a login are paid for by its account', async () => {
    gateway = await TestGateway.start({ rateLimits: true, limits: { requestsPerAccount: fixed(2) } });
    const socket = await gateway.socket();
    socket.ws.send('{"id":0,"op":"auth","token":"1"}');
    for (let id = 1; id <= 3; id++) socket.ws.send(`{"id":${id},"op":"ping"}`);
    expect(await socket.next(2)).toMatchObject({ id: 2, ok: true });
    expect(await socket.next(3)).toMatchObject({ id: 3, error: { code: 'RATE_LIMITED' } });
    socket.ws.terminate();
  });

  test('connections of one address share a budget', async () => {
    gateway = await TestGateway.start({ rateLimits: true, limits: { requestsPerAddress: fixed(12) } });
    const first = await gateway.client(1);
    const second = await gateway.client();
    await first.ok('ping');
    await second.ok('ping');
    expect(await second.refused('ping')).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await first.refused('ping')).toMatchObject({ code: 'RATE_LIMITED' });
    await first.ok('cancelAll');
  });

  test('switched off nothing is limited, and there is nothing to tell', async () => {
    gateway = await TestGateway.start({ limits: { requestsPerConnection: fixed(1) } });
    const client = await gateway.client(1);
    for (let i = 0; i < 5; i++) expect((await client.ok('ping', { budget: true })).budget).toBeUndefined();
  });
});

describe('BRIER_LIMITS', () => {
  const read = (value: string) => readConfig({ BRIER_LIMITS: value }).limits;

  test('changes what it names and nothing else', () => {
    expect(read('{"connectionsPerAddress":7,"requestsPerAccount":{"perSecond":0.5}}')).toEqual({
      ...DEFAULT_LIMITS,
      connectionsPerAddress: 7,
      requestsPerAccount: { perSecond: 0.5, burst: DEFAULT_LIMITS.requestsPerAccount.burst },
    });
    expect(readConfig({}).limits).toEqual(DEFAULT_LIMITS);
    expect(changedLimits({})).toEqual(DEFAULT_LIMITS);
  });

  test.each([
    ['not json', 'JSON'],
    ['[]', 'an object'],
    ['null', 'an object'],
    ['{"nothing":1}', 'not "nothing"'],
    ['{"toString":1}', 'not "toString"'],
    ['{"__proto__":1}', 'not "__proto__"'],
    ['{"connectionsPerAddress":0}', 'connectionsPerAddress'],
    ['{"connectionsPerAddress":1.5}', 'connectionsPerAddress'],
    ['{"connectionsPerAddress":{"burst":1}}', 'connectionsPerAddress'],
    ['{"connectionsPerAddress":10000000000}', 'connectionsPerAddress'],
    ['{"requestsPerAddress":5}', 'requestsPerAddress'],
    ['{"requestsPerAddress":{"perSecond":0}}', 'requestsPerAddress'],
    ['{"requestsPerAddress":{"perSecond":"5"}}', 'requestsPerAddress'],
    ['{"requestsPerAddress":{"burst":0}}', 'requestsPerAddress'],
    ['{"requestsPerAddress":{"bursts":1}}', 'requestsPerAddress'],
  ])('%s is refused', (value, says) => {
    expect(() => read(value)).toThrow(ConfigError);
    expect(() => read(value)).toThrow(/^BRIER_LIMITS must .*$/);
    expect(() => read(value)).toThrow(says);
  });
});
