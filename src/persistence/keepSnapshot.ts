import type { Engine } from '../engines/engine.ts';
import type { JournalHead } from './journal/batch.ts';
import type { Sql } from './postgres/connect.ts';
import { type EngineFactory, stateHashBytes } from './restore.ts';
import { verifySnapshot } from './snapshots/readSnapshots.ts';
import { writeSnapshot } from './snapshots/writeSnapshot.ts';

/** Writes the state after the batch `head`, reads it back and restores it. Throws when that gives another state. */
export async function keepSnapshot(
  sql: Sql,
  shard: number,
  factory: EngineFactory,
  engine: Engine,
  head: JournalHead,
): Promise<void> {
  const id = await writeSnapshot(sql, {
    shard,
    seq: head.lastSeq,
    formatVersion: factory.formatVersion,
    engineVersion: factory.engineVersion,
    stateHash: stateHashBytes(engine),
    journalHash: head.hash,
    payload: engine.snapshot(),
  });
  const good = await verifySnapshot(sql, shard, id, (payload) => stateHashBytes(factory.restore(payload)));
  if (!good) throw new Error(`snapshot ${id} at ${head.lastSeq} does not read back as it was written`);
}
