import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RecordBuffer } from '../../src/engines/records/buffer.ts';
import { pruneJournal } from '../../src/persistence/journal/pruneJournal.ts';
import { RESUMES_MAX, RESUMES_PER_ACCOUNT_MAX } from '../../src/persistence/resume/limits.ts';
import { random } from '../follower/script.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { type Client, type Message, TestGateway } from './support/gateway.ts';
import { TestJournal } from './support/journal.ts';
import { Chain } from './support/mirror.ts';

const LOG_BYTES = 16 * 1024;

let postgres: TestPostgres;
let journal: TestJournal;
let gateway: TestGateway;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
afterEach(async () => {
  await gateway.stop();
  await journal.stop();
  expect(gateway.errors).toEqual([]);
});

async function start(sweepMs = 60_000, accounts = 4): Promise<void> {
  journal = await TestJournal.begin(await postgres.migrated());
  gateway = await TestGateway.start({ logBytes: LOG_BYTES, journal: journal.of, sweepMs, accounts });
  await gateway.createMarket('rain');
  await gateway.createMarket('snow');
}

/** What the account’s orders and fills were, seen by one who stayed. */
async function listen(account: number, channels: Record<string, unknown>[]): Promise<Client> {
  const client = await gateway.client(account);
  await client.ok('subscribe', { channels });
  return client;
}

const caughtUp = (client: Client, ch: string): Promise<Message> =>
  client.until((message) => message.ch === ch && message.type === 'caught-up');

/** What was told of a channel after `since`: without what only belongs to the way it was told. */
const told = ({ messages }: Client, ch: string, since = -1): Message[] =>
  messages
    .filter((message) => message.ch === ch && message.type !== 'snapshot' && message.type !== 'caught-up')
    .filter(({ seq, type }) => seq > since && type !== 'heartbeat')
    .map(({ prev: _, ...message }) => message);

function expectChain({ messages }: Client, ch: string, since: number): void {
  const chain = new Chain();
  chain.seq = since;
  for (const message of messages) if (message.ch === ch) chain.take(message);
  expect(chain.caughtUp).toBe(1);
}

/** Two accounts trade with each other; every third order is of the market `snow`. */
async function trade(count: number, seed = 1): Promise<void> {
  const next = random(seed);
  const traders = [await gateway.client(1), await gateway.client(2)];
  const pending: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    const side = next() < 0.5 ? 'buy' : 'sell';
    const outcome = next() < 0.5 ? 'YES' : 'NO';
    const price = `0.${45 + Math.floor(next() * 11)}`;
    const market = i % 3 === 0 ? 'snow' : 'rain';
    const order = { market, side, outcome, price, size: String(1 + Math.floor(next() * 5)) };
    pending.push((traders[i % 2] as Client).request('place', order));
  }
  await Promise.all(pending);
}

