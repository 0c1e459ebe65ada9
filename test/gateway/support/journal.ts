import * as R from '../../../src/engines/records/buffer.ts';
import { acquireEpoch } from '../../../src/persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../../../src/persistence/journal/journalWriter.ts';
import type { EndOfEvents, JournalEvents } from '../../../src/persistence/resume/accountEvents.ts';
import type { JournalReaders } from '../../../src/persistence/resume/journalReaders.ts';
import type { ResumeServerOptions } from '../../../src/persistence/resume/resumeServer.ts';
import type { TestEngine } from '../../http/testEngine.ts';
import { resumerHere } from '../../persistence/support/resuming.ts';
import type { TestDatabase } from '../../support/postgres.ts';

/** Journals what the engine of a test gateway does, and gives it back to those who resume. */
export class TestJournal {
  readonly database: TestDatabase;
  readonly troubles: readonly string[];
  /** Resumes that asked the journal. */
  opened = 0;
  /** Portions that have come. */
  portions = 0;
  /** How those ended that have: by the journal, or closed because they had what they wanted. */
  readonly ends: (EndOfEvents | 'closed')[] = [];
  private readonly writer: JournalWriter;
  private readonly readers: JournalReaders;
  private pending = new R.RecordBuffer();
  private count = 0;
  private digest = 0;
  private appended = 0;
  private appending: Promise<void> | undefined;

  private constructor(database: TestDatabase, writer: JournalWriter, options: Partial<ResumeServerOptions>) {
    this.database = database;
    this.writer = writer;
    const { readers, troubles } = resumerHere(database.sql, options);
    this.readers = readers;
    this.troubles = troubles;
  }

  static async begin(database: TestDatabase, options: Partial<ResumeServerOptions> = {}): Promise<TestJournal> {
    const { epoch, head } = await acquireEpoch(database.sql, 0);
    return new TestJournal(database, new JournalWriter(database.url, 0, epoch, head), options);
  }

  /** For a test gateway’s `journal`. */
  readonly of = (engine: TestEngine): JournalEvents => {
    engine.onCommand = (command, at) => {
      this.pending.append(command.i32, at, at + (command.i32[at] as number));
      this.count++;
      this.digest = engine.engine.digest;
      this.appending ??= this.append();
    };
    return {
      open: (account, since, listener) => {
        this.opened++;
        const reader = this.readers.open(account, since, {
          portion: (portion) => {
            this.portions++;
            listener.portion(portion);
          },
          ended: (why) => {
            this.ends.push(why);
            listener.ended(why);
          },
        });
        if (reader === undefined) return undefined;
        return {
          more: () => reader.more(),
          end: () => {
            this.ends.push('closed');
            reader.end();
          },
        };
      },
    };
  };

  /** Resolves when everything so far is in the journal. */
  async written(): Promise<void> {
    while (this.appending !== undefined) await this.appending;
  }

  async stop(): Promise<void> {
    await this.written();
    await this.readers.stop();
    await this.writer.close();
  }

  private async append(): Promise<void> {
    while (this.count > 0) {
      const { pending, count, digest } = this;
      this.pending = new R.RecordBuffer();
      this.count = 0;
      const firstSeq = this.appended + 1;
      this.appended += count;
      const payload = pending.written();
      await this.writer.append({
        firstSeq,
        lastSeq: this.appended,
        commandCount: count,
        outputDigest: digest,
        payload,
      });
    }
    this.appending = undefined;
  }
}
