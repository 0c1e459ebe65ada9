import type { Sql } from '../postgres/connect.ts';
import { GENESIS_HASH, type JournalHead } from './batch.ts';

/** The right to append to one shard's journal, until somebody acquires a higher epoch. */
export interface Ownership {
  epoch: number;
  head: JournalHead;
}

interface HeadRow {
  epoch: number;
  last_seq: number;
  last_hash: Buffer;
}

/**
 * Takes the shard over: from here on every owner of a lower epoch writes nothing. The row's lock orders this against
 * appends: one that was under way is either in the head that is returned, or will find its epoch gone.
 *
 * Asking again after a lost answer is safe; it only fences the epoch that nobody got.
 */
export async function acquireEpoch(sql: Sql, shard: number): Promise<Ownership> {
  const [row] = await sql<HeadRow[]>`
    insert into brier.journal_head as head (shard, epoch, last_seq, last_hash)
    values (${shard}, 1, 0, ${Buffer.from(GENESIS_HASH)})
    on conflict (shard) do update set epoch = head.epoch + 1
    returning epoch, last_seq, last_hash`;
  return { epoch: row!.epoch, head: { lastSeq: row!.last_seq, hash: row!.last_hash } };
}
