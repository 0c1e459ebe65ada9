import { setTimeout as pause } from 'node:timers/promises';
import type { ChannelRequest } from '../protocol/requests.ts';
import { Chain, type ChannelMessage } from './chain.ts';
import { type Answer, type Connection, ConnectionLost, connect, type Fields, type Op } from './connection.ts';

/** Waits between attempts to connect again: the first, and the longest. Each is twice the one before, less a random part. */
const RETRY_MS = 100;
const RETRY_MS_MAX = 5_000;
/** A login is renewed so long before it ends. */
const RENEW_BEFORE_MS = 60_000;

export type ClientOptions = {
  /** The exchange’s, `http://host:port`. */
  url: string;
  /** An access token; asked for with each connection, and when the one before is about to end. */
  token?: () => Promise<string>;
  /** What is listened to; `since` goes on from what an earlier process has seen. */
  channels: readonly ChannelRequest[];
  /** A connection on which nothing has arrived for so long is taken as lost; as of {@link connect} by default. */
  silentMs?: number;
  /** Each message once, in the order of its channel; those of one command follow each other at once. */
  onMessage: (message: ChannelMessage) => void;
  /** On each new connection, logged in, before anything is subscribed: cancel on disconnect, say. */
  prepare?: (connection: Connection) => Promise<void>;
  /** On each new connection, when it is subscribed. */
  onOpen?: () => void;
  /** The connection was lost, and another is on its way. */
  onLost?: (lost: ConnectionLost) => void;
  /** A channel had a gap: something that must not be. It is resumed on a new connection. */
  onGap?: (channel: string) => void;
  /** What is wrong with an attempt to connect that will be repeated. */
  onTrouble?: (error: unknown) => void;
};

/**
 * The exchange as one who stays sees it: a lost connection is opened again, and each channel resumed where it was; one that has
 * fallen silent counts as lost. Requests that a loss leaves without an answer reject with `ConnectionLost`: whether they were
 * carried out is not known.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #chains = new Map<string, Chain>();
  #connection: Connection | undefined;
  #renewal: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(options: ClientOptions) {
    this.#options = options;
    for (const channel of options.channels) this.#chains.set(keyOf(channel), new Chain(channel.since));
  }

  /** Rejects where the first connection does not come about. */
  static async open(options: ClientOptions): Promise<Client> {
    const client = new Client(options);
    const connection = await client.#connect();
    client.#running = client.#stay(connection);
    return client;
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** As {@link Connection.request}; rejects with `ConnectionLost` while there is no connection. */
  request<O extends Op>(op: O, fields: Fields<O>): Promise<Answer<O>> {
    const connection = this.#connection;
    if (connection === undefined) return Promise.reject(new ConnectionLost(1006, 'not connected at the moment'));
    return connection.request(op, fields);
  }

  /** The last complete `seq` of a channel: the `since` of a later process. Undefined: nothing has come yet. */
  seqOf(channel: ChannelRequest): number | undefined {
    const complete = this.#chains.get(keyOf(channel))?.complete ?? -1;
    return complete < 0 ? undefined : complete;
  }

  /** Ends for good. Nothing is canceled where the account logs out; see `logout` in docs/PROTOCOL.md. */
  async close(options: { logout?: boolean } = {}): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#renewal);
    const connection = this.#connection;
    if (connection !== undefined) {
      // The server closes; where it is not asked to, or cannot, we do.
      if (options.logout === true) await connection.request('logout', {}).catch(() => {});
      await connection.close();
    }
    await this.#running;
  }

  /** Cuts the connection as a crash would; it is opened again. */
  cut(): void {
    this.#connection?.terminate();
  }

  async #stay(first: Connection): Promise<void> {
    let connection = first;
    for (;;) {
      const lost = await connection.ended;
      this.#connection = undefined;
      clearTimeout(this.#renewal);
      for (const chain of this.#chains.values()) chain.cut();
      if (this.#closing.signal.aborted) return;
      this.#options.onLost?.(lost);
      const next = await this.#connectAgain();
      if (next === undefined) return;
      connection = next;
    }
  }

  /** Undefined: it is not wanted any more. */
  async #connectAgain(): Promise<Connection | undefined> {
    const { signal } = this.#closing;
    for (let wait = RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, RETRY_MS_MAX)) {
      await pause(wait * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      try {
        const connection = await this.#connect();
        if (!signal.aborted) return connection;
        await connection.close();
      } catch (error) {
        this.#options.onTrouble?.(error);
      }
    }
    return undefined;
  }

  async #connect(): Promise<Connection> {
    const { url, token, channels, prepare, onOpen, silentMs } = this.#options;
    const connection = await connect(silentMs === undefined ? { url } : { url, silentMs });
    try {
      if (token !== undefined) await this.#login(connection, token);
      await prepare?.(connection);
      connection.onMessage((message) => this.#take(connection, message as ChannelMessage));
      if (channels.length > 0) {
        const resumed = channels.map((channel) => {
          const { since: _, ...asked } = channel;
          const since = this.seqOf(channel);
          return since === undefined ? asked : { ...asked, since };
        });
        const answer = await connection.request('subscribe', { channels: resumed });
        if (!answer.ok) throw new Error(`subscribe refused: ${answer.error.code} ${answer.error.message}`);
      }
    } catch (error) {
      connection.terminate();
      await connection.ended;
      for (const chain of this.#chains.values()) chain.cut();
      throw error;
    }
    this.#connection = connection;
    onOpen?.();
    return connection;
  }

  async #login(connection: Connection, token: () => Promise<string>): Promise<void> {
    const answer = await connection.request('auth', { token: await token() });
    if (!answer.ok) throw new Error(`login refused: ${answer.error.code} ${answer.error.message}`);
    clearTimeout(this.#renewal);
    const inMs = Math.max(1_000, answer.expiresAt - Date.now() - RENEW_BEFORE_MS);
    this.#renewal = setTimeout(() => {
      this.#login(connection, token).catch((error: unknown) => this.#options.onTrouble?.(error));
    }, inMs);
    this.#renewal.unref();
  }

  #take(connection: Connection, message: ChannelMessage): void {
    const chain = this.#chains.get(keyOf(message)) ?? this.#chains.get(message.ch);
    if (chain === undefined) return this.#options.onMessage(message);
    const complete = chain.take(message);
    if (complete === undefined) {
      this.#options.onGap?.(keyOf(message));
      connection.terminate();
      return;
    }
    for (const one of complete) this.#options.onMessage(one);
  }
}

type Channel = { ch: string; market?: string | undefined; interval?: string | undefined };

/** What tells channels apart. Messages of `fills` name a market where the subscription is about all. */
const keyOf = ({ ch, market, interval = ch === 'candles' ? '1m' : undefined }: Channel): string =>
  [ch, market, interval].filter((part) => part !== undefined).join(' ');
