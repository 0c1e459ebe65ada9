import type { Sql } from '../../../src/persistence/postgres/connect.ts';
import type { AccountEventsReader, EndOfEvents, Portion } from '../../../src/persistence/resume/accountEvents.ts';
import { JournalReaders } from '../../../src/persistence/resume/journalReaders.ts';
import { ResumeServer, type ResumeServerOptions } from '../../../src/persistence/resume/resumeServer.ts';

/** Readers of a journal whose server runs on the test’s own thread; messages take a turn, as between threads. */
export function resumerHere(
  sql: Sql,
  options: Partial<ResumeServerOptions> = {},
): { readers: JournalReaders; troubles: string[]; running: () => number } {
  const troubles: string[] = [];
  let running = 0;
  const readers = new JournalReaders(
    (receive, lost) => {
      running++;
      const server = new ResumeServer({
        sql,
        shard: 0,
        say: (message) => {
          setImmediate(() => receive(structuredClone(message)));
        },
        ...options,
      });
      const ended = server.run().catch((error: unknown) => lost(String(error)));
      return {
        post: (message) => {
          setImmediate(() => server.receive(message));
        },
        stop: async () => {
          server.receive({ type: 'stop' });
          await ended;
          running--;
        },
      };
    },
    (message) => troubles.push(message),
  );
  return { readers, troubles, running: () => running };
}

/** Reads an account’s events portion by portion. */
export class TestReader {
  readonly portions: Portion[] = [];
  upTo = 0;
  end: EndOfEvents | undefined;
  readonly reader: AccountEventsReader | undefined;
  private wake: () => void = () => {};

  constructor(readers: JournalReaders, account: number, since: number) {
    this.reader = readers.open(account, since, {
      portion: (portion) => {
        this.portions.push(portion);
        this.upTo = portion.upTo;
        this.wake();
      },
      ended: (why) => {
        this.end = why;
        this.wake();
      },
    });
  }

  /** Resolves with the next thing that comes: a portion, or the end. */
  async next(): Promise<void> {
    const had = this.portions.length;
    while (this.portions.length === had && this.end === undefined) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Reads until everything up to `seq` has come, and closes. */
  async to(seq: number): Promise<this> {
    if (this.portions.length === 0) await this.next();
    while (this.upTo < seq && this.end === undefined) {
      this.reader?.more();
      await this.next();
    }
    this.reader?.end();
    return this;
  }
}
