import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as E from '../../src/engines/records/events.ts';
import { AccountRecords } from '../../src/gateway/streams/accountFeed.ts';
import { EventLog } from '../../src/gateway/streams/eventLog.ts';
import { pruneJournal } from '../../src/persistence/journal/pruneJournal.ts';
import { readHead } from '../../src/persistence/journal/readJournal.ts';
import { keepSnapshot } from '../../src/persistence/keepSnapshot.ts';
import type { Records } from '../../src/persistence/read-model/records.ts';
import { thisEngine } from '../../src/persistence/restore.ts';
import { PORTION_BYTES } from '../../src/persistence/resume/limits.ts';
import { Reader } from '../../src/persistence/resume/reader.ts';
import { Journaled } from '../follower/journaled.ts';
import { kindsScript } from '../follower/kindsScript.ts';
import { random, tradingScript } from '../follower/script.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { resumerHere, TestReader } from './support/resuming.ts';

const ACCOUNTS = 7;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

/** What a group tells an account, record by record, as the live channels collect it. */
function told(records: Records, start: number, account: number): string[] {
  const { orders, quotes, fills, positions, balance } = new AccountRecords().collect(records, start, account);
  const of = (at: number) => {
    const { i32 } = records;
    const copy = i32.slice(at, at + (i32[at] as number));
    // The log keeps its chain there.
    copy.fill(0, R.TICKET, R.BODY);
    return copy.join(' ');
  };
  return [
    ...[...orders, ...quotes].map(of),
    ...fills.map((fill) => `${fill & 1} ${of(fill >> 1)}`),
    ...positions.map(of),
    ...(balance < 0 ? [] : [of(balance)]),
  ];
}

/** A log that forgets nothing of the script. */
function logOf(script: R.RecordBuffer): EventLog {
  const engine = new Engine();
  const log = new EventLog(0);
  const events = new R.RecordBuffer();
  R.eachRecord(script.i32, 0, script.words, (at) => {
    events.clear();
    engine.apply(script.i32, script.f64, at, events);
    let doneAt = 0;
    R.eachRecord(events.i32, 0, events.words, (event) => {
      doneAt = event;
    });
    log.append(events, 0, doneAt);
  });
  return log;
}

function expectedOf(log: EventLog, account: number, since: number): [number, string[]][] {
  const groups = log.groupsOfAccount(account, since);
  if (groups === undefined) throw new Error('the log is too small for the test');
  return groups
    .map((start): [number, string[]] => [log.f64[(start + R.SEQ) >> 1] as number, told(log, start, account)])
    .filter(([, all]) => all.length > 0);
}

function readBy({ portions }: TestReader, account: number): [number, string[]][] {
  return portions.flatMap(({ records, words }) => {
    const groups: [number, string[]][] = [];
    let start = 0;
    R.eachRecord(records.i32, 0, words, (at) => {
      if (records.i32[at + R.KIND] !== 1) return;
      groups.push([records.f64[(start + R.SEQ) >> 1] as number, told(records, start, account)]);
      start = at + (records.i32[at] as number);
    });
    return groups;
  });
}

/** A journal with a snapshot at about each of `snapshotsAt`. */
async function journaled(
  script: R.RecordBuffer,
  snapshotsAt: number[],
): Promise<TestDatabase & { log: EventLog; head: number }> {
  const database = await postgres.migrated();
  const journal = await Journaled.begin(database, script);
  for (const seq of snapshotsAt) {
    await journal.append(seq);
    await keepSnapshot(database.sql, 0, thisEngine, journal.engine, await readHead(database.sql, 0));
  }
  await journal.append();
  await journal.close();
  return { ...database, log: logOf(script), head: journal.engine.seq };
}

describe('events made again from the journal', () => {
  test.each([
    ['trading', tradingScript, 1],
    ['trading', tradingScript, 2],
    ['every kind of order', kindsScript, 3],
    ['every kind of order', kindsScript, 4],
  ] as const)('are those that the log had, for every account from anywhere ($0, seed $2)', async (_, scriptOf, seed) => {
    const { sql, log, head } = await journaled(scriptOf(seed, 1_200), [300, 800]);
    const { readers, troubles } = resumerHere(sql);
    const next = random(seed);
    // Some one after another, some at once: they share a replay.
    for (let round = 0; round < 4; round++) {
      const reads = Array.from({ length: round === 0 ? 1 : 5 }, () => {
        const account = 1 + Math.floor(next() * ACCOUNTS);
        const since = Math.floor(next() * (head + 1));
        return { account, since, reader: new TestReader(readers, account, since) };
      });
      for (const { account, since, reader } of reads) {
        await reader.to(head);
        expect(reader.end).toBeUndefined();
        expect(readBy(reader, account)).toEqual(expectedOf(log, account, since));
      }
    }
    expect(troubles).toEqual([]);
    await readers.stop();
  });
});

