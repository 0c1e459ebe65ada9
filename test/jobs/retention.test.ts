import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { prune } from '../../src/jobs/retention.ts';
import { insertReport, pruneReports } from '../../src/persistence/jobs/calibrationReports.ts';
import { insertFailure, newestFailures, pruneFailures } from '../../src/persistence/jobs/failures.ts';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../../src/persistence/journal/journalWriter.ts';
import type { FollowerProgress } from '../../src/persistence/read-model/reads.ts';
import { verifySnapshot } from '../../src/persistence/snapshots/readSnapshots.ts';
import { sha256 } from '../../src/persistence/snapshots/snapshot.ts';
import { writeSnapshot } from '../../src/persistence/snapshots/writeSnapshot.ts';
import { batchOf, journalOf } from '../support/journalBatches.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

const SHARD = 3;

let postgres: TestPostgres;
let database: TestDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
beforeEach(async () => {
  database = await postgres.migrated();
});
afterAll(async () => postgres.stop());

const followerAt = (appliedSeq: number): FollowerProgress => ({ appliedSeq, waitFor: async () => true });

async function snapshotAt(seq: number): Promise<void> {
  const payload = Buffer.from(`state at ${seq}`);
  const journalHash = Buffer.alloc(32, seq);
  const snapshot = { shard: SHARD, seq, formatVersion: 1, engineVersion: '1', stateHash: sha256(payload), journalHash };
  const id = await writeSnapshot(database.sql, { ...snapshot, payload });
  await verifySnapshot(database.sql, SHARD, id);
}

test('the journal is kept as far as the read model has not applied it, and behind two snapshots', async () => {
  const { sql, url } = database;
  const { epoch, head } = await acquireEpoch(sql, SHARD);
  const writer = new JournalWriter(url, SHARD, epoch, head);
  for (let seq = 1; seq <= 40; seq++) await writer.append(batchOf(seq, 'one command'));
  await writer.close();
  for (const seq of [10, 20, 30]) await snapshotAt(seq);
  expect(await prune(sql, SHARD, followerAt(5))).toEqual({ snapshots: 1, batches: 5, reports: 0, failures: 0 });
  expect((await journalOf(sql, SHARD, 5))[0]?.firstSeq).toBe(6);
  expect(await prune(sql, SHARD, followerAt(40))).toMatchObject({ snapshots: 0, batches: 15 });
  expect((await journalOf(sql, SHARD, 20))[0]?.firstSeq).toBe(21);
});

test('failures are listed newest first, and the newest are kept', async () => {
  const { sql } = database;
  const failure = { queue: 'markets', name: 'close', market: null, error: 'a\0b'.repeat(2_000), attempts: 2 };
  for (let i = 1; i <= 5; i++) await insertFailure(sql, { ...failure, jobId: `job-${i}`, failedAt: i });
  expect((await newestFailures(sql, 2)).map(({ jobId }) => jobId)).toEqual(['job-5', 'job-4']);
  expect((await newestFailures(sql, 1))[0]?.error).toHaveLength(2_000);
  expect(await pruneFailures(sql, 3)).toBe(2);
  expect(await pruneFailures(sql, 3)).toBe(0);
  expect((await newestFailures(sql, 10)).map(({ failedAt }) => failedAt)).toEqual([5, 4, 3]);
});

test('a report that says nothing new is not kept again', async () => {
  const { sql } = database;
  const store = (createdAt: number, report: object) =>
    insertReport(sql, { createdAt, seq: createdAt, report: JSON.stringify(report) });
  expect(await store(1, { scored: 1, groups: [] })).toBe(true);
  expect(await store(2, { groups: [], scored: 1 })).toBe(false);
  expect(await store(3, { scored: 2 })).toBe(true);
  expect(await store(4, { scored: 1, groups: [] })).toBe(true);
  expect(await pruneReports(sql, 2)).toBe(1);
  expect(await sql`select created_at as at from brier.calibration_reports order by id`).toEqual([{ at: 3 }, { at: 4 }]);
});
