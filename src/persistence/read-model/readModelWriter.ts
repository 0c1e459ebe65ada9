import { setTimeout as delay } from 'node:timers/promises';
import type { EngineImage } from '../../engines/image.ts';
import { SEQ } from '../../engines/records/buffer.ts';
import { isPassing } from '../journal/sqlStates.ts';
import { connect, type Sql } from '../postgres/connect.ts';
import { type ReadModelHead, readHead } from './head.ts';
import { PriceTracker } from './priceTracker.ts';
import { ReadModelBatch } from './readModelBatch.ts';
import type { Records } from './records.ts';

/** Another process writes the read model of this shard: this one must stop. */
export class ReadModelTaken extends Error {
  override name = 'ReadModelTaken';
}

export interface ReadModelWriterOptions {
  /** Hears of a write that is tried again. */
  onTrouble?: (message: string) => void;
}

const STATEMENT_TIMEOUT_MS = 120_000;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2_000;

/**
 * Collects the rows of commands and writes them, a batch at a time, on one connection of its own: while one batch is
 * being written the next is collected.
 *
 * Its commits do not wait for the disk (`synchronous_commit=off`): the rows can be made again from the journal, and a
 * crash of the server loses at most the last ones together with their head, so the follower goes on from there. The
 * write-ahead log is one sequence, so a snapshot that is durable has every row up to its own commit durable before it.
 */
export class ReadModelWriter {
  private readonly sql: Sql;
  private readonly shard: number;
  private readonly prices: PriceTracker;
  private readonly onTrouble: (message: string) => void;
  /** What the rows cover, once the write under way is done. */
  private target: ReadModelHead;
  private batch = new ReadModelBatch();
  private writing: Promise<void> | null = null;
  private failure: unknown = null;
  private closed = false;
  /** What the rows cover. */
  head: ReadModelHead;

  private constructor(
    sql: Sql,
    shard: number,
    head: ReadModelHead,
    image: EngineImage,
    onTrouble: (message: string) => void,
  ) {
    this.sql = sql;
    this.shard = shard;
    this.head = head;
    this.target = head;
    this.prices = new PriceTracker(image);
    this.onTrouble = onTrouble;
  }

  /**
   * `image` is the engine's state before the first command that will be added. It may be older than the head: commands up
   * to the head change what is known of prices, but write no rows.
   */
  static async open(
    url: string,
    shard: number,
    image: EngineImage,
    options: ReadModelWriterOptions = {},
  ): Promise<ReadModelWriter> {
    const sql = connect(withoutWaitingForTheDisk(url), {
      max: 1,
      applicationName: `brier-read-model-${shard}`,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      arrays: false,
    });
    try {
      return new ReadModelWriter(sql, shard, await readHead(sql, shard), image, options.onTrouble ?? (() => {}));
    } catch (error) {
      await sql.end({ timeout: 0 });
      throw error;
    }
  }

  /** Commands collected and not yet given to a write. */
  get pendingCommands(): number {
    return this.batch.commands;
  }

  get pendingRows(): number {
    return this.batch.rows;
  }

  get isWriting(): boolean {
    return this.writing !== null;
  }

  /** Takes one command with its events, which are those from `from` to the DONE at `doneAt`. */
  add(command: Records, commandAt: number, events: Records, from: number, doneAt: number): void {
    const known = (events.f64[(doneAt + SEQ) >> 1] as number) <= this.target.seq;
    if (!known) this.batch.add(command, commandAt, events, from, doneAt);
    this.prices.add(events, from, doneAt, known ? null : this.batch.points);
  }

  /**
   * Begins to write all that was added, which ends with `seq`, where the engine's digest is `digest`; when an earlier
   * write is under way, after it. Resolves when `head` is there. Rejects when the rows cannot be written: the writer is
   * then finished.
   */
  async flush(seq: number, digest: number): Promise<void> {
    while (this.writing !== null) await this.writing;
    if (this.failure !== null) throw this.failure;
    if (seq <= this.target.seq) return;
    const batch = this.batch;
    const base = this.target.seq;
    this.batch = new ReadModelBatch();
    this.target = { seq, digest };
    this.writing = this.write(batch, base, this.target);
    try {
      await this.writing;
    } catch (error) {
      this.failure = error;
      throw error;
    } finally {
      this.writing = null;
    }
  }

  /** Ends the connection; what was not flushed is left for the next start. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writing?.catch(() => {});
    await this.sql.end({ timeout: 1 });
  }

  /** A lost answer leaves the write in doubt: the head says whether it was done. */
  private async write(batch: ReadModelBatch, base: number, target: ReadModelHead): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        const written = await batch.write(this.sql, this.shard, base, target.seq, target.digest);
        if (!written) await this.settle(base, target);
        this.head = target;
        return;
      } catch (error) {
        if (this.closed || error instanceof ReadModelTaken || !isPassing(error)) throw error;
        this.onTrouble(`read model: ${error instanceof Error ? error.message : String(error)}`);
        await delay(Math.min(BACKOFF_FIRST_MS * 2 ** attempt, BACKOFF_MAX_MS));
      }
    }
  }

  private async settle(base: number, target: ReadModelHead): Promise<void> {
    const head = await readHead(this.sql, this.shard);
    if (head.seq === target.seq && head.digest === target.digest) return;
    throw new ReadModelTaken(
      `the read model of shard ${this.shard} is at ${head.seq}, where this follower had left it at ${base}: ` +
        'another follower writes it, or the database has gone back',
    );
  }
}

function withoutWaitingForTheDisk(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}synchronous_commit=off`;
}
