import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect, DatabaseError } from '../../src/persistence/postgres/connect.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

describe('a connection', () => {
  let postgres: TestPostgres;
  let database: TestDatabase;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = await postgres.empty();
  });
  afterAll(() => postgres?.stop());

  it('reads int8 as a number, alone and in arrays, and null as null', async () => {
    const { sql } = database;
    const [row] = await sql`
      select ${Number.MAX_SAFE_INTEGER}::int8 as most, ${-5}::int8 as few, null::int8 as none, array[1, 2]::int8[] as list`;
    expect(row).toEqual({ most: Number.MAX_SAFE_INTEGER, few: -5, none: null, list: [1, 2] });
  });

  it.each(['9007199254740992', '-9007199254740992', '9223372036854775807'])('refuses to round %s', async (text) => {
    const { sql } = database;
    await expect(sql`select ${text}::text::int8 as x`).rejects.toThrow(`int8 ${text} is outside the safe integers`);
    expect(await sql`select 1 as x`).toEqual([{ x: 1 }]);
  });

  it('keeps bytes as they are', async () => {
    const bytes = Buffer.from([0, 1, 92, 255, 39]);
    const [row] = await database.sql<{ bytes: Buffer }[]>`select ${bytes}::bytea as bytes`;
    expect(Buffer.compare(row!.bytes, bytes)).toBe(0);
  });

  it('prints no notices', async () => {
    const log = vi.spyOn(console, 'log');
    await database.sql`drop table if exists not_there`;
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });

  it('ends a statement that takes too long, and says which error the server gave', async () => {
    const sql = connect(database.url, { applicationName: 'test', max: 1, statementTimeoutMs: 50 });
    const error = await sql`select pg_sleep(60)`.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DatabaseError);
    expect((error as InstanceType<typeof DatabaseError>).code).toBe('57014');
    await sql.end();
  });

  it('shows the name of its application', async () => {
    const sql = connect(database.url, { applicationName: 'a name', max: 1 });
    expect(await sql`select current_setting('application_name') as name`).toEqual([{ name: 'a name' }]);
    await sql.end();
  });

  it('works in a worker thread', async () => {
    const module = new URL('../support/queryingWorker.ts', import.meta.url).href;
    const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import('${module}'); })`;
    const worker = new Worker(bootstrap, { eval: true, workerData: database.url });
    const [answer] = await once(worker, 'message');
    expect(answer).toBe(42);
    await worker.terminate();
  });
});
