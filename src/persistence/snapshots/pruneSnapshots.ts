import { pruneJournal } from '../journal/pruneJournal.ts';
import type { Sql } from '../postgres/connect.ts';
import { isIntact, listSnapshots } from './readSnapshots.ts';
import type { SnapshotInfo } from './snapshot.ts';

/** So many good snapshots always exist before anything older is deleted. */
export const GOOD_SNAPSHOTS_MIN = 2;

/** Chunks without a snapshot belong to a write that failed, once they are older than any write takes. */
const ABANDONED_AFTER = '1 hour';

/**
 * Deletes the snapshots older than the older of the two newest good ones, and what failed writes left. Good is: verified
 * when written, and intact now. With fewer than two good ones nothing is deleted. Returns how many were.
 */
export async function pruneSnapshots(sql: Sql, shard: number): Promise<number> {
  await sql`
    delete from brier.snapshot_chunks as chunk
    where written_at < now() - ${ABANDONED_AFTER}::interval
      and not exists (select from brier.snapshots where id = chunk.snapshot_id)`;
  const base = await olderGoodSnapshot(sql, shard);
  if (base === null) return 0;
  const deleted = await sql<{ id: number }[]>`
    delete from brier.snapshots where shard = ${shard} and (seq, id) < (${base.seq}, ${base.id}) returning id`;
  for (const { id } of deleted) await sql`delete from brier.snapshot_chunks where snapshot_id = ${id}`;
  return deleted.length;
}

/**
 * Deletes the journal up to the older of the two newest good snapshots, so that either can still be replayed from, but
 * not beyond `notBeyondSeq` (what the read model has applied). Returns how many batches were deleted.
 */
export async function pruneJournalBehindSnapshots(sql: Sql, shard: number, notBeyondSeq: number): Promise<number> {
  const base = await olderGoodSnapshot(sql, shard);
  return base === null ? 0 : pruneJournal(sql, shard, Math.min(base.seq, notBeyondSeq));
}

async function olderGoodSnapshot(sql: Sql, shard: number): Promise<SnapshotInfo | null> {
  let good = 0;
  for (const info of await listSnapshots(sql, shard)) {
    if (info.verified && (await isIntact(sql, info)) && ++good === GOOD_SNAPSHOTS_MIN) return info;
  }
  return null;
}
