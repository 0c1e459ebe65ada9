import { type MessageEvent, WebSocket } from 'k6/websockets';
import type { Answer, Fields, Op } from '../../../src/sdk/connection.ts';
import { AnswerBook, type Waiting } from '../checks/answerBook.ts';
import { now } from '../run/clock.ts';
import { loginLatency, resumeLatency, resumes } from '../run/metrics.ts';
import { tally } from '../run/tally.ts';
import { until } from '../run/waiting.ts';
import { type Channel, channelKey, type StreamMessage } from './channel.ts';

/** An answer before it is known of what. */
type AnyAnswer = { id: number | null; ok: boolean; error?: { code: string; message: string } };
/** How a connection logs in; an empty token is that of the upgrade’s header. */
export type Login = Fields<'auth'>;

const LOGIN_TIMEOUT_MS = 60_000;
const RESUME_TIMEOUT_MS = 60_000;
const TEXT_MAX = 200;

/** One account’s connection, which may be lost and opened again: counts answers, follows its channels. */
export class Client {
  readonly #url: string;
  readonly #login: () => Login;
  readonly #channels = new Map<string, Channel>();
  readonly #answers = new AnswerBook<AnyAnswer>();
  #socket: WebSocket | undefined;
  #isLoggedIn = false;

  /** `login` is asked for at every opening: signatures are of their time. */
  constructor(url: string, login: () => Login, channels: readonly Channel[]) {
    this.#url = `${url.replace('http', 'ws')}/ws/v1`;
    this.#login = login;
    for (const channel of channels) this.#channels.set(channel.key, channel);
  }

  get isLoggedIn(): boolean {
    return this.#isLoggedIn;
  }

  /** Requests without an answer. */
  get waiting(): number {
    return this.#answers.waiting;
  }

  /** Connects, logs in, and subscribes; resumes where it was connected before. False when that fails, which is told. */
  async open(): Promise<boolean> {
    const begunAt = now();
    const isResume = [...this.#channels.values()].some(({ chain }) => chain.complete >= 0);
    const loggedIn = await this.logIn();
    if (loggedIn === undefined) return false;
    if (!loggedIn.ok) return this.#failed('auth', loggedIn.error);
    if (!(await this.subscribe())) return false;
    if (!isResume) return true;
    resumes.add(1);
    resumeLatency.add(now() - begunAt);
    return true;
  }

  /** Connects and tries to log in; undefined where there is no connection, which has been told. */
  async logIn(): Promise<Answer<'auth'> | undefined> {
    const begunAt = now();
    if (!(await this.#connect())) return undefined;
    const answer = await this.ask('auth', this.#login());
    if (!answer.ok) return answer;
    this.#isLoggedIn = true;
    loginLatency.add(now() - begunAt);
    return answer;
  }

  /** Subscribes to its channels, or again with `since`: then it waits until all have caught up. */
  async subscribe(): Promise<boolean> {
    const subscribed = [...this.#channels.values()].map((channel) => ({ channel, request: channel.subscription() }));
    if (subscribed.length === 0) return true;
    const answer = await new Promise<Answer<'subscribe'>>((resolve) => {
      this.send('subscribe', { channels: subscribed.map(({ request }) => request) }, (answer) => {
        // What came until now was of the subscription before; what follows begins where this one asked.
        if (answer.ok) for (const { channel, request } of subscribed) channel.chain.resume(request.since ?? -1);
        resolve(answer);
      });
    });
    if (!answer.ok) return this.#failed('subscribe', answer.error);
    const channels = subscribed.map(({ channel }) => channel);
    const caughtUp = (): boolean => !channels.some(({ chain }) => chain.isResuming);
    if (await until(() => caughtUp() || this.#socket === undefined, RESUME_TIMEOUT_MS)) return caughtUp();
    tally.fault('gaps', `${channels.filter(({ chain }) => chain.isResuming).map(({ key }) => key)} never caught up`);
    return false;
  }

  /** Sends a request; `done` hears its answer, exactly once if the connection lasts. */
  send<O extends Op>(op: O, fields: Fields<O>, done: (answer: Answer<O>) => void): void {
    const sentAt = now();
    // Which shape the answer has is known by the operation.
    const id = this.#answers.add({ op, sentAt, done: done as (answer: AnyAnswer) => void });
    this.#socket?.send(JSON.stringify({ id, op, ...fields }));
    tally.sent();
  }

  ask<O extends Op>(op: O, fields: Fields<O>): Promise<Answer<O>> {
    return new Promise((resolve) => {
      this.send(op, fields, resolve);
    });
  }

  /** Loses the connection, as far as this client can tell: nothing that comes on it is heard any more. */
  drop(): void {
    const socket = this.#socket;
    this.#gone();
    this.#answers.abandon();
    socket?.close();
  }

  /** Ends the connection in peace, once everything before has been answered. */
  async logOut(): Promise<void> {
    const answer = await this.ask('logout', {});
    if (!answer.ok) this.#failed('logout', answer.error);
    this.close();
  }

  /** Ends the connection; what still waits is unanswered for good. */
  close(): void {
    const socket = this.#socket;
    this.#gone();
    this.#unanswered(this.#answers.abandon());
    socket?.close(1000);
  }

  #connect(): Promise<boolean> {
    const socket = new WebSocket(this.#url, null, { tags: {} });
    this.#socket = socket;
    const isOurs = (): boolean => this.#socket === socket;
    let error = 'no reason';
    let isOpen = false;
    socket.onopen = () => (isOpen = true);
    socket.onmessage = (event) => {
      if (isOurs() && event !== undefined) this.#message(event);
    };
    socket.onerror = (event) => (error = event?.error ?? error);
    socket.onclose = () => {
      if (!isOurs()) return;
      this.#gone();
      tally.fault('unexpected_closes', error);
      this.#unanswered(this.#answers.abandon());
    };
    return until(() => isOpen || !isOurs(), LOGIN_TIMEOUT_MS).then(() => isOpen && isOurs());
  }

  #gone(): void {
    this.#socket = undefined;
    this.#isLoggedIn = false;
  }

  #failed(op: string, { code, message }: { code: string; message: string }): false {
    tally.failed(`${op}: ${code} ${message}`);
    return false;
  }

  #unanswered(waiting: readonly Waiting<AnyAnswer>[]): void {
    tally.fault('unanswered', waiting.map(({ op }) => op).join(), waiting.length);
  }

  #message({ data, timestamp }: MessageEvent): void {
    const message: AnyAnswer | StreamMessage = JSON.parse(data as string);
    if ('id' in message) return this.#answer(message, timestamp);
    tally.message();
    this.#channels.get(channelKey(message))?.take(message, timestamp);
  }

  #answer(answer: AnyAnswer, receivedAt: number): void {
    const waiting = this.#answers.answered(answer);
    if (waiting === undefined) {
      return tally.fault('duplicate_answers', JSON.stringify(answer).slice(0, TEXT_MAX));
    }
    tally.answered(receivedAt - waiting.sentAt);
    if (!this.#answers.isInOrder(answer, waiting.op)) {
      tally.fault('out_of_order_answers', `${waiting.op} ${answer.id}`);
    }
    waiting.done(answer);
  }
}
