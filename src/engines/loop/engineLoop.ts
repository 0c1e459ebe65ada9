import type { Engine } from '../engine.ts';
import { assert } from '../growth.ts';
import { BODY, KIND, LENGTH, MARKET, RecordBuffer, SEQ, TIME } from '../records/buffer.ts';
import { COMMAND, FIRST_QUERY } from '../records/commands.ts';
import { type BatchTimes, preciseNow } from './batchTimes.ts';
import type { Ring } from './ring.ts';

/** What a batch is to the journal. */
export type Batch = {
  firstSeq: number;
  lastSeq: number;
  commandCount: number;
  /** Rolling digest of the engine’s events after the last command: followers compare it. */
  outputDigest: number;
  payload: Uint8Array;
};
export interface JournalAppend {
  /** Resolves when the batch is durable; rejects when this process must stop (fenced, corrupt). */
  append(batch: Batch): Promise<void>;
}

/** A batch ends at so many commands, or when its events take so many words: the other batch’s commit is waiting. */
const BATCH_COMMANDS_MAX = 8_192;
const BATCH_EVENT_WORDS_MAX = 1 << 21;
/** So many words of commands are copied at once; a larger command goes alone. */
const GROUP_WORDS = 1_024;
/** Turns of the event loop that find nothing before the thread sleeps while a batch commits: the database needs the processor. */
const COMMIT_TURNS = 40;
/**
 * And otherwise, some 0.3 ms: who sends one order after the other sends the next meanwhile, and does not wait until this thread
 * has been woken (0.04 of 0.56 ms).
 */
const IDLE_TURNS = 200;
const SLEEP_MS = 100;
/** All money is added up before a commit, this often and not with each: it takes as long as there are accounts. */
const AUDIT_EVERY_MS = 1_000;

class OpenBatch {
  readonly commands = new RecordBuffer(1 << 16);
  readonly events = new RecordBuffer(1 << 18);
  count = 0;
  firstSeq = 0;
  published = 0;
  /** When the last of its commands was applied. */
  sequencedAt = 0;

  clear(): void {
    this.commands.clear();
    this.events.clear();
    this.count = 0;
    this.published = 0;
  }
}

/**
 * The one loop of a shard: takes commands from the ring, stamps sequence and time, applies them, appends the batch to the
 * journal, and lets the events out when that commit is confirmed. While one batch commits, the next is applied.
 */
export class EngineLoop {
  private filling = new OpenBatch();
  private spare = new OpenBatch();
  private committing: OpenBatch | undefined;
  private publishing = false;
  private emptyTurns = 0;
  private scheduled = false;
  private auditAt = 0;
  private stopped: (() => void) | undefined;
  private readonly engine: Engine;
  private readonly journal: JournalAppend;
  private readonly input: Ring;
  private readonly output: Ring;
  private readonly now: () => number;
  private readonly onCommitted: (seq: number) => void;
  private readonly times: BatchTimes | undefined;
  private readonly onFatal: (error: unknown) => void;

  constructor(deps: {
    engine: Engine;
    journal: JournalAppend;
    input: Ring;
    output: Ring;
    /** Milliseconds since 1970; the stamped time never goes back, whatever the clock does. */
    now: () => number;
    onCommitted: (seq: number) => void;
    /** Told when each batch was applied and committed. */
    times?: BatchTimes;
    onFatal: (error: unknown) => void;
  }) {
    this.engine = deps.engine;
    this.journal = deps.journal;
    this.input = deps.input;
    this.output = deps.output;
    this.now = deps.now;
    this.onCommitted = deps.onCommitted;
    this.times = deps.times;
    this.onFatal = deps.onFatal;
  }

  start(): void {
    this.schedule();
  }

