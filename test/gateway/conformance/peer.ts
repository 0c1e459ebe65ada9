import type { Message, TestGateway } from '../support/gateway.ts';

export type End = { code: number; reason: string };

/** How a connection is opened: headers of its first request, and where to, if not straight to the gateway. */
export type Opening = { token?: string; headers?: Record<string, string>; url?: string };

/** A way to reach the exchange. */
export type Wire = { name: string; open(gateway: TestGateway, opening?: Opening): Promise<Peer> };

/** A client of one connection: what it is told, in the order in which it arrives, and how it ended. */
export abstract class Peer {
  /** Everything but heartbeats: they come when they come. */
  readonly log: Message[] = [];
  private readonly beats: Message[] = [];
  private taken = 0;
  readonly ended: Promise<End>;
  protected readonly end: (end: End) => void;
  private waiting: (() => void)[] = [];

  constructor() {
    let end: (end: End) => void = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.end = end;
  }

  /** Sends a request as it is and gives its answer; never settles where none comes. */
  abstract ask(request: unknown): Promise<Message>;
  /** Sends what stands for a request as text, whether it is JSON or not. */
  abstract text(request: string): void;
  abstract close(): void;

  protected heard(message: Message): void {
    (message.type === 'heartbeat' ? this.beats : this.log).push(message);
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  async ok(request: object): Promise<Message> {
    const answer = await this.ask(request);
    if (answer.ok !== true) throw new Error(`refused: ${JSON.stringify([request, answer])}`);
    return answer;
  }

  /** The first message, past or to come, that fits. */
  until(fits: (message: Message) => boolean): Promise<Message> {
    return this.found(this.log, fits);
  }

  /** The first heartbeat of a channel, past or to come. */
  beat(ch: string): Promise<Message> {
    return this.found(this.beats, (beat) => beat.ch === ch);
  }

  /** Hands over the stream messages that were not yet handed over, past and to come, until there are enough. */
  async follow(take: (message: Message) => void, enough: () => boolean): Promise<void> {
    while (!enough()) {
      while (this.taken === this.log.length) await this.more();
      const message = this.log[this.taken++];
      if (message.ch !== undefined) take(message);
    }
  }

  private async found(messages: readonly Message[], fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = messages.find(fits);
      if (found !== undefined) return found;
      await this.more();
    }
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  of(ch: string): Message[] {
    return this.log.filter((message) => message.ch === ch);
  }
}
