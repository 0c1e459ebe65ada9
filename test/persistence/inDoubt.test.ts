import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { Fenced, JournalClosed } from '../../src/persistence/journal/errors.ts';
import {
  type JournalTrouble,
  JournalWriter,
  type JournalWriterOptions,
} from '../../src/persistence/journal/journalWriter.ts';
import { batchOf, journalLines } from '../support/journalBatches.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { type Fault, TcpProxy } from '../support/tcpProxy.ts';

const SHARD = 0;

describe('an append whose answer is lost', () => {
  let postgres: TestPostgres;
  let database: TestDatabase;
  let proxy: TcpProxy;
  let writer: JournalWriter;
  let troubles: JournalTrouble[];

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres?.stop());
  afterEach(async () => {
    await writer.close();
    await proxy.stop();
  });

  async function startWriter(options: JournalWriterOptions = {}): Promise<void> {
    database = await postgres.migrated();
    proxy = await TcpProxy.start(postgres.server.port);
    troubles = [];
    const { epoch, head } = await acquireEpoch(database.sql, SHARD);
    const onTrouble = (trouble: JournalTrouble) => troubles.push(trouble);
    writer = new JournalWriter(proxy.through(database.url), SHARD, epoch, head, { onTrouble, ...options });
    await writer.append(batchOf(1, 'opening'));
  }

  it.each<[Fault, string]>([
    ['cut-before', 'never arrived'],
    ['cut-after', 'was committed'],
  ])('is settled after %s: the statement %s', async (fault) => {
    await startWriter();
    const happened = proxy.arm(fault, 'in doubt');
    await writer.append(batchOf(2, 'in doubt', 3));
    await happened;
    await writer.append(batchOf(5, 'next'));
    expect(await journalLines(database.sql)).toEqual(['1…1 opening', '2…4 in doubt', '5…5 next']);
    expect(troubles).toHaveLength(1);
    expect(proxy.accepted).toBe(2);
  });

  it('is settled after the connection went silent: the hung one is given up', async () => {
    await startWriter({ statementTimeoutMs: 300, connectTimeoutMs: 300 });
    const happened = proxy.arm('silence', 'in doubt');
    await writer.append(batchOf(2, 'in doubt'));
    await happened;
    expect(await journalLines(database.sql)).toEqual(['1…1 opening', '2…2 in doubt']);
    expect(troubles.map((trouble) => trouble.message)).toEqual(['no answer within 600 ms']);
  });

  it('is settled while the first statement still waits on the server', async () => {
    await startWriter();
    // Another transaction holds the head's row, so the first statement hangs on the server when its client is gone.
    const blocker = await database.sql.reserve();
    await blocker`begin`;
    await blocker`select from brier.journal_head where shard = ${SHARD} for update`;
    const appending = writer.append(batchOf(2, 'in doubt'));
    await waiting(1);
    proxy.cutAll();
    // Both wait in line now: the orphan of the lost connection, and the repetition.
    await waiting(2);
    await blocker`commit`;
    blocker.release();
    await appending;
    await writer.append(batchOf(3, 'next'));
    expect(await journalLines(database.sql)).toEqual(['1…1 opening', '2…2 in doubt', '3…3 next']);
  });

  it('is not doubled by its first statement when that arrives after the repetition', async () => {
    await startWriter();
    const happened = proxy.arm('delay', 'in doubt');
    await writer.append(batchOf(2, 'in doubt'));
    await happened;
    await writer.append(batchOf(3, 'next'));
    await proxy.deliver();
    await writer.append(batchOf(4, 'last'));
    expect(await journalLines(database.sql)).toEqual(['1…1 opening', '2…2 in doubt', '3…3 next', '4…4 last']);
  });

  it('ends in Fenced when another owner took over before it was repeated, and writes nothing then', async () => {
    await startWriter();
    const happened = proxy.arm('delay', 'in doubt');
    proxy.refuse = true;
    const appending = expect(writer.append(batchOf(2, 'in doubt'))).rejects.toThrow(Fenced);
    await happened;
    await acquireEpoch(database.sql, SHARD);
    proxy.refuse = false;
    await appending;
    await proxy.deliver();
    expect(await journalLines(database.sql)).toEqual(['1…1 opening']);
  });

  it('is acknowledged when it was committed before another owner took over; the next one is fenced', async () => {
    await startWriter();
    const happened = proxy.arm('cut-after', 'in doubt');
    proxy.refuse = true;
    const appending = writer.append(batchOf(2, 'in doubt'));
    await happened;
    const successor = await acquireEpoch(database.sql, SHARD);
    expect(successor.head.lastSeq).toBe(2);
    proxy.refuse = false;
    await appending;
    await expect(writer.append(batchOf(3, 'next'))).rejects.toThrow(Fenced);
    expect(await journalLines(database.sql)).toEqual(['1…1 opening', '2…2 in doubt']);
  });

  it('ends in Fenced when the successor has written another batch under the same sequence', async () => {
    await startWriter();
    const happened = proxy.arm('cut-before', 'in doubt');
    proxy.refuse = true;
    const appending = expect(writer.append(batchOf(2, 'in doubt'))).rejects.toThrow(Fenced);
    await happened;
    const { epoch, head } = await acquireEpoch(database.sql, SHARD);
    const successor = new JournalWriter(database.url, SHARD, epoch, head);
    await successor.append(batchOf(2, 'in doubt'));
    proxy.refuse = false;
    await appending;
    await successor.close();
  });

  it('stays in doubt while the database is away, and says so; close ends the waiting', async () => {
    await startWriter();
    const happened = proxy.arm('cut-before', 'in doubt');
    proxy.refuse = true;
    const appending = writer.append(batchOf(2, 'in doubt'));
    const outcome = expect(appending).rejects.toThrow(JournalClosed);
    await happened;
    await proxy.refused();
    await writer.close();
    await outcome;
    expect(troubles.length).toBeGreaterThanOrEqual(1);
    expect(troubles.map((trouble) => trouble.attempt)).toEqual(troubles.map((_, index) => index + 1));
  });

  /** Until so many of the writer's statements wait for a lock. */
  async function waiting(count: number): Promise<void> {
    for (;;) {
      const [row] = await database.sql<{ waiting: number }[]>`
        select count(*)::int as waiting from pg_stat_activity
        where application_name = 'brier-journal-0' and wait_event_type = 'Lock'`;
      if (row!.waiting === count) return;
    }
  }
});
