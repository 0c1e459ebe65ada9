import type { AccountEventsListener, AccountEventsReader, EndOfEvents, JournalEvents } from './accountEvents.ts';
import { RESUMES_MAX, RESUMES_PER_ACCOUNT_MAX } from './limits.ts';
import type { FromResumer, ToResumer } from './messages.ts';

/** The way to a ResumeServer; what is posted arrives in order. */
export interface ResumerLink {
  post(message: ToResumer): void;
  /** Ends it; resolves when it has ended. */
  stop(): Promise<void>;
}
/** Starts a ResumeServer; `lost`: it has ended by itself. */
export type ConnectResumer = (receive: (message: FromResumer) => void, lost: (error: string) => void) => ResumerLink;

type Open = { account: number; listener: AccountEventsListener };

/** Readers of the journal’s events: starts what serves them when the first one comes, and ends it when none has come for a while. */
export class JournalReaders implements JournalEvents {
  private readonly readers = new Map<number, Open>();
  private readonly connect: ConnectResumer;
  private readonly onTrouble: (message: string) => void;
  private link: ResumerLink | undefined;
  private ending: Promise<void> = Promise.resolve();
  private lastId = 0;
  private stopped = false;

  constructor(connect: ConnectResumer, onTrouble: (message: string) => void) {
    this.connect = connect;
    this.onTrouble = onTrouble;
  }

  open(account: number, since: number, listener: AccountEventsListener): AccountEventsReader | undefined {
    let same = 0;
    for (const reader of this.readers.values()) if (reader.account === account) same++;
    if (this.stopped || this.readers.size >= RESUMES_MAX || same >= RESUMES_PER_ACCOUNT_MAX) return undefined;
    const link = this.linked();
    const id = ++this.lastId;
    this.readers.set(id, { account, listener });
    link.post({ type: 'open', id, account, since });
    return {
      more: () => {
        if (this.readers.has(id)) link.post({ type: 'more', id });
      },
      end: () => {
        if (this.readers.delete(id)) link.post({ type: 'end', id });
      },
    };
  }

  /** Ends everything; readers that are open hear nothing more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.readers.clear();
    this.endLink();
    await this.ending;
  }

  private linked(): ResumerLink {
    if (this.link !== undefined) return this.link;
    const link = this.connect(
      (message) => this.link === link && this.receive(message),
      (error) => this.link === link && this.lost(error),
    );
    this.link = link;
    return link;
  }

  private receive(message: FromResumer): void {
    if (message.type === 'trouble') return this.onTrouble(message.message);
    if (message.type === 'idle') {
      if (this.readers.size === 0) this.endLink();
      return;
    }
    const reader = this.readers.get(message.id);
    if (reader === undefined) return;
    if (message.type === 'portion') {
      const { records, upTo } = message;
      const i32 = new Int32Array(records);
      reader.listener.portion({ records: { i32, f64: new Float64Array(records) }, words: i32.length, upTo });
    } else {
      this.readers.delete(message.id);
      reader.listener.ended(message.why);
    }
  }

  private lost(error: string): void {
    this.onTrouble(error);
    this.link = undefined;
    this.endAll('gone');
  }

  private endAll(why: EndOfEvents): void {
    const ended = [...this.readers.values()];
    this.readers.clear();
    for (const { listener } of ended) listener.ended(why);
  }

  private endLink(): void {
    const { link } = this;
    if (link === undefined) return;
    this.link = undefined;
    this.ending = Promise.all([this.ending, link.stop()]).then(() => {});
  }
}
