import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { startFollower as StartFollower } from '../../src/process/followerThread.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { actualTables, expectedTables } from './expected.ts';
import { Journaled } from './journaled.ts';
import { tradingScript } from './script.ts';

let postgres: TestPostgres;
let startFollower: typeof StartFollower;
beforeAll(async () => {
  postgres = await startTestPostgres();
  // As built: it starts a thread from the file beside its own.
  ({ startFollower } = await import(new URL('../../dist/process/followerThread.js', import.meta.url).href));
});
afterAll(async () => postgres.stop());

/** SCHED_OTHER and SCHED_IDLE in /proc/PID/stat. */
const ORDINARY = '0';
const IDLE = '5';
const policies = (): string[] =>
  readdirSync('/proc/self/task').flatMap((thread) => {
    const [, name, fields] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')) ?? [];
    return name === 'follower' ? [(fields as string).split(' ')[38] as string] : [];
  });

test('a follower that does not keep pace in the background is replaced by one that takes its share', async () => {
  const database = await postgres.migrated();
  const script = tradingScript(51, 1_500);
  const journal = await Journaled.begin(database, script);
  await journal.append(1_000);
  const committed = new SharedArrayBuffer(8);
  const troubles: string[] = [];
  const fatal: string[] = [];
  const follower = await startFollower({
    databaseUrl: database.url,
    shard: 0,
    committed,
    ownServer: true,
    // Every batch is too late.
    behindMsMax: -1,
    onTrouble: (message) => troubles.push(message),
    onFatal: (error) => fatal.push(error),
  });
  const commit = () => Atomics.store(new BigInt64Array(committed), 0, BigInt(journal.engine.seq));
  commit();
  while (troubles.length === 0) await follower.progress.waitFor(Number.MAX_SAFE_INTEGER, 20);
  await journal.append();
  commit();
  expect(await follower.progress.waitFor(journal.engine.seq, 60_000)).toBe(true);
  // The first one may have come to the end while it was being stopped.
  if (process.platform === 'linux') await expect.poll(policies, { timeout: 20_000 }).toEqual([ORDINARY]);
  await follower.stop();
  expect(troubles).toEqual([
    'history is too far behind: the follower is started again and no longer yields to the rest',
  ]);
  expect(fatal).toEqual([]);
  expect(await actualTables(database.sql)).toEqual(expectedTables(script));
  await journal.close();
});

test('it begins in the background', async ({ skip }) => {
  if (spawnSync('chrt', ['--version']).status !== 0) return skip('it needs Linux and its chrt');
  const database = await postgres.migrated();
  const failed = (message: string): never => {
    throw new Error(message);
  };
  const { stop } = await startFollower({
    databaseUrl: database.url,
    shard: 0,
    committed: new SharedArrayBuffer(8),
    ownServer: true,
    onTrouble: failed,
    onFatal: failed,
  });
  await expect.poll(policies, { timeout: 20_000 }).toEqual([IDLE]);
  await stop();
});
