import type { Sql } from '../postgres/connect.ts';

/** Rows deleted by one statement: short transactions, so that the writer's vacuum never waits for us. */
const SLICE_ROWS = 1_000;

/**
 * Deletes the batches that end at `upToSeq` or before, oldest first, and returns how many. What may be deleted is for
 * the snapshots to say: see `pruneJournalBehindSnapshots`.
 */
export async function pruneJournal(sql: Sql, shard: number, upToSeq: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { count } = await sql`
      delete from brier.journal where shard = ${shard} and last_seq in (
        select last_seq from brier.journal where shard = ${shard} and last_seq <= ${upToSeq}
        order by last_seq limit ${SLICE_ROWS}
      )`;
    deleted += count;
    if (count < SLICE_ROWS) return deleted;
  }
}
