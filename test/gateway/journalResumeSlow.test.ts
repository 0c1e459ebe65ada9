import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as R from '../../src/engines/records/buffer.ts';
import { Latency } from '../../src/gateway/latency/latency.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import { PUBLIC_BUFFER_LOW } from '../../src/gateway/sessions/limits.ts';
import { Outbox } from '../../src/gateway/sessions/outbox.ts';
import { Session } from '../../src/gateway/sessions/session.ts';
import type { Transport } from '../../src/gateway/sessions/transport.ts';
import { GAP_PORTION_CHARACTERS } from '../../src/gateway/streams/limits.ts';
import { Streams } from '../../src/gateway/streams/streams.ts';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../../src/persistence/journal/journalWriter.ts';
import type { EndOfEvents } from '../../src/persistence/resume/accountEvents.ts';
import type { ResumeServerOptions } from '../../src/persistence/resume/resumeServer.ts';
import { TestEngine } from '../http/testEngine.ts';
import { resumerHere } from '../persistence/support/resuming.ts';
import { EngineDriver } from '../support/engineDriver.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

const COMMANDS = 50_000;
const BATCH = 500;

let postgres: TestPostgres;
let database: TestDatabase;
const driver = new EngineDriver();
/** Where the orders begin. */
let since = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await postgres.migrated();
  driver.open(1);
  driver.open(2);
  driver.createMarket('rain');
  since = driver.engine.seq;
  for (let i = 0; i < COMMANDS / 2; i++) {
    const { orderId } = driver.place(1 + (i % 2), 0, { size: 100, price: 100 + (i % 40) * 100, clientId: `c-${i}` });
    driver.cancel(1 + (i % 2), 0, orderId);
  }
  const { epoch, head } = await acquireEpoch(database.sql, 0);
  const writer = new JournalWriter(database.url, 0, epoch, head);
  const { journal } = driver;
  const replay = new EngineDriver();
  for (let at = 0; at < journal.words; ) {
    const firstSeq = replay.engine.seq + 1;
    const from = at;
    while (at < journal.words && replay.engine.seq - firstSeq + 1 < BATCH) {
      replay.events.clear();
      replay.engine.apply(journal.i32, journal.f64, at, replay.events);
      at += journal.i32[at + R.LENGTH] as number;
    }
    const { seq: lastSeq, digest: outputDigest } = replay.engine;
    const payload = journal.bytes.slice(from * 4, at * 4);
    await writer.append({ firstSeq, lastSeq, commandCount: lastSeq - firstSeq + 1, outputDigest, payload });
  }
  await writer.close();
});
afterAll(() => postgres.stop());

/** A peer whose network takes something now and then. */
class SlowTransport implements Transport {
  readonly address = '';
  readonly texts: string[] = [];
  bufferedMax = 0;
  code = 0;
  private buffered = 0;

  send(messages: readonly string[]): void {
    for (const text of messages) {
      this.texts.push(text);
      this.buffered += text.length;
    }
    this.bufferedMax = Math.max(this.bufferedMax, this.buffered);
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  take(bytes: number): void {
    this.buffered = Math.max(0, this.buffered - bytes);
  }

  ping(): void {}

  close(code: number): void {
    this.code = code;
  }
}

/** A server that starts after all of that, with nothing in memory. */
function start(options: Partial<ResumeServerOptions> = {}) {
  const { readers, troubles, running } = resumerHere(database.sql, options);
  const ends: EndOfEvents[] = [];
  const streams = new Streams(new TestEngine(() => 0).port, new MarketData(driver.engine.image()), {
    journal: {
      open: (account, from, listener) =>
        readers.open(account, from, {
          portion: (portion) => listener.portion(portion),
          ended: (why) => {
            ends.push(why);
            listener.ended(why);
          },
        }),
    },
  });
  const stop = (): Promise<void> => {
    streams.stop();
    return readers.stop();
  };
  return { streams, troubles, ends, running, stop };
}

function resume(streams: Streams, account: number): { session: Session; transport: SlowTransport } {
  const transport = new SlowTransport();
  const measures = { port: { stages: () => undefined }, latency: new Latency() };
  const session = new Session(transport, new Outbox(), 0, undefined, measures);
  const channels = [
    { ch: 'orders' as const, since },
    { ch: 'fills' as const, since },
  ];
  expect(streams.subscribePrivate(session, account, channels)).toHaveLength(2);
  return { session, transport };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const isThrough = ({ texts }: SlowTransport): boolean => texts.at(-1)?.includes('caught-up') ?? false;

/** Reads on until everything has come. */
async function read({ session, transport }: ReturnType<typeof resume>, bytes: number): Promise<void> {
  while (!isThrough(transport)) {
    await turn();
    transport.take(bytes);
    session.drained();
  }
}

/** Every command of the account is there, once and in order. */
function expectAll({ texts, code }: SlowTransport): void {
  expect(code).toBe(0);
  let seq = since;
  let count = 0;
  for (const text of texts) {
    const message = JSON.parse(text);
    if (message.ch !== 'orders' || message.type === 'caught-up') continue;
    if (message.prev !== seq) expect(message.prev).toBe(seq);
    seq = message.seq;
    count++;
  }
  expect(count).toBe(COMMANDS / 2);
}

describe(`a gap of ${COMMANDS} commands`, () => {
  test('read slowly never fills the buffer of the socket', async () => {
    const { streams, troubles, ends, stop } = start();
    const slow = resume(streams, 1);
    await read(slow, 16 * 1024);
    expectAll(slow.transport);
    const sent = slow.transport.texts.reduce((sum, text) => sum + text.length, 0);
    expect(sent).toBeGreaterThan(5_000_000);
    expect(slow.transport.bufferedMax).toBeLessThan(PUBLIC_BUFFER_LOW + GAP_PORTION_CHARACTERS + 4_096);
    expect({ troubles, ends }).toEqual({ troubles: [], ends: [] });
    await stop();
  });

  test('is told on to one who reads while another does not, and to that one when it reads again', async () => {
    const { streams, ends, stop } = start({ stalledMs: 1 });
    const stuck = resume(streams, 1);
    const other = resume(streams, 2);
    await read(other, 1e9);
    expectAll(other.transport);
    expect(ends).toContain('dropped');
    expect(stuck.transport.bufferedMax).toBeLessThan(PUBLIC_BUFFER_LOW + GAP_PORTION_CHARACTERS + 4_096);
    await read(stuck, 1e9);
    expectAll(stuck.transport);
    await stop();
  });

  test('costs nothing while nobody reads it, and goes on where it was', async () => {
    const { streams, ends, running, stop } = start({ stalledAloneMs: 20, idleMs: 1 });
    const stuck = resume(streams, 1);
    // The engine is gone as well.
    while (ends.length === 0 || running() > 0) await turn();
    expect(ends).toEqual(['dropped']);
    await read(stuck, 1e9);
    expectAll(stuck.transport);
    await stop();
  });
});
