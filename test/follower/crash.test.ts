import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRESS_BYTES, SharedProgress } from '../../src/persistence/follower/progress.ts';
import { listSnapshots } from '../../src/persistence/snapshots/readSnapshots.ts';
import type { FollowerWorkerData, FromFollower, ToFollower } from '../../src/process/followerThread.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { actualTables, expectedTables } from './expected.ts';
import { Journaled } from './journaled.ts';
import { tradingScript } from './script.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => postgres.stop());

const FROM_SOURCE = `
  import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ register }) => {
    register();
    return import(${JSON.stringify(new URL('../../src/workers/follower.ts', import.meta.url).href)});
  });`;

/** The follower’s thread as the product starts it, from its source. */
class Thread {
  readonly progress: SharedProgress;
  readonly ready: Promise<void>;
  private readonly committed = new SharedArrayBuffer(8);
  private readonly worker: Worker;
  private readonly messages: FromFollower[] = [];
  private readonly ended: Promise<void>;

  constructor({ url }: TestDatabase) {
    const progress = new SharedArrayBuffer(PROGRESS_BYTES);
    const workerData: FollowerWorkerData = {
      databaseUrl: url,
      shard: 0,
      progress,
      ownServer: false,
      inBackground: true,
      committed: this.committed,
    };
    this.worker = new Worker(FROM_SOURCE, { workerData, eval: true });
    this.progress = new SharedProgress(progress);
    this.ready = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromFollower) => {
        this.messages.push(message);
        if (message.type === 'ready') resolve();
      });
      this.worker.on('error', reject);
    });
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', () => resolve());
    });
  }

  /** As the engine’s thread says it. */
  commit(seq: number): void {
    Atomics.store(new BigInt64Array(this.committed), 0, BigInt(seq));
  }

  async kill(): Promise<void> {
    await this.worker.terminate();
  }

  /** What it said when it ended. */
  async stop(): Promise<FromFollower | undefined> {
    this.worker.postMessage({ type: 'stop' } satisfies ToFollower);
    await this.ended;
    return this.messages.at(-1);
  }
}

test('killed again and again, wherever it is, the thread goes on to the same tables', async () => {
  const database = await postgres.migrated();
  const script = tradingScript(31, 2_000);
  const journal = await Journaled.begin(database, script);
  for (const seq of [150, 151, 700, 1_300]) {
    await journal.append(seq);
    const thread = new Thread(database);
    await thread.ready;
    thread.commit(seq);
    // It has begun to write; what it had read beyond that is lost with it.
    expect(await thread.progress.waitFor(1, 60_000)).toBe(true);
    await thread.kill();
  }
  await journal.append();
  const thread = new Thread(database);
  thread.commit(journal.engine.seq);
  expect(await thread.progress.waitFor(journal.engine.seq, 60_000)).toBe(true);
  expect(await thread.stop()).toEqual({ type: 'stopped' });
  expect(await actualTables(database.sql)).toEqual(expectedTables(script));
  expect((await listSnapshots(database.sql, 0))[0]).toMatchObject({ seq: journal.engine.seq, verified: true });
  await journal.close();
});

test('connections that are cut are made again, and nothing is written twice', async () => {
  const database = await postgres.migrated();
  const script = tradingScript(32, 1_000);
  const journal = await Journaled.begin(database, script);
  const thread = new Thread(database);
  await thread.ready;
  for (const seq of [500, Number.POSITIVE_INFINITY]) {
    await journal.append(seq);
    thread.commit(journal.engine.seq);
    expect(await thread.progress.waitFor(journal.engine.seq, 60_000)).toBe(true);
    await database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name in ('brier-follower-0', 'brier-read-model-0') and datname = current_database()`;
  }
  expect(await thread.stop()).toEqual({ type: 'stopped' });
  expect(await actualTables(database.sql)).toEqual(expectedTables(script));
  await journal.close();
});

test('a fatal end is told', async () => {
  const database = await postgres.migrated();
  const journal = await Journaled.begin(database, tradingScript(33, 100));
  await journal.append(50, (digest) => (digest ^ 1) >>> 0);
  const thread = new Thread(database);
  await thread.ready;
  expect(await thread.stop()).toMatchObject({ type: 'fatal', error: expect.stringContaining('Divergence') });
  await journal.close();
});
