import type { Engine } from '../engines/engine.ts';
import { LENGTH, RecordBuffer, SEQ } from '../engines/records/buffer.ts';
import { DONE_WORDS } from '../engines/records/events.ts';
import type { JournalHead, JournalRow } from './journal/batch.ts';
import { JournalCorrupt } from './journal/errors.ts';
import type { Records } from './read-model/records.ts';

/** Replaying gave other events than those that were acknowledged: nothing may go on from this state. */
export class Divergence extends Error {
  override name = 'Divergence';
}

/** Sees one command and its events, which are those from `from` to the DONE at `doneAt`; views, valid during the call. */
export type CommandVisitor = (
  command: Records,
  commandAt: number,
  events: Records,
  from: number,
  doneAt: number,
) => void;

/** Applies the journal, batch by batch, to an engine that stands where `head` says. */
export class Replay {
  readonly engine: Engine;
  /** The last batch that was applied. */
  head: JournalHead;
  /** Commands applied by this replay. */
  commands = 0;
  private readonly events = new RecordBuffer();
  /** A batch as it comes from the database may lie at any address: here its numbers are aligned. */
  private readonly batch = new RecordBuffer();

  constructor(engine: Engine, head: JournalHead) {
    this.engine = engine;
    this.head = head;
  }

  /**
   * Applies one batch, which must follow the last. Throws JournalCorrupt when its commands are not what the row says, and
   * Divergence when their events are not those that the row’s digest was made of.
   */
  apply(row: JournalRow, visit: CommandVisitor | null): void {
    const { engine, events, batch } = this;
    const name = `shard ${row.shard}: batch ${row.firstSeq}…${row.lastSeq}`;
    batch.clear();
    batch.begin(0, row.payload.length >> 2);
    batch.bytes.set(row.payload);
    const { i32, f64 } = batch;
    const end = row.payload.length >> 2;
    let count = 0;
    for (let at = 0; at < end; count++) {
      const length = i32[at + LENGTH] as number;
      if (length <= 0 || at + length > end) return wrongLength(name, length);
      if (f64[(at + SEQ) >> 1] !== row.firstSeq + count) return anotherSequence(name);
      events.clear();
      engine.apply(i32, f64, at, events);
      if (visit !== null) visit(batch, at, events, 0, events.words - DONE_WORDS);
      at += length;
    }
    if (count !== row.commandCount || engine.seq !== row.lastSeq) {
      throw new JournalCorrupt(`${name} holds ${count} commands, not ${row.commandCount}`);
    }
    if (engine.digest !== row.outputDigest) {
      throw new Divergence(
        `${name} gave events with digest ${engine.digest} when replayed, and ${row.outputDigest} when it was acknowledged: ` +
          'it was written by another version of the engine, or the engine is not deterministic',
      );
    }
    this.head = { lastSeq: row.lastSeq, hash: row.hash };
    this.commands += count;
  }
}

// By themselves: the compiler makes the text of an error before it looks whether there is one, for every command.
function wrongLength(batch: string, length: number): never {
  throw new JournalCorrupt(`${batch} holds a record of ${length} words`);
}
function anotherSequence(batch: string): never {
  throw new JournalCorrupt(`${batch} holds another sequence`);
}