  /** Resolves when everything in the ring has been applied, committed and published. No producer may write any more. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.stopped = resolve;
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.turn);
  }

  private readonly turn = (): void => {
    this.scheduled = false;
    try {
      if (!this.publishing) this.expire();
      const taken = this.publishing ? 0 : this.fill();
      if (this.committing === undefined && this.filling.events.words > 0) this.commit();
      this.emptyTurns = taken > 0 ? 0 : this.emptyTurns + 1;
    } catch (error) {
      this.onFatal(error);
      return;
    }
    if (this.committing === undefined && this.input.empty && this.stopped !== undefined) return this.stopped();
    if (this.emptyTurns < (this.committing === undefined ? IDLE_TURNS : COMMIT_TURNS)) return this.schedule();
    // A commit under way wakes the loop when it ends; what arrives meanwhile goes into the next one anyway.
    if (this.committing !== undefined) return;
    // Something may expire before.
    this.input.wait(Math.max(0, Math.min(SLEEP_MS, this.engine.nextExpiry - this.now())));
    this.emptyTurns = this.input.empty ? IDLE_TURNS : 0;
    this.schedule();
  };

  /** Orders that are good till a date end by a command like any other: journaled, so that every replica ends them alike. */
  private expire(): void {
    const { engine, filling } = this;
    const time = Math.max(this.now(), engine.time);
    if (engine.nextExpiry > time || filling.count >= BATCH_COMMANDS_MAX) return;
    const at = filling.commands.begin(COMMAND.EXPIRE_ORDERS, BODY);
    filling.commands.i32[at + MARKET] = -1;
    this.apply(at, time);
  }

  /** Stamps the command at `at` of the batch that is being filled, and applies it. */
  private apply(at: number, time: number): void {
    const { engine, filling } = this;
    const { commands } = filling;
    if (filling.count === 0) filling.firstSeq = engine.seq + 1;
    commands.f64[(at + SEQ) >> 1] = engine.seq + 1;
    commands.f64[(at + TIME) >> 1] = time;
    filling.count++;
    engine.apply(commands.i32, commands.f64, at, filling.events);
  }

  /** Applies what is in the ring; returns how many records it took. */
  private fill(): number {
    const { input, filling, engine } = this;
    let taken = 0;
    let time = 0;
    while (filling.count < BATCH_COMMANDS_MAX && filling.events.words < BATCH_EVENT_WORDS_MAX) {
      const position = input.peek();
      if (position < 0) break;
      if ((input.i32[position + KIND] as number) >= FIRST_QUERY) {
        engine.query(input.i32, input.f64, position, filling.events);
        input.advance(position);
        taken++;
      } else {
        if (time === 0) time = Math.max(this.now(), engine.time);
        taken += this.applyGroup(position, time);
      }
    }
    return taken;
  }

  /**
   * Takes commands from `position` of the ring on: those that can be copied in one piece, up to the next query. A copy of each
   * alone would cost its view.
   */
  private applyGroup(position: number, time: number): number {
    const { input, filling } = this;
    const { commands } = filling;
    const written = input.run(position, GROUP_WORDS);
    const most = BATCH_COMMANDS_MAX - filling.count;
    let end = position;
    let count = 0;
    while (end < written && count < most && (input.i32[end + KIND] as number) < FIRST_QUERY) {
      end += input.i32[end + LENGTH] as number;
      count++;
    }
    let at = commands.append(input.i32, position, end);
    input.advanceBy(end - position);
    for (let i = 0; i < count; i++) {
      this.apply(at, time);
      at += commands.i32[at + LENGTH] as number;
    }
    return count;
  }

  private commit(): void {
    const batch = this.filling;
    this.filling = this.spare;
    this.spare = batch;
    this.committing = batch;
    if (batch.count === 0) return this.publish(batch);
    this.audit();
    batch.sequencedAt = preciseNow();
    const lastSeq = batch.firstSeq + batch.count - 1;
    this.journal
      .append({
        firstSeq: batch.firstSeq,
        lastSeq,
        commandCount: batch.count,
        outputDigest: this.engine.digest,
        payload: batch.commands.written(),
      })
      .then(() => {
        this.onCommitted(lastSeq);
        this.times?.write(batch.firstSeq, lastSeq, batch.sequencedAt, preciseNow());
        this.publish(batch);
      })
      .catch((error: unknown) => this.onFatal(error));
  }

  /** Books that do not balance are our fault: the shard stops before they are made durable. */
  private audit(): void {
    if (this.engine.time < this.auditAt) return;
    this.auditAt = this.engine.time + AUDIT_EVERY_MS;
    assert(this.engine.audit().conserved, 'money is conserved');
  }

  /** Lets the events of a committed batch out, in turns while the reader is behind. */
  private publish(batch: OpenBatch): void {
    batch.published = this.output.putSome(batch.events.i32, batch.published, batch.events.words);
    if (batch.published < batch.events.words) {
      this.publishing = true;
      setTimeout(() => this.publish(batch), 1);
      return;
    }
    this.publishing = false;
    batch.clear();
    this.committing = undefined;
    this.emptyTurns = 0;
    // Commit what was applied meanwhile at once: waiting for a turn would cost a round of the event loop.
    if (this.filling.events.words > 0) this.commit();
    this.schedule();
  }
}
