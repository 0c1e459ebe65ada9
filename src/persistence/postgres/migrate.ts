import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DatabaseError, type Sql } from './connect.ts';

/** The database and the migrations of this release do not fit each other. The message says which, and what to do. */
export class MigrationRefused extends Error {
  override name = 'MigrationRefused';
}

interface Migration {
  id: number;
  name: string;
  text: string;
  checksum: string;
}

interface AppliedMigration {
  id: number;
  name: string;
  checksum: string;
}

/** The two-int form of an advisory lock is a key space of its own, apart from that of single bigint keys. */
export const ADVISORY_LOCK_SPACE = 0x42524552;
const MIGRATION_LOCK = 1;
const UNIQUE_VIOLATION = '23505';

/** As deep below the project as from `dist`, where the compiler puts no .sql files: both find those in `src`. */
const MIGRATIONS_DIR = fileURLToPath(new URL('../../../src/persistence/migrations/', import.meta.url));

/**
 * Brings the schema `brier` up to this release and returns the names of the migrations that it applied.
 *
 * Each migration travels as one message together with its row in `brier.migrations`: the server runs such a message as
 * one transaction, so it happens whole or not at all, and there is no session to lose half-way. Of several that start
 * at once the advisory lock lets one through; the others find its row there (a unique violation) and look again.
 *
 * Throws MigrationRefused when the database is newer than this release, when an applied migration has changed, or when
 * one would have to be applied out of order.
 */
export async function migrate(sql: Sql, directory: string = MIGRATIONS_DIR): Promise<string[]> {
  const migrations = readMigrations(directory);
  const done: string[] = [];
  await sql.unsafe(`
    select pg_advisory_xact_lock(${ADVISORY_LOCK_SPACE}, ${MIGRATION_LOCK});
    create schema if not exists brier;
    create table if not exists brier.migrations (
      id int primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  for (;;) {
    const applied = await sql<AppliedMigration[]>`select id, name, checksum from brier.migrations order by id`;
    const next = nextMigration(migrations, applied);
    if (next === null) return done;
    if (await apply(sql, next)) done.push(next.name);
  }
}

/** False when another process has applied it meanwhile. */
async function apply(sql: Sql, migration: Migration): Promise<boolean> {
  try {
    await sql.unsafe(`
      set local statement_timeout = 0;
      select pg_advisory_xact_lock(${ADVISORY_LOCK_SPACE}, ${MIGRATION_LOCK});
      insert into brier.migrations (id, name, checksum)
        values (${migration.id}, '${migration.name}', '${migration.checksum}');
      ${migration.text}`);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError) {
      if (error.code === UNIQUE_VIOLATION && error.constraint_name === 'migrations_pkey') return false;
      error.message = `migration ${migration.name}: ${error.message}`;
    }
    throw error;
  }
}

function nextMigration(migrations: Migration[], applied: AppliedMigration[]): Migration | null {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const row of applied) {
    const migration = known.get(row.id);
    if (migration === undefined) {
      throw new MigrationRefused(
        `The database is newer than this release: it has migration ${row.name}, which is unknown here. ` +
          'Start the release that wrote it, or restore a backup made before the upgrade.',
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new MigrationRefused(
        `Migration ${row.name} has changed since it was applied. Migrations are append-only: ` +
          'restore the file and put the change into a new one.',
      );
    }
  }
  const last = applied.at(-1)?.id ?? 0;
  const isApplied = new Set(applied.map((row) => row.id));
  const next = migrations.find((migration) => !isApplied.has(migration.id)) ?? null;
  if (next !== null && next.id < last) {
    throw new MigrationRefused(
      `Migration ${next.name} is older than the newest applied one (number ${last}): give it a number of its own.`,
    );
  }
  return next;
}

function readMigrations(directory: string): Migration[] {
  const migrations = readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => readMigration(directory, file));
  for (const [index, migration] of migrations.entries()) {
    if (migrations[index + 1]?.id === migration.id) throw new Error(`two migrations have number ${migration.id}`);
  }
  return migrations;
}

function readMigration(directory: string, file: string): Migration {
  const match = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file);
  if (match === null) throw new Error(`migration files are named NNNN_name.sql, not ${file}`);
  // A checkout on Windows may have turned the line ends; that is no change of the migration.
  const text = readFileSync(`${directory}/${file}`, 'utf8').replaceAll('\r\n', '\n');
  const checksum = createHash('sha256').update(text).digest('hex');
  return { id: Number(match[1]), name: file.slice(0, -'.sql'.length), text, checksum };
}
