import { setImmediate as turn } from 'node:timers/promises';
import type { JournalRow } from '../journal/batch.ts';
import { JournalCorrupt } from '../journal/errors.ts';
import { readJournal } from '../journal/readJournal.ts';
import { isPassing } from '../journal/sqlStates.ts';
import { connect, type Sql } from '../postgres/connect.ts';
import { type ReadModelHead, readHead } from '../read-model/head.ts';
import { ReadModelWriter } from '../read-model/readModelWriter.ts';
import { Divergence, Replay } from '../replay.ts';
import { type EngineFactory, restoreNewest, thisEngine } from '../restore.ts';
import { rowsAhead } from './rowsAhead.ts';
import { Sleep } from './sleep.ts';
import { SnapshotKeeper } from './snapshotKeeper.ts';

export interface FollowerOptions {
  databaseUrl: string;
  shard: number;
  /** Hears of everything up to `seq` being in the read model. */
  onApplied?: (seq: number) => void;
  /** Hears of what is tried again or passed over. */
  onTrouble?: (message: string) => void;
  /** The last sequence that the engine has committed, where it runs in this process: saves asking the database. */
  committed?: () => number;
  /** Hears which process of the server writes the read model, when it is another than before. */
  onWriter?: (pid: number) => void;
  /** Hears, once, that the end of the journal has not been reached for so long. */
  onBehind?: { afterMs: number; call: () => void };
  snapshotEveryCommands?: number;
  snapshotEveryMs?: number;
  /** How long committed commands may wait to be written together while nobody waits for them. */
  dueMs?: number;
  engineFactory?: EngineFactory;
}

const SNAPSHOT_EVERY_COMMANDS = 1_000_000;
const SNAPSHOT_EVERY_MS = 15 * 60_000;
/** Rows that are worth a statement while more of the journal is waiting. */
const FLUSH_ROWS = 5_000;
/**
 * Rows that may be collected while a statement is under way; then the replay waits for it. The more, the more orders end
 * in the batch in which they began: 13 µs of the server a command, where 10,000 rows cost 22.
 */
const PENDING_ROWS_MAX = 100_000;
/** Without the engine's counter the database is asked this often; what arrives meanwhile is read and written together. */
const ASK_MIN_MS = 50;
const ASK_MAX_MS = 100;
/** The engine's counter is looked at this often. */
const LOOK_MS = 100;
/**
 * History is written when somebody waits for it, when so many commands are waiting, or after so long: each writing is a commit
 * and some work of the processor beside the orders that are under way, and larger ones cost less a command.
 */
const DUE_COMMANDS = 5_000;
const DUE_MS = 1_000;
/** A stopping follower goes on to the end of the journal for so long; the next start replays the rest. */
const STOP_CATCH_UP_MS = 10_000;
/** And then waits no longer for a database that is away. */
const STOP_WRITE_MS = 10_000;
/** The thread is left to its sockets and messages this often while there is work. */
const TURN_EVERY_MS = 5;

/**
 * Does the slow work behind the engine: replays the journal as it grows, compares the digest of every batch, writes the
 * read model and snapshots.
 *
 * A snapshot is written only where the read model is, and is durable only if the rows before it are: so the read model’s
 * head is never behind the newest snapshot, and a start is always the same: restore the newest snapshot at or before the
 * head, replay the journal, write no rows up to the head.
 */
export class Follower {
  private readonly shard: number;
  private readonly sql: Sql;
  private readonly replay: Replay;
  private readonly writer: ReadModelWriter;
  private readonly snapshots: SnapshotKeeper;
  private readonly committed: (() => number) | null;
  private readonly onApplied: (seq: number) => void;
  private readonly onTrouble: (message: string) => void;
  private readonly dueMs: number;
  private onBehind: FollowerOptions['onBehind'];
  /** When the replay last began at the end of the journal. */
  private leftEndAt = Number.NEGATIVE_INFINITY;
  /** Somebody waits for the rows up to here. */
  private wanted = 0;
  private readonly sleep = new Sleep();
  private abandon: NodeJS.Timeout | undefined;
  private stopBy = Number.POSITIVE_INFINITY;
  private turned = performance.now();
  private background: { error: unknown } | null = null;
  /** The head as an earlier run left it, until the replay has come to it. */
  private unchecked: ReadModelHead | null;

