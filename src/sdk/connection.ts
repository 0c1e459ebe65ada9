import type * as z from 'zod';
import type { answers, failure } from '../protocol/answers.ts';
import type { Request, request } from '../protocol/requests.ts';
import { cutWhenSilent, SILENT_MS } from './silence.ts';
import { openWebSocket, type WebSocketClient, type WebSocketHandler } from './webSocketClient.ts';

/** Requests without an answer on one connection; beyond it `request` rejects. */
const REQUESTS_IN_FLIGHT_MAX = 65_536;

export type Op = Request['op'];
/** What an operation takes, without `id` and `op`, as the client writes it (defaults left out). */
export type Fields<O extends Op> = Omit<Extract<z.input<typeof request>, { op: O }>, 'id' | 'op'>;
export type Failure = z.infer<typeof failure>;
export type Answer<O extends Op> = z.infer<(typeof answers)[O]> | Failure;
/** Any other message: streams (`ch`), and answers that carry no id. */
export type StreamMessage = Record<string, unknown>;

/** The connection ended before the answer came: whether the request was carried out is not known. */
export class ConnectionLost extends Error {
  readonly code: number;
  constructor(code: number, reason: string) {
    super(`connection closed: ${code}${reason === '' ? '' : ` ${reason}`}`);
    this.name = 'ConnectionLost';
    this.code = code;
  }
}

export type ConnectOptions = {
  /** The exchange's (`http://host:port`) or the socket's own (`ws://host:port/ws/v1`). */
  url: string;
  token?: string;
  headers?: Record<string, string>;
  /** A connection on which nothing has arrived for so long is taken as lost; {@link SILENT_MS} by default. */
  silentMs?: number;
};

/** Opens the exchange's WebSocket, and logs in if there is a token; rejects where either does not come about. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const url = new URL(options.url);
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
    url.pathname = '/ws/v1';
  }
  const connection = new Connection();
  await connection.open(url.href, options.headers);
  cutWhenSilent(connection, options.silentMs ?? SILENT_MS);
  if (options.token === undefined) return connection;
  const answer = await connection.request('auth', { token: options.token });
  if (!answer.ok) {
    await connection.close();
    throw new Error(`login refused: ${answer.error.code} ${answer.error.message}`);
  }
  return connection;
}

/** A method, so that the promise of one operation's answer fits: which shape comes is known by the operation alone. */
type Waiting = { resolve(answer: object): void; reject(error: Error): void };

/** One WebSocket with its requests in flight. Answers are matched by id, everything else goes to the listeners. */
export class Connection implements WebSocketHandler {
  #client: WebSocketClient | undefined;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(message: StreamMessage) => void>();
  #lost: ConnectionLost | undefined;
  #resolveEnded: (end: ConnectionLost) => void = () => {};
  /** Settles when the connection has ended, whoever ended it. */
  readonly ended: Promise<ConnectionLost> = new Promise((resolve) => {
    this.#resolveEnded = resolve;
  });

  /** @internal `connect` calls it. */
  async open(url: string, headers?: Record<string, string>): Promise<void> {
    this.#client = await openWebSocket(url, this, headers);
  }

  /** Sends a request and gives its answer, refusals too; rejects with `ConnectionLost`. Requests of one turn share a write. */
  request<O extends Op>(op: O, fields: Fields<O>): Promise<Answer<O>> {
    return this.#request(op, fields);
  }

  /** `request` for what the types of this version do not know or would not let through. */
  requestUntyped(op: string, fields: Record<string, unknown>): Promise<StreamMessage> {
    return this.#request(op, fields);
  }

  /** The server is trusted to answer in the shape of the operation: `T` is not checked. */
  #request<T extends object>(op: string, fields: object): Promise<T> {
    const client = this.#client;
    if (client === undefined || this.#lost !== undefined) {
      return Promise.reject(this.#lost ?? new Error('the connection is not open'));
    }
    if (this.#waiting.size >= REQUESTS_IN_FLIGHT_MAX) {
      return Promise.reject(new RangeError(`more than ${REQUESTS_IN_FLIGHT_MAX} requests in flight`));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      client.send(JSON.stringify({ id, op, ...fields }));
    });
  }

  /** Sends text as it is: for tests of what a server makes of it. */
  sendText(text: string): void {
    this.#client?.send(text);
  }

  /** Adds a listener for stream messages; the result removes it. */
  onMessage(listener: (message: StreamMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(code = 1000): Promise<ConnectionLost> {
    this.#client?.close(code);
    return this.ended;
  }

  /** Cuts the connection as a crash would; `reason` is what `ended` says then. */
  terminate(reason = ''): void {
    this.#client?.terminate(reason);
  }

  /** Bytes that have arrived, of whatever kind. */
  get receivedBytes(): number {
    return this.#client?.receivedBytes ?? 0;
  }

  /** Asks the server for a sign of life, beside all requests. */
  ping(): void {
    this.#client?.ping();
  }

  /** @internal */
  message(text: string): void {
    const message: StreamMessage = JSON.parse(text);
    const { id } = message;
    const waiting = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (waiting === undefined || typeof id !== 'number') {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    this.#waiting.delete(id);
    waiting.resolve(message);
  }

  /** @internal */
  closed(code: number, reason: string): void {
    const lost = new ConnectionLost(code, reason);
    this.#lost = lost;
    for (const { reject } of this.#waiting.values()) reject(lost);
    this.#waiting.clear();
    this.#resolveEnded(lost);
  }
}
