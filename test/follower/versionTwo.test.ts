import { afterAll, beforeAll, expect, test } from 'vitest';
import { SNAPSHOT_FORMAT_BEFORE } from '../../src/engines/engine.ts';
import { readHead } from '../../src/persistence/journal/readJournal.ts';
import { recover } from '../../src/persistence/recovery.ts';
import { thisEngine, UnknownVersion } from '../../src/persistence/restore.ts';
import { listSnapshots } from '../../src/persistence/snapshots/readSnapshots.ts';
import { writeSnapshot } from '../../src/persistence/snapshots/writeSnapshot.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { expectedOfTwo, journalOfTwo, snapshotOfTwo } from '../support/versionTwo.ts';
import { Journaled } from './journaled.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => postgres.stop());

test('a shard that version 2 left in the middle of its journal is gone on with', async () => {
  const database = await postgres.migrated();
  const { snapshot, end } = expectedOfTwo;
  const journal = await Journaled.begin(database, journalOfTwo());
  await journal.append(snapshot.seq);
  await writeSnapshot(database.sql, {
    ...{ shard: 0, seq: snapshot.seq, formatVersion: SNAPSHOT_FORMAT_BEFORE, engineVersion: '2' },
    stateHash: Buffer.from(snapshot.stateHash, 'hex'),
    journalHash: (await readHead(database.sql, 0)).hash,
    payload: snapshotOfTwo(),
  });
  await journal.append();
  // One that is not said to replay what version 2 wrote does not try.
  const stranger = { ...thisEngine, compatibleVersions: [] };
  await expect(recover(database.sql, 0, { engineFactory: stranger })).rejects.toThrow(UnknownVersion);
  const reader = { ...thisEngine, readableFormats: [] };
  await expect(recover(database.sql, 0, { engineFactory: reader })).rejects.toThrow(UnknownVersion);

  const { engine, replayed } = await recover(database.sql, 0);
  expect([engine.seq, replayed]).toEqual([end.seq, end.seq - snapshot.seq]);
  expect(engine.stateHash(SNAPSHOT_FORMAT_BEFORE)).toBe(end.stateHash);
  // From now on it is this version's.
  const [newest] = await listSnapshots(database.sql, 0);
  expect(newest).toMatchObject({
    ...{ seq: snapshot.seq, engineVersion: thisEngine.engineVersion, formatVersion: thisEngine.formatVersion },
    verified: true,
  });
  expect((await recover(database.sql, 0)).engine.stateHash()).toBe(engine.stateHash());
  await journal.close();
});
