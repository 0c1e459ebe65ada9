import { setImmediate as turn } from 'node:timers/promises';
import { Engine } from '../../engines/engine.ts';
import { rowsAhead } from '../follower/rowsAhead.ts';
import { Sleep } from '../follower/sleep.ts';
import type { JournalRow } from '../journal/batch.ts';
import { readJournal } from '../journal/readJournal.ts';
import { isPassing } from '../journal/sqlStates.ts';
import type { Sql } from '../postgres/connect.ts';
import { Divergence, Replay } from '../replay.ts';
import { type EngineFactory, restoreNewest, thisEngine, UnknownVersion } from '../restore.ts';
import type { EndOfEvents } from './accountEvents.ts';
import { reaches, reachOf } from './base.ts';
import { Collector } from './collector.ts';
import { AHEAD_BYTES, IDLE_MS, PAGE_BYTES, RESUMES_ACTIVE_MAX, STALLED_ALONE_MS, STALLED_MS } from './limits.ts';
import type { FromResumer, ToResumer } from './messages.ts';
import { Reader } from './reader.ts';

/** The thread is left to its messages this often while there is work. */
const TURN_EVERY_MS = 5;
/** A database that is away is asked again after so long, and so often: then its readers do better with a snapshot. */
const RETRY_MS = 250;
const ATTEMPTS_MAX = 120;
/** A reader at the end of the journal who wants more than there is hears so after this. */
const TAIL_MS = 10;
/** An engine that stands further back than this before what is asked is worth less than a look for a newer snapshot. */
const NEAR_COMMANDS = 200_000;

/** As the engine’s thread has it, without room in advance for what is to come. */
const smallEngine: EngineFactory = {
  ...thisEngine,
  create: () => new Engine(),
  restore: (snapshot) => Engine.restore(snapshot),
};

export interface ResumeServerOptions {
  sql: Sql;
  shard: number;
  say: (message: FromResumer, handedOver?: ArrayBuffer[]) => void;
  engineFactory?: EngineFactory;
  stalledMs?: number;
  stalledAloneMs?: number;
  idleMs?: number;
}

/**
 * Makes events again from the journal, for readers that each want those of one account after some command. There is one engine:
 * a replay begins at the newest snapshot before what the oldest reader wants, and everybody joins it where it comes to their own
 * beginning. It goes no further than its readers keep up with; one that holds the others up is left behind.
 */
export class ResumeServer {
  private readonly options: ResumeServerOptions;
  private readonly factory: EngineFactory;
  /** In the order of asking; they join a replay from the front. */
  private waiting: Reader[] = [];
  private readonly active = new Map<number, Reader>();
  private readonly collector = new Collector();
  private readonly wake = new Sleep();
  private replay: Replay | undefined;
  private rows: AsyncGenerator<JournalRow, void, void> | undefined;
  /** The replay has come to the end of the journal, as it was then. */
  private atEnd = false;
  private stopping = false;
  /** The replay has just begun where it is best to begin for those who wait. */
  private isFresh = false;
  private attempts = 0;
  private turned = 0;
  private servedAt = performance.now();
  private isIdle = false;

  constructor(options: ResumeServerOptions) {
    this.options = options;
    this.factory = options.engineFactory ?? smallEngine;
  }

  receive(message: ToResumer): void {
    if (message.type === 'open') this.waiting.push(new Reader(message.id, message.account, message.since));
    else if (message.type === 'end') this.leave(message.id);
    else if (message.type === 'stop') this.stopping = true;
    else {
      const reader = this.active.get(message.id);
      if (reader !== undefined) reader.isWaiting = true;
    }
    this.wake.wake();
  }

  /** Serves until it is told to stop. */
  async run(): Promise<void> {
    while (!this.stopping) {
      this.admit();
      if (this.active.size === 0 && this.waiting.length === 0) {
        await this.rest();
        continue;
      }
      this.isIdle = false;
      if (this.active.size > 0) await this.serve();
      else await this.rebase();
      this.servedAt = performance.now();
    }
    await this.rows?.return();
  }

  /** Lets readers join at whose beginning the replay has not passed. */
  private admit(): void {
    while (this.active.size < RESUMES_ACTIVE_MAX) {
      const first = this.waiting[0];
      // Whoever wants older events is not overtaken: the replay ends some day, and the next one begins with those.
      if (first === undefined || !this.canJoin(first)) return;
      this.waiting.shift();
      this.isFresh = false;
      this.active.set(first.id, first);
      this.collector.join(first);
    }
  }

  private canJoin({ since }: Reader): boolean {
    if (this.replay === undefined) return false;
    const ahead = since - this.replay.head.lastSeq;
    return ahead >= 0 && (this.active.size > 0 || this.isFresh || ahead <= NEAR_COMMANDS);
  }

  private leave(id: number): void {
    this.waiting = this.waiting.filter((reader) => reader.id !== id);
    const reader = this.active.get(id);
    if (reader === undefined) return;
    this.active.delete(id);
    this.collector.leave(reader);
  }

  private end(reader: Reader, why: EndOfEvents): void {
    this.leave(reader.id);
    this.options.say({ type: 'ended', id: reader.id, why });
  }

