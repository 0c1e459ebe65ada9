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
  /** Hears which process of the server writes, when it is another than before. */
  onProcess?: (pid: number) => void;
}

const STATEMENT_TIMEOUT_MS = 120_000;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2_000;

/**
 * Collects the rows of commands and writes them, a batch at a time, on one connection of its own: while one batch is being
 * written the next is collected.
 *
 * Its commits wait for the disk although its rows could be made again: with one commit for thousands of rows that costs
 * nothing, and a head that a crash of the server takes back would have to be noticed and followed back.
 */
export class ReadModelWriter {
  private readonly sql: Sql;
  private readonly shard: number;
  private readonly prices: PriceTracker;
  private readonly onTrouble: (message: string) => void;
  private readonly onProcess: (pid: number) => void;
  private process: number | undefined;
  /** What the rows cover, once the writes under way are done. */
  private target: ReadModelHead;
  private batch: ReadModelBatch;
  /** The newest write, which waits for those before it. */
  private last = Promise.resolve();
  private queued = 0;
  private closed = false;
  /** What the rows cover. */
  head: ReadModelHead;

  private constructor(
    sql: Sql,
    shard: number,
    head: ReadModelHead,
    image: EngineImage,
    options: ReadModelWriterOptions,
  ) {
    this.sql = sql;
    this.shard = shard;
    this.head = head;
    this.target = head;
    this.batch = new ReadModelBatch(head.seq);
    this.prices = new PriceTracker(image);
    this.onTrouble = options.onTrouble ?? (() => {});
    this.onProcess = options.onProcess ?? (() => {});
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
    const sql = connect(withGenericPlans(url), {
      max: 1,
      applicationName: `brier-read-model-${shard}`,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      arrays: false,
    });
    try {
      return new ReadModelWriter(sql, shard, await readHead(sql, shard), image, options);
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
    return this.queued > 0;
  }

  /** Takes one command with its events, which are those from `from` to the DONE at `doneAt`. */
  add(command: Records, commandAt: number, events: Records, from: number, doneAt: number): void {
    const known = (events.f64[(doneAt + SEQ) >> 1] as number) <= this.target.seq;
    if (!known) this.batch.add(command, commandAt, events, from, doneAt);
    this.prices.add(events, from, doneAt, known ? null : this.batch.points);
  }

  /**
   * Begins to write all that was added so far, which ends with `seq`, where the engine's digest is `digest`; after the writes
   * before it. Resolves when `head` is there. Rejects when the rows cannot be written: the writer is then finished.
   */
  flush(seq: number, digest: number): Promise<void> {
    if (seq <= this.target.seq) return this.last;
    const { batch } = this;
    const base = this.target.seq;
    const target = { seq, digest };
    this.batch = new ReadModelBatch(seq);
    this.target = target;
    this.queued++;
    this.last = this.last
      .then(() => this.write(batch, base, target))
      .finally(() => {
        this.queued--;
      });
    return this.last;
  }

  /** Gives a write up that is waiting for the database: it rejects. */
  abandon(): void {
    this.closed = true;
  }

  /** Ends the connection; what was not flushed is left for the next start. */
  async close(): Promise<void> {
    this.closed = true;
    await this.last.catch(() => {});
    await this.sql.end({ timeout: 1 });
  }

  /** A lost answer leaves the write in doubt: the head says whether it was done. */
  private async write(batch: ReadModelBatch, base: number, target: ReadModelHead): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        const written = await batch.write(this.sql, this.shard, target.seq, target.digest);
        if (written === undefined) await this.settle(base, target);
        else if (written !== this.process) {
          this.process = written;
          this.onProcess(written);
        }
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

/**
 * A plan made for the size of one batch may read a whole table for the next: the generic one looks every row up, whatever
 * their number.
 */
function withGenericPlans(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}plan_cache_mode=force_generic_plan`;
}
