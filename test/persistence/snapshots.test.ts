import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../../src/persistence/journal/journalWriter.ts';
import type { Sql } from '../../src/persistence/postgres/connect.ts';
import { pruneJournalBehindSnapshots, pruneSnapshots } from '../../src/persistence/snapshots/pruneSnapshots.ts';
import {
  isIntact,
  listSnapshots,
  loadNewestSnapshot,
  verifySnapshot,
} from '../../src/persistence/snapshots/readSnapshots.ts';
import { type Snapshot, sha256 } from '../../src/persistence/snapshots/snapshot.ts';
import { writeSnapshot } from '../../src/persistence/snapshots/writeSnapshot.ts';
import { batchOf, journalOf } from '../support/journalBatches.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

const SHARD = 2;
const CHUNK_BYTES = 10;

describe('snapshots', () => {
  let postgres: TestPostgres;
  let database: TestDatabase;
  let sql: Sql;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  beforeEach(async () => {
    database = await postgres.migrated();
    sql = database.sql;
  });
  afterAll(() => postgres?.stop());

  function snapshotAt(seq: number, text = `the state after ${seq} commands`): Snapshot {
    const payload = Buffer.from(text);
    const journalHash = sha256(Buffer.from(`journal ${seq}`));
    return {
      shard: SHARD,
      seq,
      formatVersion: 3,
      engineVersion: '1.2.0',
      stateHash: sha256(payload),
      journalHash,
      payload,
    };
  }

  async function writeVerified(seq: number): Promise<number> {
    const id = await writeSnapshot(sql, snapshotAt(seq), CHUNK_BYTES);
    expect(await verifySnapshot(sql, SHARD, id, sha256)).toBe(true);
    return id;
  }

  async function loadedSeq(): Promise<number | undefined> {
    return (await loadNewestSnapshot(sql, SHARD))?.seq;
  }

  it.each([1, 9, 10, 11, 20, 35])('come back as written, in chunks or in one: %i bytes', async (length) => {
    const written = snapshotAt(8, 'x'.repeat(length));
    await writeSnapshot(sql, written, CHUNK_BYTES);
    const loaded = await loadNewestSnapshot(sql, SHARD);
    expect(loaded).toMatchObject({ seq: 8, formatVersion: 3, engineVersion: '1.2.0', size: length, verified: false });
    expect(loaded!.chunkCount).toBe(Math.ceil(length / CHUNK_BYTES));
    for (const field of ['payload', 'stateHash', 'journalHash'] as const) {
      expect(Buffer.compare(loaded![field], written[field])).toBe(0);
    }
  });

  it('may be empty, and there may be none', async () => {
    expect(await loadNewestSnapshot(sql, SHARD)).toBeNull();
    await writeSnapshot(sql, snapshotAt(0, ''));
    expect((await loadNewestSnapshot(sql, SHARD))!.payload).toHaveLength(0);
    expect(await loadNewestSnapshot(sql, SHARD + 1)).toBeNull();
  });

  it('are good only when they were read back and restored to their hash', async () => {
    const id = await writeSnapshot(sql, snapshotAt(5), CHUNK_BYTES);
    expect(await verifySnapshot(sql, SHARD, id, () => Buffer.alloc(32))).toBe(false);
    expect((await listSnapshots(sql, SHARD))[0]!.verified).toBe(false);
    expect(await verifySnapshot(sql, SHARD, id, sha256)).toBe(true);
    expect((await listSnapshots(sql, SHARD))[0]!.verified).toBe(true);
    expect(await verifySnapshot(sql, SHARD, id + 1)).toBe(false);
  });

  it.each([
    [
      'a byte of a chunk',
      'update brier.snapshot_chunks set payload = set_byte(payload, 3, 0) where snapshot_id = $1 and chunk_no = 1',
    ],
    ['a lost chunk', 'delete from brier.snapshot_chunks where snapshot_id = $1 and chunk_no = 2'],
    [
      'swapped chunks',
      'update brier.snapshot_chunks set chunk_no = -chunk_no - 1 where snapshot_id = $1; update brier.snapshot_chunks set chunk_no = chunk_no + 3 where snapshot_id = $1',
    ],
    ['another sequence', 'update brier.snapshots set seq = 21 where id = $1'],
    ['another state hash', "update brier.snapshots set state_hash = sha256('x') where id = $1"],
    ['another journal hash', "update brier.snapshots set journal_hash = sha256('x') where id = $1"],
    ['another engine version', "update brier.snapshots set engine_version = '9.9.9' where id = $1"],
  ])('that are damaged are passed over for the one before: %s', async (_, damage) => {
    await writeVerified(10);
    const id = await writeVerified(20);
    expect(await loadedSeq()).toBe(20);
    await sql.unsafe(damage.replaceAll('$1', String(id)));
    const damaged: number[] = [];
    const loaded = await loadNewestSnapshot(sql, SHARD, { onDamaged: (info) => damaged.push(info.id) });
    expect(loaded!.seq).toBe(10);
    expect(damaged).toEqual([id]);
    expect(await isIntact(sql, (await listSnapshots(sql, SHARD))[0]!)).toBe(false);
    expect(await isIntact(sql, (await listSnapshots(sql, SHARD))[1]!)).toBe(true);
  });

  it('of a format or an engine that cannot be read here are passed over without a word', async () => {
    await writeVerified(10);
    await writeSnapshot(sql, { ...snapshotAt(20), formatVersion: 4 });
    const damaged: number[] = [];
    const accept = (info: { formatVersion: number }) => info.formatVersion === 3;
    expect((await loadNewestSnapshot(sql, SHARD, { accept, onDamaged: (info) => damaged.push(info.id) }))!.seq).toBe(
      10,
    );
    expect(damaged).toEqual([]);
  });

  describe('pruned', () => {
    it('leave the two newest good ones and what is newer', async () => {
      for (const seq of [10, 20, 30]) await writeVerified(seq);
      await writeSnapshot(sql, snapshotAt(40), CHUNK_BYTES);
      expect(await pruneSnapshots(sql, SHARD)).toBe(1);
      expect((await listSnapshots(sql, SHARD)).map((info) => info.seq)).toEqual([40, 30, 20]);
      expect(await sql`select count(distinct snapshot_id)::int as n from brier.snapshot_chunks`).toEqual([{ n: 3 }]);
    });

    it('count a damaged one as none', async () => {
      const [, , newest] = [await writeVerified(10), await writeVerified(20), await writeVerified(30)];
      await sql`update brier.snapshot_chunks set payload = '' where snapshot_id = ${newest}`;
      expect(await pruneSnapshots(sql, SHARD)).toBe(0);
      expect(await loadedSeq()).toBe(20);
    });

    it('delete nothing while there are not two', async () => {
      await writeSnapshot(sql, snapshotAt(10));
      await writeVerified(20);
      expect(await pruneSnapshots(sql, SHARD)).toBe(0);
      expect(await listSnapshots(sql, SHARD)).toHaveLength(2);
    });

    it('take away what a failed write left, but not one that is under way', async () => {
      await sql`
        insert into brier.snapshot_chunks (snapshot_id, chunk_no, checksum, payload, written_at) values
          (901, 0, '', '', now() - interval '2 hours'), (902, 0, '', '', now())`;
      await pruneSnapshots(sql, SHARD);
      expect(await sql`select snapshot_id from brier.snapshot_chunks`).toEqual([{ snapshot_id: 902 }]);
    });
  });

  describe('and the journal', () => {
    beforeEach(async () => {
      const { epoch, head } = await acquireEpoch(sql, SHARD);
      const writer = new JournalWriter(database.url, SHARD, epoch, head);
      for (let seq = 1; seq <= 39; seq += 2) await writer.append(batchOf(seq, 'two commands', 2));
      await writer.close();
    });

    it('is pruned up to the older of two good ones: either can be replayed from', async () => {
      await writeVerified(10);
      expect(await pruneJournalBehindSnapshots(sql, SHARD, 40)).toBe(0);
      await writeVerified(20);
      await writeSnapshot(sql, snapshotAt(30));
      expect(await pruneJournalBehindSnapshots(sql, SHARD, 40)).toBe(5);
      expect((await journalOf(sql, SHARD, 10)).map((row) => row.firstSeq)[0]).toBe(11);
      expect((await journalOf(sql, SHARD, 20)).map((row) => row.firstSeq)[0]).toBe(21);
    });

    it('is not pruned beyond what the read model has applied', async () => {
      await writeVerified(10);
      await writeVerified(20);
      expect(await pruneJournalBehindSnapshots(sql, SHARD, 5)).toBe(2);
      expect((await journalOf(sql, SHARD, 4)).map((row) => row.firstSeq)[0]).toBe(5);
    });
  });
});