  /** One step: hands over what is due, then replays one batch, or waits for readers. */
  private async serve(): Promise<void> {
    const { head } = this.replay as Replay;
    let isHeldUp = false;
    let wantsMore = false;
    for (const reader of [...this.active.values()]) {
      if (reader.isWaiting && (reader.isFull || (this.atEnd && reader.position < head.lastSeq))) this.handOver(reader);
      // Whoever has everything may not keep the replay from those who want older events; nor by asking for what is yet to come.
      if (this.atEnd && reader.position >= head.lastSeq && this.waiting.length > 0) this.end(reader, 'dropped');
      isHeldUp ||= reader.isFull;
      wantsMore ||= reader.isWaiting;
    }
    if (this.active.size === 0) return;
    if (isHeldUp || (this.atEnd && !wantsMore)) await this.waitForReaders(isHeldUp);
    else await this.advance();
  }

  private handOver(reader: Reader): void {
    const records = reader.take((this.replay as Replay).head.lastSeq);
    reader.isWaiting = false;
    reader.handedAt = performance.now();
    this.options.say({ type: 'portion', id: reader.id, records, upTo: reader.position }, [records]);
  }

  private async waitForReaders(isHeldUp: boolean): Promise<void> {
    const { stalledMs = STALLED_MS, stalledAloneMs = STALLED_ALONE_MS } = this.options;
    const othersWait = this.waiting.length > 0 || (isHeldUp && this.active.size > 1);
    const patience = othersWait ? stalledMs : stalledAloneMs;
    const slow = [...this.active.values()].filter((reader) => !reader.isWaiting && (reader.isFull || !isHeldUp));
    const oldest = slow.reduce((least, { handedAt }) => Math.min(least, handedAt), Number.POSITIVE_INFINITY);
    await this.wake.for(Math.max(0, oldest + patience - performance.now()));
    const until = performance.now() - patience;
    for (const reader of slow) {
      if (!reader.isWaiting && reader.handedAt <= until && this.active.has(reader.id)) this.end(reader, 'dropped');
    }
  }

  /** Replays the next batch, or finds that there is none. */
  private async advance(): Promise<void> {
    const replay = this.replay as Replay;
    try {
      const row = await this.next(replay);
      if (row !== undefined) {
        this.atEnd = false;
        replay.apply(row, this.collector.visit);
        this.attempts = 0;
      } else if (this.atEnd) await this.tellEnd();
      else this.atEnd = true;
    } catch (error) {
      await this.failed(error, [...this.active.values()]);
    }
    if (performance.now() - this.turned < TURN_EVERY_MS) return;
    await turn();
    this.turned = performance.now();
  }

  private async next({ head }: Replay): Promise<JournalRow | undefined> {
    const { sql, shard } = this.options;
    const page = { afterHash: head.hash, limitBytes: PAGE_BYTES };
    this.rows ??= rowsAhead(readJournal(sql, shard, head.lastSeq, page), AHEAD_BYTES);
    const { done, value } = await this.rows.next();
    if (done !== true) return value;
    this.rows = undefined;
    return undefined;
  }

  /** Readers that stand at the end and have asked for more: there is nothing yet. */
  private async tellEnd(): Promise<void> {
    await this.wake.for(TAIL_MS);
    for (const reader of this.active.values()) if (reader.isWaiting) this.handOver(reader);
  }

  /** Begins a replay at the newest state from which every reader that waits can be served. */
  private async rebase(): Promise<void> {
    const { sql, shard, say } = this.options;
    const { waiting } = this;
    // Before the next engine is restored: two of them would be one too many.
    await this.forget();
    try {
      const reach = await reachOf(sql, shard);
      for (const reader of waiting) if (!reaches(reach, reader.since)) this.end(reader, 'gone');
      if (this.waiting.length === 0) return;
      const oldest = this.waiting.reduce((least, { since }) => Math.min(least, since), Number.POSITIVE_INFINITY);
      const onTrouble = (message: string) => say({ type: 'trouble', message });
      const restored = await restoreNewest(sql, shard, {
        engineFactory: this.factory,
        notBeyond: oldest,
        onTrouble,
      });
      this.replay = new Replay(restored.engine, restored.head);
      this.isFresh = true;
    } catch (error) {
      await this.failed(error, waiting);
    }
  }

  /** A database that is away is tried again; otherwise `readers` have come to their end, and the replay, too. */
  private async failed(error: unknown, readers: readonly Reader[]): Promise<void> {
    const final = error instanceof UnknownVersion || error instanceof Divergence || !isPassing(error);
    // Once, not with every attempt.
    if (final || this.attempts === 0) {
      this.options.say({ type: 'trouble', message: error instanceof Error ? error.message : String(error) });
    }
    if (!final && ++this.attempts < ATTEMPTS_MAX) {
      this.rows = undefined;
      return this.wake.for(RETRY_MS);
    }
    this.attempts = 0;
    await this.forget();
    for (const reader of readers) this.end(reader, 'gone');
  }

  private async forget(): Promise<void> {
    const { rows } = this;
    this.replay = undefined;
    this.rows = undefined;
    this.atEnd = false;
    await rows?.return();
  }

  /** The replay stays for a while: who comes next may want to go on from there. */
  private async rest(): Promise<void> {
    const { idleMs = IDLE_MS, say } = this.options;
    const left = this.servedAt + idleMs - performance.now();
    if (this.isIdle || left > 0) return this.wake.for(this.isIdle ? idleMs : left);
    await this.forget();
    this.isIdle = true;
    say({ type: 'idle' });
  }
}
