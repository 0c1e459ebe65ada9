import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { Fenced, JournalCorrupt } from '../../src/persistence/journal/errors.ts';
import { JournalWriter } from '../../src/persistence/journal/journalWriter.ts';
import { pruneJournal } from '../../src/persistence/journal/pruneJournal.ts';
import { readJournal } from '../../src/persistence/journal/readJournal.ts';
import { assertSafe } from '../../src/persistence/postgres/safety.ts';
import { batchOf, journalLines, journalOf } from '../support/journalBatches.ts';
import {
  startTestPostgres,
  type TestDatabase,
  type TestPostgres,
  type TestPostgresOptions,
} from '../support/postgres.ts';

const SHARD = 0;

/** What the journal promises, on whichever PostgreSQL it lies. */
export function describeJournal(title: string, options: TestPostgresOptions): void {
  describe(title, () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await startTestPostgres(options);
    });
    afterAll(() => postgres?.stop());

    async function owner(database: TestDatabase): Promise<JournalWriter> {
      const { epoch, head } = await acquireEpoch(database.sql, SHARD);
      return new JournalWriter(database.url, SHARD, epoch, head);
    }

    it('is on a server that keeps what it commits', async () => {
      const { sql } = await postgres.migrated();
      await expect(assertSafe(sql)).resolves.toBeUndefined();
    });

    it('gives back what was appended, byte for byte and in order', async () => {
      const database = await postgres.migrated();
      const writer = await owner(database);
      const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await writer.append({ firstSeq: 1, lastSeq: 3, commandCount: 3, outputDigest: 0xffff_ffff, payload: every });
      await writer.append({ firstSeq: 4, lastSeq: 4, commandCount: 1, outputDigest: 0, payload: new Uint8Array(0) });
      await writer.append(batchOf(5, 'large', 10, 300_000));
      await writer.close();

      const rows = await journalOf(database.sql);
      expect(rows.map((row) => [row.firstSeq, row.lastSeq, row.commandCount, row.outputDigest, row.epoch])).toEqual([
        [1, 3, 3, 0xffff_ffff, 1],
        [4, 4, 1, 0, 1],
        [5, 14, 10, batchOf(5, '').outputDigest, 1],
      ]);
      expect(Buffer.compare(rows[0]!.payload, every)).toBe(0);
      expect(rows[1]!.payload).toHaveLength(0);
      expect(Buffer.compare(rows[2]!.payload, Buffer.alloc(300_000, 'large'))).toBe(0);
    });

    it('appends a part of a larger buffer without its surroundings', async () => {
      const database = await postgres.migrated();
      const writer = await owner(database);
      const payload = new Uint8Array(Buffer.from('..inside..')).subarray(2, 8);
      await writer.append({ ...batchOf(1, ''), payload });
      await writer.close();
      expect(await journalLines(database.sql)).toEqual(['1…1 inside']);
    });

    it('goes on where the owner before stopped', async () => {
      const database = await postgres.migrated();
      const first = await owner(database);
      await first.append(batchOf(1, 'one', 5));
      await first.close();
      const second = await owner(database);
      expect(second.head.lastSeq).toBe(5);
      await second.append(batchOf(6, 'two'));
      await second.close();
      expect((await journalOf(database.sql)).map((row) => row.epoch)).toEqual([1, 2]);
    });

    it('keeps shards apart', async () => {
      const database = await postgres.migrated();
      for (const shard of [3, 4]) {
        const { epoch, head } = await acquireEpoch(database.sql, shard);
        const writer = new JournalWriter(database.url, shard, epoch, head);
        await writer.append(batchOf(1, `shard ${shard}`));
        await writer.close();
      }
      expect(await journalLines(database.sql, 3)).toEqual(['1…1 shard 3']);
      expect(await journalLines(database.sql, 4)).toEqual(['1…1 shard 4']);
    });

    it('lets an old owner write nothing after a takeover, not even a batch that would fit', async () => {
      const database = await postgres.migrated();
      const old = await owner(database);
      await old.append(batchOf(1, 'before'));
      const successor = await owner(database);
      await expect(old.append(batchOf(2, 'stale'))).rejects.toThrow(Fenced);
      await successor.append(batchOf(2, 'after'));
      expect(await journalLines(database.sql)).toEqual(['1…1 before', '2…2 after']);
      await expect(old.append(batchOf(2, 'again'))).rejects.toThrow('has failed');
      await Promise.all([old.close(), successor.close()]);
    });

    it('lets one of many owners that take over at once write, whatever the order', async () => {
      const database = await postgres.migrated();
      const owners = await Promise.all(Array.from({ length: 8 }, () => owner(database)));
      const results = await Promise.allSettled(
        owners.map((writer, index) => writer.append(batchOf(1, `owner ${index}`))),
      );
      const won = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []));
      expect(won).toHaveLength(1);
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Fenced);
      expect(await journalLines(database.sql)).toEqual([`1…1 owner ${won[0]}`]);
      await Promise.all(owners.map((writer) => writer.close()));
    });

    it('has every acknowledged batch, once, while owners take over in the middle of appends', async () => {
      const database = await postgres.migrated();
      const acknowledged: string[] = [];
      let current = await owner(database);
      for (let takeover = 0; takeover < 10; takeover++) {
        const writer = current;
        const appending = (async () => {
          for (;;) {
            const seq = writer.head.lastSeq + 1;
            await writer.append(batchOf(seq, `by ${takeover}`));
            acknowledged.push(`${seq}…${seq} by ${takeover}`);
          }
        })();
        const fenced = expect(appending).rejects.toThrow(Fenced);
        current = await owner(database);
        await fenced;
        await writer.close();
      }
      await current.close();
      // A takeover may find a batch committed whose acknowledgement was never sent; but none is lost or doubled.
      const lines = await journalLines(database.sql);
      expect(new Set(lines).size).toBe(lines.length);
      expect(lines).toEqual(expect.arrayContaining(acknowledged));
      expect(lines.length).toBe(acknowledged.length);
    });

    it('finds a head that has gone back instead of writing over it', async () => {
      const database = await postgres.migrated();
      const writer = await owner(database);
      await writer.append(batchOf(1, 'kept'));
      await database.sql`update brier.journal_head set last_seq = 0, last_hash = ${Buffer.alloc(32)}`;
      await expect(writer.append(batchOf(2, 'next'))).rejects.toThrow(JournalCorrupt);
      await writer.close();
    });

    it('refuses two appends at once and batches that do not follow', async () => {
      const database = await postgres.migrated();
      const writer = await owner(database);
      const first = writer.append(batchOf(1, 'one'));
      await expect(writer.append(batchOf(2, 'two'))).rejects.toThrow('two appends at once');
      await first;
      await expect(writer.append(batchOf(3, 'gap'))).rejects.toThrow('batch starts at 3 after 1');
      await writer.append(batchOf(2, 'two'));
      await writer.close();
    });

    describe('reading', () => {
      async function journalOfFive(): Promise<TestDatabase> {
        const database = await postgres.migrated();
        const writer = await owner(database);
        for (let seq = 1; seq <= 9; seq += 2) await writer.append(batchOf(seq, `batch ${seq}`, 2));
        await writer.close();
        return database;
      }

      it('gives the same rows whatever the page', async () => {
        const { sql } = await journalOfFive();
        for (const limitBytes of [1, 8, 20, 1_000_000]) {
          const seqs: number[] = [];
          for await (const row of readJournal(sql, SHARD, 0, { limitBytes })) seqs.push(row.lastSeq);
          expect(seqs).toEqual([2, 4, 6, 8, 10]);
        }
      });

      it('begins with the batch that holds the next sequence, and ends at the head', async () => {
        const { sql } = await journalOfFive();
        expect((await journalOf(sql, SHARD, 4)).map((row) => row.firstSeq)).toEqual([5, 7, 9]);
        expect((await journalOf(sql, SHARD, 5)).map((row) => row.firstSeq)).toEqual([5, 7, 9]);
        expect(await journalOf(sql, SHARD, 10)).toEqual([]);
        await expect(journalOf(sql, SHARD, 11)).rejects.toThrow('ends at 10, before 11');
        expect(await journalOf(sql, 77)).toEqual([]);
      });

      it('is chained to the hash that a snapshot recorded', async () => {
        const { sql } = await journalOfFive();
        const [, second] = await journalOf(sql);
        const read = async (afterSeq: number, afterHash: Uint8Array) => {
          let rows = 0;
          for await (const _ of readJournal(sql, SHARD, afterSeq, { afterHash })) rows++;
          return rows;
        };
        expect(await read(4, second!.hash)).toBe(3);
        await expect(read(4, Buffer.alloc(32))).rejects.toThrow('not chained');
        await expect(read(3, second!.hash)).rejects.toThrow('no batch ends at 3');
        await expect(read(10, second!.hash)).rejects.toThrow('not the one that the head names');
      });

      const damages: [name: string, statement: string, message: string][] = [
        [
          'a bit of a payload',
          `set payload = set_byte(payload, 2, 0) where last_seq = 6`,
          'the hash it was written with',
        ],
        ['a digest', `set output_digest = 1 where last_seq = 6`, 'the hash it was written with'],
        ['a count', `set command_count = 7 where last_seq = 6`, 'the hash it was written with'],
        ['a hash', `set hash = sha256('x') where last_seq = 6`, 'the hash it was written with'],
        ['a link', `set prev_hash = sha256('x') where last_seq = 6`, 'not chained'],
        ['the first link', `set prev_hash = sha256('x') where last_seq = 2`, 'not chained'],
        ['an epoch', `set epoch = 0 where last_seq = 6`, 'epoch 0 follows 1'],
        ['an overlap', `set first_seq = 4 where last_seq = 6`, 'batch 4…6 follows 4'],
        ['the last hash', `set hash = sha256('x') where last_seq = 10`, 'the hash it was written with'],
      ];
      it.each(damages)('notices damage to %s', async (_, statement, message) => {
        const { sql } = await journalOfFive();
        await sql.unsafe(`update brier.journal ${statement}`);
        await expect(journalOf(sql)).rejects.toThrow(JournalCorrupt);
        await expect(journalOf(sql)).rejects.toThrow(message);
      });

      it.each([
        ['first', 2, 'the journal begins at 3'],
        ['middle', 6, 'batch 7…8 follows 4'],
        ['last', 10, 'batches after 8 are missing'],
      ])('notices that the %s batch is missing', async (_, lastSeq, message) => {
        const { sql } = await journalOfFive();
        await sql`delete from brier.journal where last_seq = ${lastSeq}`;
        await expect(journalOf(sql)).rejects.toThrow(message);
      });

      it('goes on behind what was pruned, and only there', async () => {
        const { sql } = await journalOfFive();
        expect(await pruneJournal(sql, SHARD, 5)).toBe(2);
        expect((await journalOf(sql, SHARD, 4)).map((row) => row.firstSeq)).toEqual([5, 7, 9]);
        await expect(journalOf(sql, SHARD, 2)).rejects.toThrow('was pruned or is missing');
      });
    });
  });
}
