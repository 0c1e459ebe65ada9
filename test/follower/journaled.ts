import { Engine } from '../../src/engines/engine.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { acquireEpoch } from '../../src/persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../../src/persistence/journal/journalWriter.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { random } from './script.ts';

/** Appends a script to a shard’s journal as the engine’s loop does, in batches of up to 40 commands. */
export class Journaled {
  readonly engine = new Engine();
  readonly script: R.RecordBuffer;
  private readonly writer: JournalWriter;
  private readonly next: () => number;
  private at = 0;

  private constructor(script: R.RecordBuffer, writer: JournalWriter) {
    this.script = script;
    this.writer = writer;
    this.next = random(script.words);
  }

  static async begin({ url, sql }: TestDatabase, script: R.RecordBuffer): Promise<Journaled> {
    const { epoch, head } = await acquireEpoch(sql, 0);
    return new Journaled(script, new JournalWriter(url, 0, epoch, head));
  }

  /** All commands up to `seq`, or to the end. `digest` may lie about what the last batch gave. */
  async append(seq = Number.POSITIVE_INFINITY, digest = (honest: number) => honest): Promise<void> {
    const { script, engine } = this;
    const events = new R.RecordBuffer();
    while (this.at < script.words && engine.seq < seq) {
      const from = this.at;
      const firstSeq = engine.seq + 1;
      const size = 1 + Math.floor(this.next() * 40);
      while (this.at < script.words && engine.seq < seq && engine.seq - firstSeq + 1 < size) {
        events.clear();
        engine.apply(script.i32, script.f64, this.at, events);
        this.at += script.i32[this.at + R.LENGTH] as number;
      }
      const ended = this.at >= script.words || engine.seq >= seq;
      await this.writer.append({
        firstSeq,
        lastSeq: engine.seq,
        commandCount: engine.seq - firstSeq + 1,
        outputDigest: ended ? digest(engine.digest) : engine.digest,
        payload: script.bytes.slice(from * 4, this.at * 4),
      });
    }
  }

  close(): Promise<void> {
    return this.writer.close();
  }
}
