import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../../src/persistence/journal/journalWriter.ts';
import { connect } from '../../src/persistence/postgres/connect.ts';
import { batchOf, journalLines } from '../support/journalBatches.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

const ROUNDS = 3;
const BATCHES_BEFORE_CRASH = 60;
const BATCHES_AFTER_CRASH = 20;

/**
 * kill -9 of the whole server loses what was only in its memory. With `synchronous_commit = off` a commit is
 * acknowledged from there and written by a background process within three times `wal_writer_delay`; that is set to its
 * greatest value here, so that the control below loses its rows every time. With that setting for the whole server
 * (and the refusal of it taken out of safety.ts) the two tests of the journal fail as they should: the writer finds the
 * head gone (JournalCorrupt), and the successor's head is at 0 where 60 batches had been acknowledged.
 */
describe('kill -9 of PostgreSQL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres({ settings: { wal_writer_delay: '10s', wal_writer_flush_after: '2GB' } });
  });
  afterAll(() => postgres?.stop());

  it('loses acknowledged rows where commits are not waited for: so this crash can tell', async () => {
    const { url, sql } = await postgres.empty();
    await sql`create table control (i int)`;
    const careless = connect(url, { applicationName: 'careless', max: 1 });
    await careless`set synchronous_commit = off`;
    for (let i = 0; i < BATCHES_BEFORE_CRASH; i++) await careless`insert into control values (${i})`;
    postgres.crash();
    await careless.end({ timeout: 0 });
    const kept = await untilBack(() => sql<{ kept: number }[]>`select count(*)::int as kept from control`);
    expect(kept[0]!.kept).toBeLessThan(BATCHES_BEFORE_CRASH);
  });

  it('loses no acknowledged batch, and the writer goes on by itself', async () => {
    const { url, sql } = await postgres.migrated();
    const { epoch, head } = await acquireEpoch(sql, 0);
    const writer = new JournalWriter(url, 0, epoch, head);
    const acknowledged: string[] = [];
    const append = async (text: string) => {
      const seq = writer.head.lastSeq + 1;
      await writer.append(batchOf(seq, text));
      acknowledged.push(`${seq}…${seq} ${text}`);
    };
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < BATCHES_BEFORE_CRASH; i++) await append(`round ${round}`);
      const inTheMiddle = append(`round ${round}, under way`);
      postgres.crash();
      await inTheMiddle;
      for (let i = 0; i < BATCHES_AFTER_CRASH; i++) await append(`round ${round}, recovered`);
    }
    await writer.close();
    const lines = await untilBack(() => journalLines(sql));
    expect(lines).toEqual(acknowledged);
  });

  it('lets the owner that comes after the crash see every acknowledged batch', async () => {
    const { url, sql } = await postgres.migrated();
    const { epoch, head } = await acquireEpoch(sql, 0);
    const writer = new JournalWriter(url, 0, epoch, head);
    for (let seq = 1; seq <= BATCHES_BEFORE_CRASH; seq++) await writer.append(batchOf(seq, 'kept'));
    postgres.crash();
    const successor = await untilBack(() => acquireEpoch(sql, 0));
    expect(successor.head).toEqual(writer.head);
    await writer.close();
  });
});

/** The driver's pool reports the connection that broke; what follows connects anew, once the server is back. */
async function untilBack<Result>(query: () => PromiseLike<Result>): Promise<Result> {
  for (;;) {
    try {
      return await query();
    } catch (error) {
      const code = String((error as { code?: unknown }).code);
      if (!/^(CONNECTION_|CONNECT_|ECONN|57P)/.test(code)) throw error;
    }
  }
}
