import type { Sql } from '../postgres/connect.ts';
import { batchHash, GENESIS_HASH, hashesEqual, type JournalHead, type JournalRow } from './batch.ts';
import { JournalCorrupt } from './errors.ts';

export interface ReadJournalOptions {
  /** Payload bytes fetched at a time; one batch may go beyond. */
  limitBytes?: number;
  /** Hash of the batch that ends at `afterSeq`, as a snapshot records it: the first row must be chained to it. */
  afterHash?: Uint8Array;
}

const LIMIT_BYTES = 8 * 1024 * 1024;
/** Rows fetched at a time, however small they are. */
const PAGE_ROWS_MAX = 4096;

interface StoredRow {
  first_seq: number;
  last_seq: number;
  epoch: number;
  prev_hash: Buffer;
  hash: Buffer;
  output_digest: number;
  command_count: number;
  written_at: Date;
  payload: Buffer;
}

/**
 * Yields the batches after `afterSeq`, oldest first, up to where the journal ended when the reading began. Where
 * `afterSeq` lies inside a batch, that batch comes first: the caller skips what it has. Call again to follow the tail.
 *
 * Every row is verified before it is yielded: its hash, its link to the row before, no sequence missing or repeated,
 * no epoch lower than the one before; in the end that the last one is the head. Throws JournalCorrupt otherwise, and
 * also when the journal ends before `afterSeq` or no longer goes back to it (it was pruned).
 */
export async function* readJournal(
  sql: Sql,
  shard: number,
  afterSeq: number,
  options: ReadJournalOptions = {},
): AsyncGenerator<JournalRow, void, void> {
  const head = await readHead(sql, shard);
  if (afterSeq > head.lastSeq) {
    throw new JournalCorrupt(`shard ${shard}: the journal ends at ${head.lastSeq}, before ${afterSeq}`);
  }
  let previous: JournalRow | null = null;
  let seq = afterSeq;
  while (seq < head.lastSeq) {
    const page = await readPage(sql, shard, seq, head.lastSeq, options.limitBytes ?? LIMIT_BYTES);
    if (page.length === 0)
      throw corrupt(shard, `batches after ${seq} are missing; the journal ends at ${head.lastSeq}`);
    for (const row of page) {
      if (previous === null) await verifyFirst(sql, row, afterSeq, options.afterHash);
      else verifyLink(row, previous);
      if (!hashesEqual(row.hash, batchHash(shard, row.epoch, row.prevHash, row))) {
        throw corrupt(shard, `batch ${row.firstSeq}…${row.lastSeq} does not have the hash it was written with`);
      }
      yield row;
      previous = row;
      seq = row.lastSeq;
    }
  }
  const lastHash = previous?.hash ?? options.afterHash;
  if (lastHash !== undefined && !hashesEqual(lastHash, head.hash)) {
    throw corrupt(shard, `the batch that ends at ${seq} is not the one that the head names`);
  }
}

/** The end of the journal; of a shard that was never owned, the empty one. */
export async function readHead(sql: Sql, shard: number): Promise<JournalHead> {
  const [row] = await sql<{ last_seq: number; last_hash: Buffer }[]>`
    select last_seq, last_hash from brier.journal_head where shard = ${shard}`;
  return row === undefined ? { lastSeq: 0, hash: GENESIS_HASH } : { lastSeq: row.last_seq, hash: row.last_hash };
}

async function verifyFirst(sql: Sql, row: JournalRow, afterSeq: number, afterHash?: Uint8Array): Promise<void> {
  if (row.firstSeq > afterSeq + 1) {
    throw corrupt(
      row.shard,
      `the journal begins at ${row.firstSeq}: what follows ${afterSeq} was pruned or is missing`,
    );
  }
  if (afterHash !== undefined && row.firstSeq !== afterSeq + 1) {
    throw corrupt(row.shard, `no batch ends at ${afterSeq}: the one that has it is ${row.firstSeq}…${row.lastSeq}`);
  }
  const before = afterHash ?? (await hashBefore(sql, row));
  if (before !== null && !hashesEqual(row.prevHash, before)) {
    throw corrupt(row.shard, `batch ${row.firstSeq}…${row.lastSeq} is not chained to the one before it`);
  }
}

/** Null when the batch before was pruned. */
async function hashBefore(sql: Sql, row: JournalRow): Promise<Uint8Array | null> {
  if (row.firstSeq === 1) return GENESIS_HASH;
  const [before] = await sql<{ hash: Buffer }[]>`
    select hash from brier.journal where shard = ${row.shard} and last_seq = ${row.firstSeq - 1}`;
  return before?.hash ?? null;
}

function verifyLink(row: JournalRow, previous: JournalRow): void {
  if (row.firstSeq !== previous.lastSeq + 1) {
    throw corrupt(row.shard, `batch ${row.firstSeq}…${row.lastSeq} follows ${previous.lastSeq}`);
  }
  if (!hashesEqual(row.prevHash, previous.hash)) {
    throw corrupt(row.shard, `batch ${row.firstSeq}…${row.lastSeq} is not chained to the one before it`);
  }
  if (row.epoch < previous.epoch) {
    throw corrupt(row.shard, `batch ${row.firstSeq}…${row.lastSeq} of epoch ${row.epoch} follows ${previous.epoch}`);
  }
}

/** As many rows as their payloads fill `limitBytes`, and one at least. Their lengths are read without their bytes. */
async function readPage(
  sql: Sql,
  shard: number,
  after: number,
  end: number,
  limitBytes: number,
): Promise<JournalRow[]> {
  const rows = await sql<StoredRow[]>`
    with page as (
      select last_seq, octet_length(payload) as size from brier.journal
      where shard = ${shard} and last_seq > ${after} and last_seq <= ${end}
      order by last_seq limit ${PAGE_ROWS_MAX}
    ), filled as (
      select last_seq, sum(size) over (order by last_seq) - size as bytes_before from page
    )
    select first_seq, last_seq, epoch, prev_hash, hash, output_digest, command_count, written_at, payload
    from brier.journal
    where shard = ${shard} and last_seq > ${after}
      and last_seq <= (select max(last_seq) from filled where bytes_before < ${limitBytes} or bytes_before = 0)
    order by last_seq`;
  return rows.map((row) => ({
    shard,
    firstSeq: row.first_seq,
    lastSeq: row.last_seq,
    epoch: row.epoch,
    prevHash: row.prev_hash,
    hash: row.hash,
    outputDigest: row.output_digest,
    commandCount: row.command_count,
    writtenAt: row.written_at,
    payload: row.payload,
  }));
}

function corrupt(shard: number, message: string): JournalCorrupt {
  return new JournalCorrupt(`shard ${shard}: ${message}`);
}