describe('a journal that does not give them', () => {
  test('because it was pruned ends the reader, also under a replay that stands in what is gone', async () => {
    const database = await postgres.migrated();
    const script = tradingScript(5, 800);
    const log = logOf(script);
    const journal = await Journaled.begin(database, script);
    const { readers, troubles } = resumerHere(database.sql);
    await journal.append(300);
    expect((await new TestReader(readers, 1, 0).to(300)).end).toBeUndefined();
    await journal.append(500);
    await keepSnapshot(database.sql, 0, thisEngine, journal.engine, await readHead(database.sql, 0));
    const pruned = journal.engine.seq;
    await journal.append();
    await journal.close();
    await pruneJournal(database.sql, 0, pruned);
    // The replay stands at 300 and finds nothing behind it.
    const late = await new TestReader(readers, 1, 300).to(pruned);
    expect([late.end, late.portions]).toEqual(['gone', []]);
    expect(troubles).toEqual([expect.stringContaining('pruned')]);
    expect((await new TestReader(readers, 1, 299).to(pruned)).end).toBe('gone');
    const held = await new TestReader(readers, 1, pruned + 7).to(journal.engine.seq);
    expect(readBy(held, 1)).toEqual(expectedOf(log, 1, pruned + 7));
    expect(troubles).toHaveLength(1);
    await readers.stop();
  });

  test('because another version of the engine wrote it ends the reader', async () => {
    const { sql, head } = await journaled(tradingScript(6, 300), [100]);
    const engineFactory = { ...thisEngine, engineVersion: 'another' };
    const { readers, troubles } = resumerHere(sql, { engineFactory });
    expect((await new TestReader(readers, 1, 200).to(head)).end).toBe('gone');
    expect(troubles).toEqual([expect.stringContaining('engine version')]);
    await readers.stop();
  });

  test('because the database is away is asked again', async () => {
    const { sql, log, head } = await journaled(tradingScript(7, 300), []);
    const { readers, troubles } = resumerHere(sql);
    postgres.crash();
    const reader = await new TestReader(readers, 1, 20).to(head);
    expect(readBy(reader, 1)).toEqual(expectedOf(log, 1, 20));
    expect(troubles.length).toBeGreaterThan(0);
    await readers.stop();
  });
});

test('one who always wants what comes next does not keep the replay from those who want what was before', async () => {
  const { sql, log, head } = await journaled(tradingScript(8, 300), []);
  const { readers } = resumerHere(sql);
  const tail = new TestReader(readers, 1, head - 10);
  const tailing = (async () => {
    await tail.next();
    while (tail.end === undefined) {
      tail.reader?.more();
      await tail.next();
    }
  })();
  while (tail.upTo < head) await new Promise((resolve) => setImmediate(resolve));
  const old = await new TestReader(readers, 2, 15).to(head);
  expect(readBy(old, 2)).toEqual(expectedOf(log, 2, 15));
  await tailing;
  expect(tail.end).toBe('dropped');
  expect(readBy(tail, 1)).toEqual(expectedOf(log, 1, head - 10));
  await readers.stop();
});

test('a portion says how far it reaches, whatever stays behind', () => {
  const reader = new Reader(1, 1, 5);
  const events = new R.RecordBuffer();
  const group = (seq: number, bytes: number) => {
    events.clear();
    events.begin(E.EVENT.BALANCE, bytes / 4);
    reader.add(events, 0);
    const done = events.begin(E.EVENT.DONE, E.DONE_WORDS);
    events.f64[(done + R.SEQ) >> 1] = seq;
    reader.add(events, done);
  };
  const sizes = [104, PORTION_BYTES / 2, PORTION_BYTES, 104];
  for (const [i, bytes] of sizes.entries()) group(10 + i, bytes);
  expect(reader.isFull).toBe(true);
  const first = reader.take(20);
  expect(reader.position).toBe(12);
  const second = reader.take(20);
  expect(reader.position).toBe(20);
  const doneBytes = E.DONE_WORDS * 4;
  expect([first.byteLength, second.byteLength]).toEqual([104 + PORTION_BYTES * 1.5 + 3 * doneBytes, 104 + doneBytes]);
  expect(reader.take(25).byteLength).toBe(0);
  expect(reader.position).toBe(25);
});
