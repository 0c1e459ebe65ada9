import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { assertSafeState, SAFETY_QUERY, type ServerState } from '../postgres/safety.ts';
import { type Batch, batchHash, type JournalHead } from './batch.ts';
import { BinaryConnection, type BinaryConnectionOptions } from './binaryConnection.ts';
import { Fenced, JournalClosed, JournalCorrupt } from './errors.ts';
import { isPassing } from './sqlStates.ts';
import { APPEND, appendValues, SETTLE } from './statements.ts';

/** Something that the writer will try again, and that an operator wants to hear of. */
export interface JournalTrouble {
  message: string;
  /** Attempts so far at this batch. */
  attempt: number;
  retryInMs: number;
}

export interface JournalWriterOptions {
  onTrouble?: (trouble: JournalTrouble) => void;
  /** The server gives a statement up after this time, and we a silent connection a little later. */
  statementTimeoutMs?: number;
  connectTimeoutMs?: number;
}

const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const BACKOFF_FIRST_MS = 10;
/** Attempts go on at this pace until the database is back or the writer is closed: an answer is never guessed. */
const BACKOFF_MAX_MS = 1_000;
const UINT32_MAX = 0xffff_ffff;

/**
 * Appends batches to one shard's journal, on one connection of its own, one at a time.
 *
 * An append is one statement that moves the head only from exactly where this writer left it, in this writer's epoch,
 * and inserts the batch with it. When its answer is lost the identical statement is sent again, and either applies, or
 * finds the head moved. Then the journal is asked: this very batch is there, byte for byte (it was committed before
 * the answer was lost), or a higher epoch is (Fenced). The first statement may even still be running on the server
 * then: whichever comes second moves nothing.
 *
 * After Fenced, JournalCorrupt or UnsafeDatabase the writer is finished.
 */
export class JournalWriter {
  #url: string;
  #shard: number;
  #epoch: number;
  #head: JournalHead;
  #options: BinaryConnectionOptions;
  #onTrouble: (trouble: JournalTrouble) => void;
  #connection: BinaryConnection | null = null;
  #opened = 0;
  #inFlight: Promise<void> | null = null;
  #closed = new AbortController();
  #finished = false;

  constructor(url: string, shard: number, epoch: number, head: JournalHead, options: JournalWriterOptions = {}) {
    this.#url = url;
    this.#shard = shard;
    this.#epoch = epoch;
    this.#head = head;
    this.#onTrouble = options.onTrouble ?? (() => {});
    this.#options = {
      applicationName: `brier-journal-${shard}`,
      statementTimeoutMs: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
      connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    };
  }

  /** The last batch known to be durable. */
  get head(): JournalHead {
    return this.#head;
  }

  /**
   * Resolves when the batch is durably committed. Rejects with Fenced (another owner has the shard, and the batch is not
   * in it), JournalCorrupt, UnsafeDatabase, JournalClosed, or the server's own error where trying again cannot help.
   */
  async append(batch: Batch): Promise<void> {
    assert(!this.#finished, 'append to a journal writer that has failed or was closed');
    assert(this.#inFlight === null, 'two appends at once');
    assert(batch.firstSeq === this.#head.lastSeq + 1, `batch starts at ${batch.firstSeq} after ${this.#head.lastSeq}`);
    assert(batch.lastSeq >= batch.firstSeq, `batch ${batch.firstSeq} ends at ${batch.lastSeq}`);
    assert(Number.isInteger(batch.outputDigest) && batch.outputDigest >= 0 && batch.outputDigest <= UINT32_MAX);
    this.#inFlight = this.#append(batch);
    try {
      await this.#inFlight;
    } catch (error) {
      this.#finished = true;
      throw error;
    } finally {
      this.#inFlight = null;
    }
  }

  /** Waits for an append whose statement is under way, but no longer for a database that is away. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#inFlight?.catch(() => {});
    this.#finished = true;
    await this.#connection?.close();
    this.#connection = null;
  }

  async #append(batch: Batch): Promise<void> {
    const hash = batchHash(this.#shard, this.#epoch, this.#head.hash, batch);
    const values = appendValues(this.#shard, this.#epoch, this.#head, batch, hash);
    for (let attempt = 1; ; attempt++) {
      try {
        if (await this.#attempt(values)) break;
      } catch (error) {
        if (!isPassing(error)) throw error;
        await this.#pause(error, attempt);
      }
    }
    this.#head = { lastSeq: batch.lastSeq, hash };
  }

  /** True when the batch is in the journal; throws Fenced or JournalCorrupt when it can never be. */
  async #attempt(values: unknown[]): Promise<boolean> {
    this.#connection ??= await this.#open();
    const { rowCount } = await this.#connection.execute('append', APPEND, values);
    if (rowCount === 1) return true;
    const { rows } = await this.#connection.execute('settle', SETTLE, values);
    const state = rows[0];
    if (state?.is_present === true) return true;
    const epoch = Number(state?.epoch ?? 0);
    if (epoch > this.#epoch) {
      throw new Fenced(`shard ${this.#shard} is owned by epoch ${epoch}; this writer had epoch ${this.#epoch}`);
    }
    throw new JournalCorrupt(
      `shard ${this.#shard}: the journal ends at ${state?.last_seq ?? 0} in epoch ${epoch}, where this writer had committed ` +
        `up to ${this.#head.lastSeq} in epoch ${this.#epoch}: the database has gone back, or somebody has written to it`,
    );
  }

  async #open(): Promise<BinaryConnection> {
    const connection = await BinaryConnection.open(this.#url, this.#opened++, this.#options);
    try {
      const { rows } = await connection.execute('safety', SAFETY_QUERY, []);
      assertSafeState(rows[0] as unknown as ServerState);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** Gives the connection up and waits before the next attempt, unless the writer is closed meanwhile. */
  async #pause(error: unknown, attempt: number): Promise<void> {
    this.#connection?.destroy();
    this.#connection = null;
    const message = error instanceof Error ? error.message : String(error);
    const retryInMs = Math.min(BACKOFF_FIRST_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS);
    if (!this.#closed.signal.aborted) this.#onTrouble({ message, attempt, retryInMs });
    await delay(retryInMs, undefined, { signal: this.#closed.signal }).catch(() => {
      throw new JournalClosed(`closed while a batch of shard ${this.#shard} was in doubt: ${message}`);
    });
  }
}
