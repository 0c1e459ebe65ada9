import { expect } from 'vitest';
import { type Connection, connect } from '../../../src/sdk/connection.ts';
import { exactly } from './exactly.ts';
import { type Message, schemaOf } from './stream.ts';

type Told = { seq: number; text: string };

/** One channel as a careful client keeps it over many connections. */
class Channel {
  readonly ch: string;
  readonly told: Told[] = [];
  /** Where its story begins: the seq of its one snapshot. */
  begin = -1;
  caughtUp = false;
  /** The last seq that is complete: what came of a later one comes again. */
  complete = -1;
  /** Messages of a snapshot after the first one: something was passed over. */
  passedOver = 0;
  private last = -1;

  constructor(ch: string) {
    this.ch = ch;
  }

  take(message: Message, describe: (message: Message) => string): void {
    exactly(schemaOf(message), message);
    if (message.type === 'heartbeat') return;
    if (message.type === 'caught-up') {
      expect(message.seq).toBeGreaterThanOrEqual(this.last);
      this.caughtUp = true;
      this.last = this.complete = message.seq;
      return;
    }
    if (message.type === 'snapshot') {
      if (this.begin >= 0) this.passedOver++;
      this.begin = this.last = this.complete = message.seq;
      this.told.length = 0;
      return;
    }
    expect({ ch: this.ch, seq: message.seq, prev: message.prev }).toMatchObject({ prev: this.last });
    this.last = message.seq;
    this.told.push({ seq: message.seq, text: describe(message) });
    if (message.more !== true) this.complete = message.seq;
  }

  /** The connection is gone. */
  cut(): void {
    this.last = this.complete;
    this.caughtUp = false;
    while ((this.told.at(-1)?.seq ?? -1) > this.complete) this.told.pop();
  }
}

/** Listens to an account’s private channels, and is cut off whenever it is told to; then it resumes. */
export class ResumingReader {
  readonly channels: Record<string, Channel>;
  received = 0;
  isConnected = false;
  private connection: Connection | undefined;
  private readonly describe: (message: Message) => string;
  private wake: () => void = () => {};

  constructor(channels: readonly string[], describe: (message: Message) => string) {
    this.channels = Object.fromEntries(channels.map((ch) => [ch, new Channel(ch)]));
    this.describe = describe;
  }

  /** Nothing happens where it is connected, or about to be. */
  async join(url: string, token: string): Promise<void> {
    if (this.isConnected) return;
    this.isConnected = true;
    const connection = await connect({ url, token }).catch(() => undefined);
    if (connection === undefined) {
      // The exchange is down: another time.
      this.isConnected = false;
      return;
    }
    this.connection = connection;
    connection.onMessage((message) => {
      if (this.connection !== connection) return;
      this.channels[(message as Message).ch]?.take(message as Message, this.describe);
      this.received++;
      this.wake();
    });
    const channels = Object.values(this.channels).map(({ ch, complete }) => ({
      ch,
      ...(complete >= 0 && { since: complete }),
    }));
    const answer = await connection.requestUntyped('subscribe', { channels });
    expect(answer.ok).toBe(true);
  }

  /** Ends the connection as a crash of the client would. */
  cut(): void {
    const { connection } = this;
    if (connection === undefined) return;
    this.connection = undefined;
    this.isConnected = false;
    connection.terminate();
    for (const channel of Object.values(this.channels)) channel.cut();
  }

  /** Resolves when every channel has been told that nothing is missing. */
  async caughtUp(): Promise<void> {
    while (Object.values(this.channels).some(({ caughtUp }) => !caughtUp)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