  private constructor(
    sql: Sql,
    replay: Replay,
    writer: ReadModelWriter,
    snapshots: SnapshotKeeper,
    options: FollowerOptions,
  ) {
    this.shard = options.shard;
    this.sql = sql;
    this.replay = replay;
    this.writer = writer;
    this.snapshots = snapshots;
    this.unchecked = writer.head;
    this.committed = options.committed ?? null;
    this.onApplied = options.onApplied ?? (() => {});
    this.onTrouble = options.onTrouble ?? (() => {});
    this.onBehind = options.onBehind;
    this.dueMs = options.dueMs ?? DUE_MS;
  }

  /** Restores the state to go on from. Throws where it cannot be trusted: see `restoreNewest`. */
  static async start(options: FollowerOptions): Promise<Follower> {
    const { databaseUrl, shard, onTrouble = () => {}, engineFactory = thisEngine } = options;
    const sql = connect(databaseUrl, { max: 2, applicationName: `brier-follower-${shard}` });
    let writer: ReadModelWriter | null = null;
    try {
      const { seq } = await readHead(sql, shard);
      const { engine, head } = await restoreNewest(sql, shard, { engineFactory, notBeyond: seq, onTrouble });
      writer = await ReadModelWriter.open(databaseUrl, shard, engine.image(), {
        onTrouble,
        ...(options.onWriter !== undefined && { onProcess: options.onWriter }),
      });
      const replay = new Replay(engine, head);
      const snapshots = new SnapshotKeeper(sql, shard, engineFactory, replay.head.lastSeq, onTrouble, {
        everyCommands: options.snapshotEveryCommands ?? SNAPSHOT_EVERY_COMMANDS,
        everyMs: options.snapshotEveryMs ?? SNAPSHOT_EVERY_MS,
      });
      return new Follower(sql, replay, writer, snapshots, options);
    } catch (error) {
      await writer?.close();
      await sql.end({ timeout: 0 });
      throw error;
    }
  }

  /** What the engine’s state is after the last batch that was replayed. */
  get stateHash(): string {
    return this.replay.engine.stateHash();
  }

  /** Everything up to here is in the read model. */
  get appliedSeq(): number {
    return this.writer.head.seq;
  }

  /** Somebody waits for the rows up to `seq`: the journal is read now. */
  wake(seq: number): void {
    if (seq > this.wanted) this.wanted = seq;
    this.sleep.wake();
  }

  /** Makes `run` end: at the end of the journal, with a snapshot. */
  stop(): void {
    if (this.stopBy < Number.POSITIVE_INFINITY) return;
    this.stopBy = performance.now() + STOP_CATCH_UP_MS;
    this.abandon = setTimeout(() => this.writer.abandon(), STOP_CATCH_UP_MS + STOP_WRITE_MS);
    this.sleep.wake();
  }

  /**
   * Follows until `stop`. Rejects with Divergence, JournalCorrupt, ReadModelTaken or the server’s own error where going on
   * would be wrong; a database that is away is waited for.
   */
  async run(): Promise<void> {
    try {
      this.onApplied(this.appliedSeq);
      this.checkHead();
      for (;;) {
        const before = this.replay.head.lastSeq;
        const stopping = this.stopBy < Number.POSITIVE_INFINITY;
        if (stopping || this.isDue()) await this.catchUp();
        if (!this.writer.isWriting && this.writer.pendingCommands > 0) this.beginFlush();
        if (this.background !== null) throw this.background.error;
        if (stopping) break;
        const askMs = this.replay.head.lastSeq > before ? ASK_MIN_MS : ASK_MAX_MS;
        await this.sleep.for(this.committed === null ? askMs : LOOK_MS);
      }
      await this.flush();
      await this.snapshots.write(this.replay);
    } finally {
      clearTimeout(this.abandon);
      await this.writer.close();
      await this.sql.end({ timeout: 1 });
    }
  }