describe('a gap that is no longer in memory', () => {
  test('is told from the journal, then from memory, then live: the same as to one who stayed', async () => {
    await start();
    const stayed = await listen(1, [{ ch: 'orders' }, { ch: 'fills' }]);
    const begin = await stayed.until(({ ch }) => ch === 'orders');
    await trade(60);
    const middle = told(stayed, 'orders').at(20)?.seq as number;
    await trade(300, 2);
    const before = journal.opened;
    const clients: Client[] = [];
    // What happens while a gap is told comes after it.
    for (let round = 0; round < 5; round++) {
      const pending = trade(40, 3 + round);
      const client = await listen(1, [
        { ch: 'orders', since: begin.seq },
        { ch: 'fills', since: middle },
      ]);
      await trade(20, 10 + round);
      await caughtUp(client, 'orders');
      await pending;
      clients.push(client);
    }
    await trade(20, 20);
    await stayed.ok('ping');
    expect(journal.opened).toBe(before + clients.length);
    for (const client of clients) {
      await client.ok('ping');
      expect(told(client, 'orders')).toEqual(told(stayed, 'orders'));
      expect(told(client, 'fills')).toEqual(told(stayed, 'fills', middle));
      expect(told(client, 'fills').length).toBeGreaterThan(20);
      expectChain(client, 'orders', begin.seq);
      expectChain(client, 'fills', middle);
    }
    expect(journal.troubles).toEqual([]);
  });

  test('of one channel does not keep another waiting whose gap is in memory', async () => {
    await start();
    const stayed = await listen(1, [{ ch: 'orders' }, { ch: 'fills' }]);
    const begin = await stayed.until(({ ch }) => ch === 'orders');
    await trade(300);
    const late = told(stayed, 'fills').at(-2)?.seq as number;
    const client = await gateway.client(1);
    await client.ok('subscribe', {
      channels: [
        { ch: 'orders', since: begin.seq },
        { ch: 'fills', since: late },
        { ch: 'account', since: late },
      ],
    });
    await client.ok('account');
    // Before anything can have come from the database.
    expect(client.messages.filter(({ ch }) => ch === 'fills')).toMatchObject([{ ch: 'fills' }, { type: 'caught-up' }]);
    expect(client.messages.filter(({ ch }) => ch === 'account').map(({ type }) => type)).toEqual([
      'snapshot',
      'caught-up',
    ]);
    await caughtUp(client, 'orders');
    expect(told(client, 'orders')).toEqual(told(stayed, 'orders'));
  });

  test('of which the journal has more than has been told here is not told twice', async () => {
    await start();
    const stayed = await listen(1, [{ ch: 'orders' }]);
    const begin = await stayed.until(({ ch }) => ch === 'orders');
    await trade(300);
    // A commit is in the journal before the engine lets its events out.
    const { port } = gateway.engine;
    const tell = port.onGroup;
    const held: (() => void)[] = [];
    port.onGroup = (events, from, doneAt) => {
      const copy = new RecordBuffer();
      copy.append(events.i32, from, doneAt + (events.i32[doneAt] as number));
      held.push(() => tell(copy, 0, doneAt - from));
    };
    await trade(30, 2);
    await journal.written();
    const client = await listen(1, [{ ch: 'orders', since: begin.seq }]);
    while (journal.portions === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await client.of('orders')).toEqual([]);
    port.onGroup = tell;
    for (const one of held) one();
    await caughtUp(client, 'orders');
    await trade(10, 3);
    await stayed.ok('ping');
    await client.ok('ping');
    expect(told(client, 'orders')).toEqual(told(stayed, 'orders'));
    expectChain(client, 'orders', begin.seq);
  });

  test('has heartbeats while it waits for the journal', async () => {
    await start(1);
    await trade(300);
    await journal.written();
    const holder = await journal.database.sql.reserve();
    await holder`begin`;
    await holder`lock table brier.journal in access exclusive mode`;
    const client = await listen(1, [{ ch: 'orders', since: 7 }]);
    const beat = await client.until(({ ch }) => ch === 'orders');
    expect(beat).toMatchObject({ type: 'heartbeat', seq: 7 });
    await holder`commit`;
    holder.release();
    await caughtUp(client, 'orders');
    expectChain(client, 'orders', 7);
  });

  test('is told by market where a market is named', async () => {
    await start();
    const stayed = await listen(1, [{ ch: 'orders', market: 'snow' }, { ch: 'fills' }]);
    const begin = await stayed.until(({ ch }) => ch === 'orders');
    await trade(300);
    await stayed.ok('ping');
    const client = await listen(1, [{ ch: 'orders', market: 'snow', since: begin.seq }]);
    await caughtUp(client, 'orders');
    expect(told(client, 'orders')).toEqual(told(stayed, 'orders'));
    expect(told(client, 'orders').length).toBeGreaterThan(20);
  });

  test('that is none is only marked: a since that is the head', async () => {
    await start();
    await trade(300);
    const { order } = await (await gateway.client(1)).place({ size: '1', price: '0.01' });
    const before = journal.opened;
    const client = await listen(1, [
      { ch: 'orders', since: order.seq },
      { ch: 'fills', since: order.seq },
    ]);
    for (const ch of ['orders', 'fills'])
      expect(await client.of(ch)).toEqual([{ ch, type: 'caught-up', seq: order.seq }]);
    expect(journal.opened).toBe(before);
  });

  test('can be left: what ends its connection in the middle leaves nothing behind', async () => {
    await start();
    await trade(300);
    for (let i = 0; i < 3 * RESUMES_PER_ACCOUNT_MAX; i++) {
      const client = await gateway.client(1);
      await client.ok('subscribe', { channels: [{ ch: 'orders', since: 1 }] });
      if (i % 2 === 0) client.connection.terminate();
      else await client.ok('unsubscribe', { channels: [{ ch: 'orders' }] });
    }
    const client = await listen(1, [{ ch: 'orders', since: 1 }]);
    await caughtUp(client, 'orders');
    expect(client.messages.filter(({ type }) => type === 'snapshot')).toEqual([]);
  });

  const types = async (client: Client) => {
    await caughtUp(client, 'orders');
    return (await client.of('orders')).map(({ type }) => type);
  };

  test('that was pruned, or that lies ahead, begins with a snapshot', async () => {
    await start();
    await trade(300);
    expect(await types(await listen(1, [{ ch: 'orders', since: 1e12 }]))).toEqual(['snapshot', 'caught-up']);
    await journal.written();
    await pruneJournal(journal.database.sql, 0, 100);
    expect(await types(await listen(1, [{ ch: 'orders', since: 1 }]))).toEqual(['snapshot', 'caught-up']);
    expect(journal.troubles).toEqual([]);
  });

  test('of one connection too many of an account begins with a snapshot; the others wait for the journal', async () => {
    await start();
    await trade(300);
    await journal.written();
    const holder = await journal.database.sql.reserve();
    await holder`begin`;
    await holder`lock table brier.journal in access exclusive mode`;
    const clients: Client[] = [];
    for (let i = 0; i <= RESUMES_PER_ACCOUNT_MAX; i++) clients.push(await listen(1, [{ ch: 'orders', since: 1 }]));
    const last = clients.pop() as Client;
    expect(await types(last)).toEqual(['snapshot', 'caught-up']);
    for (const client of clients) expect(await client.of('orders')).toEqual([]);
    await holder`commit`;
    holder.release();
    for (const client of clients) expect((await types(client)).slice(0, 2)).toEqual([undefined, undefined]);
  });

  test('of one connection too many of all accounts begins with a snapshot; the others are told theirs', async () => {
    const accounts = RESUMES_MAX / RESUMES_PER_ACCOUNT_MAX;
    await start(60_000, accounts + 1);
    await trade(300);
    await journal.written();
    const holder = await journal.database.sql.reserve();
    await holder`begin`;
    await holder`lock table brier.journal in access exclusive mode`;
    const clients: Client[] = [];
    for (let i = 0; i < RESUMES_MAX; i++) clients.push(await listen(1 + (i % accounts), [{ ch: 'orders', since: 1 }]));
    const late = await listen(accounts + 1, [{ ch: 'orders', since: 1 }]);
    expect(await types(late)).toEqual(['snapshot', 'caught-up']);
    await holder`commit`;
    holder.release();
    for (const client of clients) expect(await types(client)).not.toContain('snapshot');
    // There is room again.
    expect(await types(await listen(accounts + 1, [{ ch: 'orders', since: 1 }]))).toEqual(['caught-up']);
  });
});
