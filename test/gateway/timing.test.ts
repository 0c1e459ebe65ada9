import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import { LIMITS } from '../../src/engines/limits.ts';
import { BatchTimes, preciseNow } from '../../src/engines/loop/batchTimes.ts';
import { EngineLoop } from '../../src/engines/loop/engineLoop.ts';
import { Ring } from '../../src/engines/loop/ring.ts';
import { RingPort } from '../../src/gateway/engine-port/ringPort.ts';
import { Latency, WINDOW_MS } from '../../src/gateway/latency/latency.ts';
import { openAccountRecord } from '../../src/gateway/services/commandRecords.ts';
import * as answers from '../../src/protocol/answers.ts';
import { type Client, type Message, TestGateway } from './support/gateway.ts';

describe('times of batches', () => {
  const memory = BatchTimes.memory();
  const write = (to: BatchTimes, first: number, last: number) => to.write(first, last, first + 0.25, last + 0.5);

  test('are found by any of their sequences, by a reader in ascending order', () => {
    const [writer, reader] = [new BatchTimes(memory), new BatchTimes(memory)];
    expect(reader.of(1)).toBeUndefined();
    write(writer, 1, 3);
    write(writer, 4, 4);
    write(writer, 8, 9);
    expect(reader.of(2)).toEqual({ sequencedAt: 1.25, committedAt: 3.5 });
    expect(reader.of(3)).toEqual({ sequencedAt: 1.25, committedAt: 3.5 });
    expect(reader.of(4)).toEqual({ sequencedAt: 4.25, committedAt: 4.5 });
    // A sequence that no batch had, and one that is yet to come, pass nothing over.
    expect(reader.of(6)).toBeUndefined();
    expect(reader.of(8)).toEqual({ sequencedAt: 8.25, committedAt: 9.5 });
    expect(reader.of(10)).toBeUndefined();
    write(writer, 10, 12);
    expect(reader.of(10)).toEqual({ sequencedAt: 10.25, committedAt: 12.5 });
  });

  test('are forgotten where the reader is far behind, and never those of another', () => {
    const longer = BatchTimes.memory();
    const [writer, behind] = [new BatchTimes(longer), new BatchTimes(longer)];
    for (let seq = 1; seq <= 10_000; seq++) write(writer, seq, seq);
    expect(behind.of(1)).toBeUndefined();
    expect(behind.of(5_000)).toBeUndefined();
    expect(behind.of(9_999)).toEqual({ sequencedAt: 9_999.25, committedAt: 9_999.5 });
    expect(behind.of(10_000)).toEqual({ sequencedAt: 10_000.25, committedAt: 10_000.5 });
  });
});

