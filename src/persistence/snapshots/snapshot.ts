import { createHash } from 'node:crypto';

/** A shard's whole state after the command `seq`, which ends a batch of the journal. */
export interface Snapshot {
  shard: number;
  seq: number;
  /** Of the payload's layout. */
  formatVersion: number;
  /** Of the engine whose `apply` gave this state, and which may go on from it. */
  engineVersion: string;
  stateHash: Uint8Array;
  /** Hash of the journal's batch that ends at `seq`: a replay is chained to it. */
  journalHash: Uint8Array;
  payload: Uint8Array;
}

/** What is known of a stored snapshot without its payload. */
export interface SnapshotInfo extends Omit<Snapshot, 'payload'> {
  id: number;
  /** Of the payload, in bytes. */
  size: number;
  chunkCount: number;
  checksum: Uint8Array;
  /** It was read back after writing, found intact, and (where a check was given) restored to its state hash. */
  verified: boolean;
  createdAt: Date;
}

export type SnapshotHeader = Omit<SnapshotInfo, 'id' | 'checksum' | 'verified' | 'createdAt'>;

export function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Covers the header too, so that a payload cannot pass under another sequence or version. */
export function snapshotChecksum(header: SnapshotHeader, chunkChecksums: Uint8Array[]): Buffer {
  const { shard, seq, formatVersion, engineVersion, size, chunkCount } = header;
  const text = JSON.stringify([shard, seq, formatVersion, engineVersion, size, chunkCount]);
  return sha256(Buffer.from(text), header.stateHash, header.journalHash, ...chunkChecksums);
}
