import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Follower, type FollowerOptions } from '../../src/persistence/follower/follower.ts';
import { JournalCorrupt } from '../../src/persistence/journal/errors.ts';
import { ReadModelTaken } from '../../src/persistence/read-model/readModelWriter.ts';
import { recover } from '../../src/persistence/recovery.ts';
import { Divergence } from '../../src/persistence/replay.ts';
import { thisEngine, UnknownVersion } from '../../src/persistence/restore.ts';
import { listSnapshots } from '../../src/persistence/snapshots/readSnapshots.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { actualTables, expectedTables } from './expected.ts';
import { Journaled } from './journaled.ts';
import { tradingScript } from './script.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => postgres.stop());

const start = (database: TestDatabase, options: Partial<FollowerOptions> = {}): Promise<Follower> =>
  Follower.start({ databaseUrl: database.url, shard: 0, ...options });

/** Follows until `seq` is in the read model, then stops. */
async function followTo(
  database: TestDatabase,
  seq: number,
  options: Partial<FollowerOptions> = {},
): Promise<Follower> {
  const follower: Follower = await start(database, {
    ...options,
    onApplied: (applied) => {
      if (applied >= seq) setImmediate(() => follower.stop());
    },
  });
  await follower.run();
  return follower;
}

describe('following', () => {
  test('tables, state and snapshot are those of the journal; a restart has nothing to do', async () => {
    const database = await postgres.migrated();
    const script = tradingScript(11, 800);
    const journal = await Journaled.begin(database, script);
    await journal.append();
    const follower = await followTo(database, journal.engine.seq);
    expect(follower.stateHash).toBe(journal.engine.stateHash());
    expect(await actualTables(database.sql)).toEqual(expectedTables(script));
    const [snapshot] = await listSnapshots(database.sql, 0);
    expect(snapshot).toMatchObject({ seq: journal.engine.seq, verified: true });
    expect(Buffer.from(snapshot?.stateHash as Uint8Array).toString('hex')).toBe(journal.engine.stateHash());

    await followTo(database, journal.engine.seq);
    expect(await listSnapshots(database.sql, 0)).toHaveLength(1);
    await journal.close();
  });

  test('a journal that grows is followed as it does', async () => {
    const database = await postgres.migrated();
    const script = tradingScript(12, 600);
    const journal = await Journaled.begin(database, script);
    const reached = new Map<number, () => void>();
    const follower = await start(database, {
      onApplied: (applied) => {
        for (const [seq, resolve] of reached) if (applied >= seq) resolve();
      },
    });
    const running = follower.run();
    for (const seq of [1, 2, 150, 151, 400, Number.POSITIVE_INFINITY]) {
      await journal.append(seq);
      const last = journal.engine.seq;
      await new Promise<void>((resolve) => {
        reached.set(last, resolve);
        if (follower.appliedSeq >= last) resolve();
        follower.wake(last);
      });
    }
    follower.stop();
    await running;
    expect(await actualTables(database.sql)).toEqual(expectedTables(script));
    await journal.close();
  });

  test('beside the engine history is written when somebody waits or when there is much, before it is due', async () => {
    const database = await postgres.migrated();
    const script = tradingScript(16, 600);
    const journal = await Journaled.begin(database, script);
    let looks = 0;
    /** Commands that the engine is said to have committed beyond. */
    let ahead = 0;
    let onLook = (): void => {};
    const applied: number[] = [];
    const follower = await start(database, {
      dueMs: 3_600_000,
      committed: () => {
        looks++;
        onLook();
        return journal.engine.seq + ahead;
      },
      onApplied: (seq) => applied.push(seq),
    });
    const looked = (times: number): Promise<void> => {
      const until = looks + times;
      return new Promise((resolve) => {
        onLook = () => looks >= until && resolve();
      });
    };
    await journal.append(100);
    const running = follower.run();
    while (follower.appliedSeq < 100) await looked(1);
    await journal.append(200);
    await looked(3);
    await journal.append(300);
    await looked(3);
    expect(follower.appliedSeq, 'nobody waits, and there is little').toBe(100);
    follower.wake(250);
    while (follower.appliedSeq < 300) await looked(1);
    expect(applied.filter((seq) => seq > 100)).toEqual([300]);
    await journal.append(400);
    ahead = 5_000;
    while (follower.appliedSeq < 400) await looked(1);
    await journal.append();
    follower.stop();
    await running;
    expect(follower.appliedSeq).toBe(journal.engine.seq);
    expect(await actualTables(database.sql)).toEqual(expectedTables(script));
    await journal.close();
  });

  test('a snapshot in between is where the next start goes on, and where recovery does', async () => {
    const database = await postgres.migrated();
    const script = tradingScript(13, 700);
    const journal = await Journaled.begin(database, script);
    await journal.append(300);
    await followTo(database, 300, { snapshotEveryCommands: 100 });
    const snapshots = await listSnapshots(database.sql, 0);
    expect(snapshots.map((snapshot) => snapshot.seq)[0]).toBe(300);
    expect(snapshots, 'older ones than the two newest are pruned').toHaveLength(2);
    await journal.append();

    const progress: number[] = [];
    const recovered = await recover(database.sql, 0, { onProgress: (_commands, seq) => progress.push(seq) });
    expect(recovered.replayed).toBe(journal.engine.seq - 300);
    expect(recovered.engine.stateHash()).toBe(journal.engine.stateHash());
    expect(recovered.head.lastSeq).toBe(journal.engine.seq);
    expect(progress.at(-1)).toBe(journal.engine.seq);

    const follower = await followTo(database, journal.engine.seq);
    expect(follower.stateHash).toBe(journal.engine.stateHash());
    expect(await actualTables(database.sql)).toEqual(expectedTables(script));
    await journal.close();
  });

  test('a read model ahead of the newest snapshot is gone on from, one behind it is filled from an older one', async () => {
    const database = await postgres.migrated();
    const script = tradingScript(14, 600);
    const journal = await Journaled.begin(database, script);
    await journal.append(200);
    await followTo(database, 200);
    await journal.append(500);
    await followTo(database, 500);
    await database.sql`delete from brier.snapshots where seq = 500`;
    await journal.append(550);
    await followTo(database, 550);

    for (const table of ['orders', 'fills', 'trades', 'ledger', 'positions', 'markets', 'candles', 'price_points'])
      await database.sql`delete from ${database.sql(`brier.${table}`)}`;
    await database.sql`update brier.read_model_head set seq = 0, digest = 0`;
    await journal.append();
    await followTo(database, journal.engine.seq);
    expect(await actualTables(database.sql)).toEqual(expectedTables(script));
    await journal.close();
  });
});