test('the loop notes when it applied a batch and when that was committed, before its answers leave', async () => {
  const input = new Ring(Ring.memory(1 << 12));
  const output = new Ring(Ring.memory(1 << 12));
  const times = new BatchTimes(BatchTimes.memory());
  const confirms: (() => void)[] = [];
  const loop = new EngineLoop({
    engine: new Engine(),
    journal: { append: () => new Promise((confirm) => confirms.push(confirm)) },
    input,
    output,
    now: () => 1_000,
    onCommitted: () => {},
    times,
    onFatal: (error) => {
      throw error;
    },
  });
  const port = new RingPort(input, output, 0, 0, { times });
  expect(port.stages()).toBeUndefined();
  const began = preciseNow();
  loop.start();
  const stages = [1, 2].map(
    (account) =>
      new Promise<ReturnType<RingPort['stages']>>((resolve) => {
        port.send(openAccountRecord(port, account, 0), { done: () => resolve(port.stages()) });
      }),
  );
  while (confirms.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const applied = preciseNow();
  while (preciseNow() <= applied) await new Promise((resolve) => setImmediate(resolve));
  confirms[0]?.();
  const [first, second] = await Promise.all(stages);
  if (first === undefined) throw new Error('no times');
  expect(second).toEqual(first);
  expect(first.sequencedAt).toBeGreaterThanOrEqual(began);
  expect(first.sequencedAt).toBeLessThanOrEqual(applied);
  expect(first.committedAt).toBeGreaterThan(applied);
  expect(first.committedAt).toBeLessThanOrEqual(preciseNow());
  // Outside of an answer there is none.
  expect(port.stages()).toBeUndefined();
  await loop.stop();
});

describe('an answer that was asked for its timing', () => {
  let gateway: TestGateway;
  let client: Client;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    await gateway.createMarket('rain');
    client = await gateway.client(1);
  });
  afterAll(() => gateway.stop());

  const order = { market: 'rain', side: 'buy', size: '1', price: '0.50' };
  const asked = (op: string, fields: object = {}) => client.request(op, { ...fields, timing: true });
  const inOrder = ({ timing }: Message) => {
    expect(Math.abs(timing.receivedAt / 1_000 - preciseNow())).toBeLessThan(600_000);
    const stages = [0, timing.sequenced, timing.committed, timing.sent];
    for (const stage of stages) expect(Number.isInteger(stage)).toBe(true);
    expect(stages).toEqual([...stages].sort((a, b) => a - b));
  };

  test('has every stage where the engine was asked: success, refusal, batch', async () => {
    const placed = answers.answers.place.parse(await asked('place', order));
    inOrder(placed);
    const { orderId } = placed.order;
    const batch = { requests: [{ op: 'amend', market: 'rain', orderId, size: '2' }] };
    inOrder(answers.answers.batch.parse(await asked('batch', batch)));
    inOrder(answers.answers.cancel.parse(await asked('cancel', { market: 'rain', orderId })));
    const refused = await asked('cancel', { market: 'rain', orderId });
    expect(refused.ok).toBe(false);
    inOrder(answers.failure.parse(refused));
    inOrder(await asked('place', { ...order, price: '7' }));
    inOrder(answers.answers.cancelAll.parse(await asked('cancelAll')));
  });

  test('has every stage where a connection is bound, let go of or logged out: the engine is told of it', async () => {
    const bound = (fields: object) => asked('cancelOnDisconnect', fields);
    const ends = { receivedAt: expect.any(Number), sent: expect.any(Number) };
    inOrder(answers.answers.cancelOnDisconnect.parse(await bound({ enabled: true })));
    // It is so already: the engine is not asked.
    expect((await bound({ enabled: true })).timing).toEqual(ends);
    inOrder(await bound({ enabled: true, scope: 'account' }));
    const other = await gateway.client();
    inOrder(answers.answers.auth.parse(await other.request('auth', { token: '1', timing: true })));
    inOrder(await bound({ enabled: false, scope: 'account' }));
    expect((await bound({ enabled: false })).timing).toEqual(ends);
    inOrder(answers.answers.logout.parse(await other.request('logout', { timing: true })));
    const nobody = await gateway.client();
    expect((await nobody.request('logout', { timing: true })).timing).toEqual(ends);
  });

  test('has every stage where the engine refuses to bind one connection more', async () => {
    const armed = await Promise.all(Array.from({ length: LIMITS.armedConnectionsPerAccount }, () => gateway.client(2)));
    for (const one of armed) await one.ok('cancelOnDisconnect', { enabled: true });
    const late = await gateway.client(2);
    const refused = await late.request('cancelOnDisconnect', { enabled: true, timing: true });
    expect(refused).toMatchObject({ error: { code: 'LIMIT_EXCEEDED' } });
    inOrder(answers.failure.parse(refused));
  });

  test('has its ends where it was not sequenced: other operations, questions, refusals by the gateway', async () => {
    for (const [op, fields] of [
      ['ping', {}],
      ['account', {}],
      ['quote', { market: 'rain', side: 'buy', size: '1' }],
      ['order', { orderId: '1' }],
      ['place', { market: 'rain', side: 'buy', size: '1' }],
      ['place', { ...order, market: 'nowhere' }],
      ['place', { ...order, nothing: 1 }],
      ['nonsense', {}],
      ['subscribe', { channels: [{ ch: 'book', market: 'rain' }] }],
      ['auth', { token: '1' }],
    ] as const) {
      const { timing } = await asked(op, fields);
      expect(timing, op).toEqual({ receivedAt: expect.any(Number), sent: expect.any(Number) });
      expect(timing.sent).toBeGreaterThanOrEqual(0);
    }
  });

  test('others have none', async () => {
    expect(await client.ok('place', order)).not.toHaveProperty('timing');
    expect(await client.ok('place', { ...order, timing: false })).not.toHaveProperty('timing');
  });

  test('and the percentiles count what was sequenced', async () => {
    const { latency } = gateway.deps;
    const before = latency.percentiles();
    for (let i = 0; i < 20; i++) await client.ok('place', order);
    await client.ok('ping');
    await client.ok('account');
    const { total, sequenced, committed, sent } = latency.percentiles();
    expect(total.count - before.total.count).toBe(20);
    expect([sequenced.count, committed.count, sent.count]).toEqual([total.count, total.count, total.count]);
    expect(total.max).toBeGreaterThanOrEqual(total.p50);
  });
});

