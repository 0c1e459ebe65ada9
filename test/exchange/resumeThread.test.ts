import { afterAll, beforeAll, expect, test } from 'vitest';
import { Journaled } from '../follower/journaled.ts';
import { tradingScript } from '../follower/script.ts';
import { TestReader } from '../persistence/support/resuming.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

/** The thread as it is built. */
const built = new URL('../../dist/process/resumerThread.js', import.meta.url).href;
const { resumerThread }: typeof import('../../src/process/resumerThread.ts') = await import(built);

let postgres: TestPostgres;
let database: TestDatabase;
let head = 0;
beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await postgres.migrated();
  const journal = await Journaled.begin(database, tradingScript(9, 300));
  await journal.append();
  await journal.close();
  head = journal.engine.seq;
});
afterAll(() => postgres.stop());

const connections = async (): Promise<number> => {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity where application_name = 'brier-resumer'`;
  return row?.count ?? -1;
};

test('a thread begins with the first reader, serves many, and leaves nothing when it is stopped', async () => {
  const troubles: string[] = [];
  const readers = resumerThread({
    databaseUrl: database.url,
    shard: 0,
    onTrouble: (message) => troubles.push(message),
  });
  expect(await connections()).toBe(0);
  const reads = [1, 2, 3, 1].map((account) => new TestReader(readers, account, account * 10));
  for (const reader of reads) {
    await reader.to(head);
    expect(reader.end).toBeUndefined();
  }
  const words = ({ portions }: TestReader): number => portions.reduce((sum, portion) => sum + portion.words, 0);
  for (const reader of reads) expect(words(reader)).toBeGreaterThan(1_000);
  expect(words(reads[0] as TestReader)).toBe(words(reads[3] as TestReader));
  expect(await connections()).toBeGreaterThan(0);
  const asked = new TestReader(readers, 1, 5);
  await readers.stop();
  expect(asked.end).toBeUndefined();
  expect(readers.open(1, 0, { portion: () => {}, ended: () => {} })).toBeUndefined();
  // The server sees a connection’s end a moment later.
  while ((await connections()) > 0);
  expect(troubles).toEqual([]);
});

test('a thread that cannot serve says so, and its readers end', async () => {
  const troubles: string[] = [];
  const readers = resumerThread({ databaseUrl: 'no url', shard: 0, onTrouble: (message) => troubles.push(message) });
  for (let i = 0; i < 2; i++) {
    const reader = new TestReader(readers, 1, 0);
    await reader.next();
    expect(reader.end).toBe('gone');
  }
  expect(troubles.length).toBe(2);
  await readers.stop();
});
