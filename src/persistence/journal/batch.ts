import { createHash } from 'node:crypto';

/** What one append makes durable: the commands of one turn of the engine's loop. */
export interface Batch {
  /** Sequence of the first command: one after the last of the batch before. */
  firstSeq: number;
  lastSeq: number;
  commandCount: number;
  /** uint32 digest of the events that the commands gave; a replay must give the same. */
  outputDigest: number;
  /** The commands in their binary layout, as the gateway encoded them. */
  payload: Uint8Array;
}

/** The end of a shard's journal: where the next batch is chained to. */
export interface JournalHead {
  lastSeq: number;
  hash: Uint8Array;
}

/** A batch as it lies in the journal. */
export interface JournalRow extends Batch {
  shard: number;
  epoch: number;
  prevHash: Uint8Array;
  hash: Uint8Array;
  writtenAt: Date;
}

export const HASH_BYTES = 32;

/** What an empty journal's head is chained to. */
export const GENESIS_HASH: Uint8Array = new Uint8Array(HASH_BYTES);

/** Names the layout of the hashed header, so that another layout can never give the same hash. */
const HEADER_TAG = 0x424a_0001;
const HEADER_BYTES = 4 + 4 + 8 + 8 + 8 + 4 + 4;

/** sha256 of the hash before, a header of every column that means something, and the payload. */
export function batchHash(shard: number, epoch: number, prevHash: Uint8Array, batch: Batch): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  let at = header.writeUInt32LE(HEADER_TAG, 0);
  at = header.writeUInt32LE(shard, at);
  at = header.writeBigUInt64LE(BigInt(epoch), at);
  at = header.writeBigUInt64LE(BigInt(batch.firstSeq), at);
  at = header.writeBigUInt64LE(BigInt(batch.lastSeq), at);
  at = header.writeUInt32LE(batch.outputDigest, at);
  header.writeUInt32LE(batch.commandCount, at);
  return createHash('sha256').update(prevHash).update(header).update(batch.payload).digest();
}

export function hashesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
