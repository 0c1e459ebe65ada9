import { expect } from 'vitest';
import type * as z from 'zod';
import { answers, failure } from '../../../src/protocol/answers.ts';
import type { WireError } from '../../../src/protocol/errors.ts';
import { loginView } from '../../../src/protocol/http.ts';
import type { ChannelRequest } from '../../../src/protocol/requests.ts';
import { type Connection, connect, type Fields, type Op } from '../../../src/sdk/connection.ts';
import type { Exchange } from '../../support/exchangeProcess.ts';
import { Api } from './api.ts';
import { exactly } from './exactly.ts';
import { type Message, Stream } from './stream.ts';

export type Login = z.output<typeof loginView>;
export type Success<O extends Op> = z.output<(typeof answers)[O]>;

export const PASSWORD = 'a password of the tests';

/** Creates an account. */
export const register = (url: string, username: string): Promise<Login> =>
  new Api(url).call(loginView, 201, 'POST', '/auth/register', { username, password: PASSWORD });

export const login = (url: string, username: string, password = PASSWORD): Promise<Login> =>
  new Api(url).call(loginView, 200, 'POST', '/auth/login', { username, password });

/** One account over WebSocket and HTTP; every answer has exactly its documented shape. */
export class Client {
  readonly login: Login;
  readonly api: Api;
  readonly connection: Connection;
  readonly #streams = new Map<string, Stream>();

  constructor(login: Login, api: Api, connection: Connection) {
    this.login = login;
    this.api = api;
    this.connection = connection;
    connection.onMessage((message) => this.#take(message as Message));
  }

  static async open(url: string, login: Login): Promise<Client> {
    const { accessToken } = login;
    return new Client(login, new Api(url, accessToken), await connect({ url, token: accessToken }));
  }

  static async register({ url }: Exchange, username: string): Promise<Client> {
    return Client.open(url, await register(url, username));
  }

  static async operator(exchange: Exchange): Promise<Client> {
    const { username, password } = exchange.operator();
    return Client.open(exchange.url, await login(exchange.url, username, password));
  }

  get token(): string {
    return this.login.accessToken;
  }

  /** A request that succeeds. */
  async ask<O extends Op>(op: O, fields: Fields<O>): Promise<Success<O>> {
    const answer: unknown = await this.connection.request(op, fields);
    return exactly(answers[op], answer) as Success<O>;
  }

  /** A request that is refused. */
  async refused(op: string, fields: Record<string, unknown>): Promise<WireError> {
    const answer = exactly(failure, await this.connection.requestUntyped(op, fields));
    return answer.error as WireError;
  }

  /** Places an order that is taken. */
  async place(fields: Fields<'place'>): Promise<Success<'place'>['order']> {
    const { order } = await this.ask('place', fields);
    return order;
  }

  async subscribe(channels: ChannelRequest[]): Promise<Success<'subscribe'>> {
    // Before they are subscribed: the first messages come right behind the answer.
    for (const { ch, market } of channels) this.#streams.set(keyOf(ch, market), new Stream());
    return this.ask('subscribe', { channels });
  }

  /** A channel that was subscribed. */
  stream(ch: string, market?: string): Stream {
    const stream = this.#streams.get(keyOf(ch, market));
    if (stream === undefined) throw new Error(`${keyOf(ch, market)} was not subscribed`);
    return stream;
  }

  close(): Promise<unknown> {
    return this.connection.close();
  }

  #take(message: Message): void {
    expect(message.ch, JSON.stringify(message)).toBeTypeOf('string');
    // That it is about to end the server tells everybody.
    if (message.ch === 'server') return;
    this.stream(message.ch, message.market).take(message);
  }
}

const PRIVATE = new Set(['orders', 'fills', 'account', 'quotes']);

/** Private channels are subscribed for all markets here. */
const keyOf = (ch: string, market: string | undefined): string =>
  market === undefined || PRIVATE.has(ch) ? ch : `${ch} ${market}`;
