import type { Batch, JournalRow } from '../../src/persistence/journal/batch.ts';
import { readJournal } from '../../src/persistence/journal/readJournal.ts';
import type { Sql } from '../../src/persistence/postgres/connect.ts';

/** A batch of `count` commands whose payload is `text`, repeated to `bytes` if given. */
export function batchOf(firstSeq: number, text: string, count = 1, bytes?: number): Batch {
  const payload = bytes === undefined ? Buffer.from(text) : Buffer.alloc(bytes, text);
  return {
    firstSeq,
    lastSeq: firstSeq + count - 1,
    commandCount: count,
    outputDigest: (firstSeq * 2654435761) >>> 0,
    payload,
  };
}

/** Every batch in the journal, verified by the reader. */
export async function journalOf(sql: Sql, shard = 0, afterSeq = 0): Promise<JournalRow[]> {
  const rows: JournalRow[] = [];
  for await (const row of readJournal(sql, shard, afterSeq)) rows.push(row);
  return rows;
}

/** `first…last payload` of every batch: what tests compare. */
export async function journalLines(sql: Sql, shard = 0): Promise<string[]> {
  const rows = await journalOf(sql, shard);
  return rows.map((row) => `${row.firstSeq}…${row.lastSeq} ${Buffer.from(row.payload).toString()}`);
}