  private isDue(): boolean {
    if (this.committed === null) return true;
    const { lastSeq } = this.replay.head;
    const waiting = this.committed() - lastSeq;
    if (waiting <= 0) return false;
    return this.wanted > lastSeq || waiting >= DUE_COMMANDS || performance.now() - this.leftEndAt >= this.dueMs;
  }

  /** Replays to the end of the journal. */
  private async catchUp(): Promise<void> {
    this.leftEndAt = performance.now();
    const { lastSeq, hash } = this.replay.head;
    const rows = rowsAhead(readJournal(this.sql, this.shard, lastSeq, { afterHash: hash }));
    try {
      for (let row = await this.next(rows); row !== null; row = await this.next(rows)) {
        this.replay.apply(row, (command, commandAt, events, from, doneAt) =>
          this.writer.add(command, commandAt, events, from, doneAt),
        );
        this.checkHead();
        await this.afterBatch();
        if (performance.now() > this.stopBy) break;
      }
    } finally {
      await rows.return();
    }
    if (this.snapshots.isDue(this.replay.head.lastSeq)) await this.snapshot();
  }

  /** The next batch, or null: the journal ends here, or the database is away and is asked again later. */
  private async next(rows: AsyncGenerator<JournalRow, void, void>): Promise<JournalRow | null> {
    try {
      const { done, value } = await rows.next();
      if (done !== true) return value;
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.onTrouble(`journal: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
    if (this.unchecked !== null) {
      throw new JournalCorrupt(
        `shard ${this.shard}: the journal ends at ${this.replay.head.lastSeq}, and the read model is at ${this.unchecked.seq}`,
      );
    }
    return null;
  }

  private async afterBatch(): Promise<void> {
    const { writer } = this;
    if (!writer.isWriting && writer.pendingRows >= FLUSH_ROWS) this.beginFlush();
    if (writer.pendingRows >= PENDING_ROWS_MAX) await this.flush();
    if (this.background !== null) throw this.background.error;
    if (this.snapshots.isDueByCommands(this.replay.head.lastSeq)) await this.snapshot();
    const now = performance.now();
    if (this.onBehind !== undefined && now - this.leftEndAt > this.onBehind.afterMs) {
      this.onBehind.call();
      this.onBehind = undefined;
    }
    if (now - this.turned < TURN_EVERY_MS) return;
    await turn();
    this.turned = performance.now();
  }

  /** Where an earlier run left the rows, the state must be the one that they were made from. */
  private checkHead(): void {
    const { engine } = this.replay;
    const head = this.unchecked;
    if (head === null || engine.seq < head.seq) return;
    if (engine.seq !== head.seq || engine.digest !== head.digest) {
      throw new Divergence(
        `shard ${this.shard}: the read model at ${head.seq} was made from events with digest ${head.digest}; ` +
          `the journal gives ${engine.digest} at ${engine.seq}`,
      );
    }
    this.unchecked = null;
  }

  /** A failure shows itself at the next batch. */
  private beginFlush(): void {
    this.flush()
      .catch((error: unknown) => {
        this.background ??= { error };
      })
      .finally(() => {
        if (this.background !== null || this.writer.pendingCommands > 0) this.sleep.wake();
      });
  }

  private async flush(): Promise<void> {
    await this.writer.flush(this.replay.engine.seq, this.replay.engine.digest);
    this.onApplied(this.appliedSeq);
  }

  private async snapshot(): Promise<void> {
    await this.flush();
    // While rows of an earlier run are repeated, the head is ahead of the state: there is nothing new to keep.
    if (this.appliedSeq > this.replay.head.lastSeq) return;
    await this.snapshots.write(this.replay);
  }
}
