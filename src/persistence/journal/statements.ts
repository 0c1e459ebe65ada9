import type { Batch, JournalHead } from './batch.ts';

/**
 * The append: one autocommit statement. The update is a compare-and-swap, so an old owner, a repeated statement or one
 * that arrives late moves nothing; the insert takes its row from the update, so it happens with it or not at all.
 * (A mere `exists (… epoch = $2)` or `for key share` lets a stale owner's row in after a takeover.)
 */
export const APPEND = `
  with moved as (
    update brier.journal_head set last_seq = $6, last_hash = $8
    where shard = $1::int and epoch = $2 and last_seq = $3 and last_hash = $4
    returning shard
  )
  insert into brier.journal
    (shard, epoch, first_seq, prev_hash, last_seq, command_count, hash, output_digest, payload)
  select shard, $2::bigint, $5::bigint, $4::bytea, $6::bigint, $7::int, $8::bytea, $9::bigint, $10::bytea from moved`;

/** Where the append moved nothing: is this very batch there, and who owns the shard? */
export const SETTLE = `
  select head.epoch, head.last_seq, exists (
    select from brier.journal
    where shard = $1 and epoch = $2 and first_seq = $5 and prev_hash = $4 and last_seq = $6 and command_count = $7
      and hash = $8 and output_digest = $9 and payload = $10 and first_seq = $3 + 1
  ) as is_present
  from brier.journal_head as head where head.shard = $1`;

/** The parameters of both. Buffers travel as binary. */
export function appendValues(
  shard: number,
  epoch: number,
  head: JournalHead,
  batch: Batch,
  hash: Uint8Array,
): unknown[] {
  return [
    shard,
    epoch,
    head.lastSeq,
    asBuffer(head.hash),
    batch.firstSeq,
    batch.lastSeq,
    batch.commandCount,
    asBuffer(hash),
    batch.outputDigest,
    asBuffer(batch.payload),
  ];
}

/** The same bytes, not a copy: an append ends before its batch is reused. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
