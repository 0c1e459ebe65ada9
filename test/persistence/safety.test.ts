import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../../src/persistence/journal/journalWriter.ts';
import { connect } from '../../src/persistence/postgres/connect.ts';
import {
  assertSafe,
  assertSafeState,
  type ServerState,
  UnsafeDatabase,
} from '../../src/persistence/postgres/safety.ts';
import { batchOf, journalLines } from '../support/journalBatches.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

describe('a server that may lose what it commits', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres?.stop());

  it('is told from one that does not', async () => {
    const { sql } = await postgres.empty();
    await assertSafe(sql);
  });

  it.each(['fsync', 'full_page_writes'])('is refused for %s = off', async (setting) => {
    const unsafe = await startTestPostgres({ settings: { [setting]: 'off' } });
    try {
      const { sql } = await unsafe.empty();
      const refused = assertSafe(sql);
      await expect(refused).rejects.toThrow(UnsafeDatabase);
      await expect(refused).rejects.toThrow(`set ${setting} = on`);
    } finally {
      await unsafe.stop();
    }
  });

  it('is refused for synchronous_commit = off, though only for this database', async () => {
    const { url, sql } = await postgres.migrated();
    const { epoch, head } = await acquireEpoch(sql, 0);
    await sql.unsafe(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`);
    const fresh = connect(url, { applicationName: 'test', max: 1 });
    await expect(assertSafe(fresh)).rejects.toThrow('RESET synchronous_commit');
    // The writer looks for itself, on every connection that it opens.
    const writer = new JournalWriter(url, 0, epoch, head);
    await expect(writer.append(batchOf(1, 'unsafe'))).rejects.toThrow(UnsafeDatabase);
    expect(await journalLines(sql)).toEqual([]);
    await Promise.all([writer.close(), fresh.end()]);
  });

  it.each(['local', 'remote_write', 'remote_apply'])('is not suspected for synchronous_commit = %s', async (value) => {
    const { url, sql } = await postgres.empty();
    await sql.unsafe(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = ${value}`);
    const fresh = connect(url, { applicationName: 'test', max: 1 });
    await assertSafe(fresh);
    await fresh.end();
  });

  it('is refused when it cannot be written to', async () => {
    const { url, sql } = await postgres.empty();
    await sql.unsafe(`alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`);
    const fresh = connect(url, { applicationName: 'test', max: 1 });
    await expect(assertSafe(fresh)).rejects.toThrow('default_transaction_read_only = on');
    await fresh.end();
  });

  it.each<[string, Partial<ServerState>, string]>([
    ['an old version', { version: 130_011, shown_version: '13.11' }, 'PostgreSQL 13.11 is too old'],
    ['a standby', { in_recovery: true }, 'read-only standby'],
  ])('is refused for %s', (_, state, message) => {
    const safe: ServerState = {
      version: 140_000,
      shown_version: '14.0',
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      read_only: 'off',
      in_recovery: false,
    };
    expect(() => assertSafeState(safe)).not.toThrow();
    expect(() => assertSafeState({ ...safe, ...state })).toThrow(message);
  });
});
