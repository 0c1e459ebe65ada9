import type { Sql } from '../postgres/connect.ts';
import { type Snapshot, sha256, snapshotChecksum } from './snapshot.ts';

/** A chunk is one statement, and its bytes pass through this thread as text: small enough not to hold it up. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Stores a snapshot and returns its id. It is not counted as good before `verifySnapshot` has read it back. Rejects
 * with the server's error; what was written until then is no snapshot, and `pruneSnapshots` removes it.
 */
export async function writeSnapshot(sql: Sql, snapshot: Snapshot, chunkBytes: number = CHUNK_BYTES): Promise<number> {
  const { payload } = snapshot;
  const [next] = await sql<{ id: number }[]>`select nextval('brier.snapshot_ids') as id`;
  const id = next!.id;
  const checksums: Buffer[] = [];
  for (let at = 0; at < payload.length; at += chunkBytes) {
    const end = Math.min(at + chunkBytes, payload.length);
    const chunk = Buffer.from(payload.buffer, payload.byteOffset + at, end - at);
    const checksum = sha256(chunk);
    await sql`
      insert into brier.snapshot_chunks (snapshot_id, chunk_no, checksum, payload)
      values (${id}, ${checksums.length}, ${checksum}, ${chunk})`;
    checksums.push(checksum);
  }
  const header = { ...snapshot, size: payload.length, chunkCount: checksums.length };
  await sql`
    insert into brier.snapshots
      (id, shard, seq, format_version, engine_version, state_hash, journal_hash, size, chunk_count, checksum)
    values (${id}, ${header.shard}, ${header.seq}, ${header.formatVersion}, ${header.engineVersion},
      ${Buffer.from(header.stateHash)}, ${Buffer.from(header.journalHash)}, ${header.size}, ${header.chunkCount},
      ${snapshotChecksum(header, checksums)})`;
  return id;
}
