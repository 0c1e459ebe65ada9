import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sql } from '../../src/persistence/postgres/connect.ts';
import { MigrationRefused, migrate } from '../../src/persistence/postgres/migrate.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

describe('migrations', () => {
  let postgres: TestPostgres;
  let directory: string;
  let sql: Sql;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'brier-migrations-'));
    ({ sql } = await postgres.empty());
    write('0001_one.sql', 'create table brier.one (x int);\ninsert into brier.one values (1);');
    write('0002_two.sql', 'create table brier.two (x int);');
    return () => rmSync(directory, { recursive: true });
  });
  afterAll(() => postgres?.stop());

  function write(file: string, text: string): void {
    writeFileSync(join(directory, file), text);
  }

  async function tables(): Promise<string[]> {
    const rows = await sql<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname = 'brier' order by name`;
    return rows.map((row) => row.name);
  }

  it('of this release apply to an empty database, once', async () => {
    const names = await migrate(sql);
    expect(names).toEqual(expect.arrayContaining(['0001_journal', '0002_snapshots']));
    expect(await migrate(sql)).toEqual([]);
    expect(await tables()).toEqual(expect.arrayContaining(['journal', 'journal_head', 'migrations', 'snapshots']));
  });

  it('are applied in order, and new ones later', async () => {
    expect(await migrate(sql, directory)).toEqual(['0001_one', '0002_two']);
    write('0010_three.sql', 'alter table brier.two add column y int;');
    expect(await migrate(sql, directory)).toEqual(['0010_three']);
    expect(await sql`select count(*)::int as n from brier.one`).toEqual([{ n: 1 }]);
  });

  it('are each applied by one of many that start at once', async () => {
    const done = await Promise.all(Array.from({ length: 8 }, () => migrate(sql, directory)));
    expect(done.flat().sort()).toEqual(['0001_one', '0002_two']);
    expect(await sql`select count(*)::int as n from brier.one`).toEqual([{ n: 1 }]);
  });

  it('happen whole or not at all', async () => {
    write('0003_broken.sql', 'create table brier.half (x int);\nselect nonsense;');
    await expect(migrate(sql, directory)).rejects.toThrow('migration 0003_broken: column "nonsense" does not exist');
    expect(await tables()).toEqual(['migrations', 'one', 'two']);
    write('0003_broken.sql', 'create table brier.half (x int);');
    expect(await migrate(sql, directory)).toEqual(['0003_broken']);
  });

  it('that have changed since are refused, but other line ends are no change', async () => {
    await migrate(sql, directory);
    write('0001_one.sql', 'create table brier.one (x int);\r\ninsert into brier.one values (1);');
    expect(await migrate(sql, directory)).toEqual([]);
    write('0001_one.sql', 'create table brier.one (x bigint);');
    const refused = migrate(sql, directory);
    await expect(refused).rejects.toThrow(MigrationRefused);
    await expect(refused).rejects.toThrow('0001_one has changed since it was applied');
  });

  it('refuse a database that is newer than the release', async () => {
    await migrate(sql, directory);
    rmSync(join(directory, '0002_two.sql'));
    await expect(migrate(sql, directory)).rejects.toThrow('newer than this release: it has migration 0002_two');
  });

  it('refuse to be squeezed in before an applied one', async () => {
    write('0005_five.sql', 'select 1;');
    await migrate(sql, directory);
    write('0004_four.sql', 'select 1;');
    await expect(migrate(sql, directory)).rejects.toThrow('0004_four is older than the newest applied one (number 5)');
  });

  it('have a number of their own and a plain name', async () => {
    write('0002_deux.sql', 'select 1;');
    await expect(migrate(sql, directory)).rejects.toThrow('two migrations have number 2');
    rmSync(join(directory, '0002_deux.sql'));
    write("0003_it's.sql", 'select 1;');
    await expect(migrate(sql, directory)).rejects.toThrow('named NNNN_name.sql');
  });
});
