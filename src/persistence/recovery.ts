import { setImmediate as turn } from 'node:timers/promises';
import type { Engine } from '../engines/engine.ts';
import { rowsAhead } from './follower/rowsAhead.ts';
import type { JournalHead } from './journal/batch.ts';
import { readHead, readJournal } from './journal/readJournal.ts';
import { keepSnapshot } from './keepSnapshot.ts';
import type { Sql } from './postgres/connect.ts';
import { Replay } from './replay.ts';
import { type EngineFactory, restoreNewest, thisEngine } from './restore.ts';

export interface RecoverOptions {
  engineFactory?: EngineFactory;
  /** Commands replayed so far and the sequence reached, a few times a second. */
  onProgress?: (commands: number, seq: number) => void;
  /** Hears of damaged snapshots that were passed over. */
  onTrouble?: (message: string) => void;
}

export interface Recovered {
  engine: Engine;
  /** The journal’s last batch: appends are chained to it. */
  head: JournalHead;
  /** Commands replayed after the snapshot. */
  replayed: number;
}

const PROGRESS_EVERY_MS = 250;
/** Sending for the next page and taking it in need the thread now and then. */
const TURN_EVERY_MS = 5;

/**
 * The shard’s state as its journal says: the newest good snapshot and every batch after it, each verified by its hash, its
 * link to the one before, and the digest of the events that were acknowledged. Take the shard’s epoch before, so that nobody
 * appends meanwhile. Throws JournalCorrupt, Divergence or UnknownVersion where the state cannot be trusted.
 */
export async function recover(sql: Sql, shard: number, options: RecoverOptions = {}): Promise<Recovered> {
  const { onProgress = () => {}, onTrouble = () => {}, engineFactory = thisEngine } = options;
  const journalEnd = (await readHead(sql, shard)).lastSeq;
  const { engine, head, foreign } = await restoreNewest(sql, shard, { engineFactory, journalEnd, onTrouble });
  // From here on the journal is this version's: whoever restores later has to start from a snapshot that says so.
  if (foreign) await keepSnapshot(sql, shard, engineFactory, engine, head);
  const replay = new Replay(engine, head);
  let turned = performance.now();
  let reported = turned;
  for await (const row of rowsAhead(readJournal(sql, shard, head.lastSeq, { afterHash: head.hash }))) {
    replay.apply(row, null);
    if (performance.now() - turned < TURN_EVERY_MS) continue;
    await turn();
    turned = performance.now();
    if (turned - reported < PROGRESS_EVERY_MS) continue;
    onProgress(replay.commands, engine.seq);
    reported = turned;
  }
  onProgress(replay.commands, engine.seq);
  return { engine, head: replay.head, replayed: replay.commands };
}