describe('what stops it', () => {
  test('events that were acknowledged with another digest', async () => {
    const database = await postgres.migrated();
    const journal = await Journaled.begin(database, tradingScript(15, 200));
    await journal.append(100, (digest) => (digest ^ 1) >>> 0);
    const follower = await start(database);
    await expect(follower.run()).rejects.toThrow(Divergence);
    await expect(recover(database.sql, 0)).rejects.toThrow(Divergence);
    await journal.close();
  });

  test('rows that were made from other events', async () => {
    const database = await postgres.migrated();
    const journal = await Journaled.begin(database, tradingScript(16, 200));
    await journal.append(100);
    await followTo(database, 100);
    await database.sql`update brier.read_model_head set digest = digest # 1`;
    const follower = await start(database);
    await expect(follower.run()).rejects.toThrow(Divergence);
    await journal.close();
  });

  test('a read model that is ahead of the journal', async () => {
    const database = await postgres.migrated();
    const journal = await Journaled.begin(database, tradingScript(17, 200));
    await journal.append(100);
    await followTo(database, 100);
    await database.sql`update brier.read_model_head set seq = seq + 1`;
    const follower = await start(database);
    await expect(follower.run()).rejects.toThrow(JournalCorrupt);
    await journal.close();
  });

  test('another follower that writes the same rows', async () => {
    const database = await postgres.migrated();
    const journal = await Journaled.begin(database, tradingScript(18, 200));
    const late = await start(database);
    await journal.append(100);
    await followTo(database, 100);
    await journal.append();
    await expect(late.run()).rejects.toThrow(ReadModelTaken);
    await journal.close();
  });

  test('a snapshot of another version, with a line that says what to do', async () => {
    const database = await postgres.migrated();
    const journal = await Journaled.begin(database, tradingScript(19, 200));
    await journal.append(100);
    await followTo(database, 100);
    await journal.append(150);
    const newer = { ...thisEngine, engineVersion: 'next' };
    await expect(recover(database.sql, 0, { engineFactory: newer })).rejects.toThrow(UnknownVersion);
    await expect(recover(database.sql, 0, { engineFactory: newer })).rejects.toThrow(/start the version that wrote it/);
    await expect(start(database, { engineFactory: newer })).rejects.toThrow(UnknownVersion);
    await journal.close();
  });
});

test('another version goes on where the one before was stopped cleanly, and its follower with it', async () => {
  const database = await postgres.migrated();
  const script = tradingScript(21, 200);
  const journal = await Journaled.begin(database, script);
  await journal.append(100);
  await followTo(database, 100);
  const newer = { ...thisEngine, engineVersion: 'next' };
  const recovered = await recover(database.sql, 0, { engineFactory: newer });
  expect(recovered).toMatchObject({ replayed: 0, head: { lastSeq: 100 } });
  expect(recovered.engine.stateHash()).toBe(journal.engine.stateHash());
  await journal.append();
  await followTo(database, journal.engine.seq, { engineFactory: newer });
  expect(await actualTables(database.sql)).toEqual(expectedTables(script));
  await journal.close();
});

test('damaged snapshots are passed over, reported, and the journal gives the same state', async () => {
  const database = await postgres.migrated();
  const journal = await Journaled.begin(database, tradingScript(20, 400));
  await journal.append(200);
  await followTo(database, 200);
  await journal.append();
  await followTo(database, journal.engine.seq);
  const troubles: string[] = [];
  const onTrouble = (message: string): void => void troubles.push(message);
  for (const replayed of [journal.engine.seq - 200, journal.engine.seq]) {
    await database.sql`
      update brier.snapshot_chunks set payload = set_byte(payload, 100, get_byte(payload, 100) # 1)
      where snapshot_id = (select max(snapshot_id) from brier.snapshot_chunks where checksum = sha256(payload))`;
    const recovered = await recover(database.sql, 0, { onTrouble });
    expect(recovered.replayed).toBe(replayed);
    expect(recovered.engine.stateHash()).toBe(journal.engine.stateHash());
  }
  expect(troubles).toHaveLength(3);
  await journal.close();
});
