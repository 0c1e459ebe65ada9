import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Binaries, binariesIn } from '../../src/persistence/postgres/binaries.ts';
import { connect, type Sql } from '../../src/persistence/postgres/connect.ts';
import { type EmbeddedPostgres, startEmbedded } from '../../src/persistence/postgres/embedded.ts';
import { migrate } from '../../src/persistence/postgres/migrate.ts';
import { serversIn } from '../../src/persistence/postgres/processes.ts';

/** A database of its own for one test, with a pool; both are gone when the server stops. */
export interface TestDatabase {
  url: string;
  sql: Sql;
}

/** One real PostgreSQL for a test file: start it in `beforeAll`, stop it in `afterAll`. */
export interface TestPostgres {
  readonly server: EmbeddedPostgres;
  readonly dataDir: string;
  /** A fresh database with every migration applied. */
  migrated(): Promise<TestDatabase>;
  /** A fresh database without any table. */
  empty(): Promise<TestDatabase>;
  /** kill -9 of the postmaster and (on Linux) of every backend; the server comes back on the same port by itself. */
  crash(): void;
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  binaries?: Binaries;
  settings?: Record<string, string>;
}

const SYSTEM_ROOT = '/usr/lib/postgresql';

/**
 * Starts an embedded PostgreSQL in a directory under the system's temporary one. As root it runs under the account
 * `postgres`, as the product does.
 */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'brier-test-'));
  const server = await startEmbedded({ dataDir, ...options });
  const admin = connect(server.url, { applicationName: 'test-admin', max: 1 });
  const pools: Sql[] = [admin];
  let databases = 0;
  let template: Promise<string> | undefined;

  const create = async (from: string): Promise<TestDatabase> => {
    const name = `test_${++databases}`;
    await admin.unsafe(`create database ${name} template ${from}`);
    const url = urlOf(server.url, name);
    const sql = connect(url, { applicationName: 'test' });
    pools.push(sql);
    return { url, sql };
  };
  // Copying a migrated database costs a tenth of migrating each one.
  const makeTemplate = async (): Promise<string> => {
    await admin.unsafe('create database migrated template template0');
    const sql = connect(urlOf(server.url, 'migrated'), { applicationName: 'test-migrate', max: 1 });
    await migrate(sql);
    await sql.end();
    return 'migrated';
  };
  return {
    server,
    dataDir,
    crash: () => {
      // The postmaster first, or it would see a backend die and recover in place.
      for (const pid of [server.pid, ...(serversIn(join(dataDir, 'postgres')) ?? [])]) kill(pid);
    },
    empty: () => create('template0'),
    migrated: async () => {
      template ??= makeTemplate();
      return create(await template);
    },
    stop: async () => {
      await Promise.all(pools.map((sql) => sql.end({ timeout: 1 })));
      // The directory goes with it, so nothing has to be written back first.
      await server.stop({ immediate: true });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The newest PostgreSQL that the system brings (Debian's place, then PATH), or null. */
export function systemBinaries(): Binaries | null {
  const versions = existsSync(SYSTEM_ROOT) ? readdirSync(SYSTEM_ROOT) : [];
  const debian = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(SYSTEM_ROOT, version, 'bin'));
  const path = (process.env.PATH ?? '').split(':').filter((directory) => directory !== '');
  for (const binDir of [...debian, ...path]) {
    const binaries = binariesIn(binDir);
    if (existsSync(binaries.postgres) && existsSync(binaries.initdb)) return binaries;
  }
  return null;
}

function urlOf(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended with its postmaster.
  }
}
