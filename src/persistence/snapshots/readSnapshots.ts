import { DatabaseError, type Sql } from '../postgres/connect.ts';
import { type Snapshot, type SnapshotInfo, sha256, snapshotChecksum } from './snapshot.ts';

export interface LoadOptions {
  /** False: passed over, e.g. a format or an engine version that cannot be read here. */
  accept?: (info: SnapshotInfo) => boolean;
  /** Hears of each snapshot that is damaged and passed over for an older one. */
  onDamaged?: (info: SnapshotInfo, reason: string) => void;
}

interface StoredSnapshot {
  id: number;
  shard: number;
  seq: number;
  format_version: number;
  engine_version: string;
  state_hash: Buffer;
  journal_hash: Buffer;
  size: number;
  chunk_count: number;
  checksum: Buffer;
  verified: boolean;
  created_at: Date;
}

/** SQLSTATE class of what the server itself found damaged: a page whose checksum does not fit, a broken index. */
const DATA_CORRUPTED = /^XX00[12]$/;

/** Newest first. */
export async function listSnapshots(sql: Sql, shard: number): Promise<SnapshotInfo[]> {
  const rows = await sql<StoredSnapshot[]>`
    select * from brier.snapshots where shard = ${shard} order by seq desc, id desc`;
  return rows.map((row) => ({
    id: row.id,
    shard: row.shard,
    seq: row.seq,
    formatVersion: row.format_version,
    engineVersion: row.engine_version,
    stateHash: row.state_hash,
    journalHash: row.journal_hash,
    size: row.size,
    chunkCount: row.chunk_count,
    checksum: row.checksum,
    verified: row.verified,
    createdAt: row.created_at,
  }));
}

/** The newest snapshot that is accepted and intact, or null: then the journal is replayed from its beginning. */
export async function loadNewestSnapshot(
  sql: Sql,
  shard: number,
  options: LoadOptions = {},
): Promise<(SnapshotInfo & Snapshot) | null> {
  for (const info of await listSnapshots(sql, shard)) {
    if (options.accept?.(info) === false) continue;
    const loaded = await loadPayload(sql, info);
    if (typeof loaded !== 'string') return { ...info, payload: loaded };
    options.onDamaged?.(info, loaded);
  }
  return null;
}

/**
 * Reads a snapshot back, and marks it as good when it is intact and, if `rehash` is given, restores to its state hash.
 * False when it is not, or is not there.
 */
export async function verifySnapshot(
  sql: Sql,
  shard: number,
  id: number,
  rehash?: (payload: Uint8Array) => Uint8Array,
): Promise<boolean> {
  const info = (await listSnapshots(sql, shard)).find((listed) => listed.id === id);
  if (info === undefined) return false;
  const payload = await loadPayload(sql, info);
  if (typeof payload === 'string') return false;
  if (rehash !== undefined && Buffer.compare(rehash(payload), info.stateHash) !== 0) return false;
  await sql`update brier.snapshots set verified = true where id = ${id}`;
  return true;
}

/** The same check of the bytes as loading makes, but done by the server: nothing of the payload travels. */
export async function isIntact(sql: Sql, info: SnapshotInfo): Promise<boolean> {
  try {
    const chunks = await sql<{ checksum: Buffer; is_intact: boolean }[]>`
      select checksum, sha256(payload) = checksum as is_intact
      from brier.snapshot_chunks where snapshot_id = ${info.id} order by chunk_no`;
    const checksums = chunks.map((chunk) => chunk.checksum);
    return chunks.every((chunk) => chunk.is_intact) && snapshotChecksum(info, checksums).equals(info.checksum);
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/** The payload, or what is wrong with it. */
async function loadPayload(sql: Sql, info: SnapshotInfo): Promise<Uint8Array | string> {
  const chunks: Buffer[] = [];
  try {
    for (let chunkNo = 0; chunkNo < info.chunkCount; chunkNo++) {
      const [row] = await sql<{ payload: Buffer }[]>`
        select payload from brier.snapshot_chunks where snapshot_id = ${info.id} and chunk_no = ${chunkNo}`;
      if (row === undefined) return `chunk ${chunkNo} of ${info.chunkCount} is missing`;
      chunks.push(row.payload);
    }
  } catch (error) {
    if (isDamage(error)) return `the server cannot read it: ${(error as Error).message}`;
    throw error;
  }
  const checksum = snapshotChecksum(
    info,
    chunks.map((chunk) => sha256(chunk)),
  );
  return checksum.equals(info.checksum) ? Buffer.concat(chunks) : 'its checksum does not fit';
}

function isDamage(error: unknown): boolean {
  return error instanceof DatabaseError && DATA_CORRUPTED.test(error.code);
}