describe('percentiles', () => {
  test('are those of what was recorded, within one part in a hundred', () => {
    const latency = new Latency();
    for (let i = 1; i <= 1_000; i++) latency.record(0, i / 1_000, (i + 5) / 1_000, (i + 105) / 1_000);
    const { sequenced, committed, sent, total } = latency.percentiles(10);
    const near = (value: number, expected: number) => {
      expect(value).toBeGreaterThanOrEqual(expected * 0.99);
      expect(value).toBeLessThanOrEqual(expected * 1.01);
    };
    expect(sequenced.count).toBe(1_000);
    near(sequenced.p50, 500);
    near(sequenced.p90, 900);
    near(sequenced.p99, 990);
    near(sequenced.p999, 999);
    near(sequenced.max, 1_000);
    near(committed.p99, 5);
    near(sent.p50, 100);
    near(total.p50, 605);
  });

  test('forget what is older than the window, and nothing is nothing', () => {
    const latency = new Latency();
    const empty = { count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };
    expect(latency.percentiles(5).total).toEqual(empty);
    latency.record(0, 1, 2, 3);
    latency.record(WINDOW_MS / 2, WINDOW_MS / 2, WINDOW_MS / 2, WINDOW_MS / 2);
    expect(latency.percentiles(WINDOW_MS - 20_000).total.count).toBe(2);
    expect(latency.percentiles(WINDOW_MS + 10_000).total.count).toBe(1);
    expect(latency.percentiles(10 * WINDOW_MS).total).toEqual(empty);
    latency.record(10 * WINDOW_MS, 10 * WINDOW_MS, 10 * WINDOW_MS, 10 * WINDOW_MS + 1);
    expect(latency.percentiles(10 * WINDOW_MS + 2).total.count).toBe(1);
  });

  test('take impossible times as the nearest possible', () => {
    const latency = new Latency();
    latency.record(5, 4, 3, 1e12);
    expect(latency.percentiles(1e12 + 1)).toMatchObject({ sequenced: { count: 1, max: 1 }, sent: { count: 1 } });
  });

  test('are of all requests while there are few, of one of n when there are many', () => {
    const sampled = (perSecond: number, seconds: number) => {
      const latency = new Latency();
      let count = 0;
      for (let i = 0; i < perSecond * seconds; i++) if (latency.sample(1_000 + (i * 1_000) / perSecond)) count++;
      return count;
    };
    expect(sampled(1, 20)).toBe(20);
    expect(sampled(900, 4)).toBe(3_600);
    const many = sampled(50_000, 4);
    expect(many).toBeGreaterThan(2_000);
    expect(many).toBeLessThan(12_000);
  });
});
