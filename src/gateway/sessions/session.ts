import { CLOSE, type ErrorCode, type WireError } from '../../protocol/errors.ts';
import type { Identity } from '../auth/identity.ts';
import type { ConnectionBudget } from '../limits/budgets.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { orderAnswerFrame } from '../orders/orderAnswer.ts';
import type { Records } from '../orders/orderJson.ts';
import { refusal } from '../orders/refusals.ts';
import type { Outlet } from '../streams/outlet.ts';
import type { Subscription } from '../streams/subscription.ts';
import { AskedAnswers, failure, type Measures, success } from './answers.ts';
import { BUFFER_MAX, PUBLIC_BUFFER_LOW, PUBLIC_BUFFER_MAX } from './limits.ts';
import type { Flushable, Outbox } from './outbox.ts';
import type { HeldFrame } from './receive.ts';
import type { Transport } from './transport.ts';

/** Codes that say the client does something wrong, not that the market went another way. */
const FAULTS: ReadonlySet<ErrorCode> = new Set(['INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED']);

/**
 * One connection: who it speaks for, what it has asked, what it listens to, and what waits to be written. It knows nothing of
 * the transport but that texts go out.
 *
 * In one turn answers are written before stream messages. Public messages are dropped while the reader is behind, and begin
 * again with a snapshot; nothing else is ever dropped: a reader too far behind is closed.
 */
export class Session implements Outlet, Flushable {
  identity: Identity | undefined;
  inFlight = 0;
  closed = false;
  /** The number under which the engine knows the connection whose end cancels its orders; 0: nothing is canceled. */
  connection = 0;
  /** Frames that came while an `auth` is being checked, or the like. */
  held: HeldFrame[] | undefined;
  readonly transport: Transport;
  readonly subscriptions = new Map<string, Subscription>();
  /** Public subscriptions that missed something. */
  readonly stale = new Set<Subscription>();
  /** undefined: nothing is limited. */
  readonly budget: ConnectionBudget | undefined;
  /** The request that is being carried out only takes orders away: it may use the room that is kept for such. */
  removing = false;
  readonly asked = new AskedAnswers();
  /** ms of `performance.now()` */
  heardAt: number;
  pingedAt = 0;
  private readonly outbox: Outbox;
  private readonly measures: Measures;
  private readonly answers: string[] = [];
  private readonly messages: string[] = [];
  private queuedLength = 0;
  /** Bytes that the peer had not taken when it was last looked at. */
  private unread = 0;
  private queued = false;
  private blocked = false;
  private closing = false;

  constructor(
    transport: Transport,
    outbox: Outbox,
    now: number,
    budget: ConnectionBudget | undefined,
    measures: Measures,
  ) {
    this.transport = transport;
    this.outbox = outbox;
    this.heardAt = now;
    this.budget = budget;
    this.measures = measures;
  }

  /** Queues the answer of a success; `fields` is the inside of an object. */
  succeed(id: number, fields: string): void {
    this.answer(success(id, fields, this.extra(id)));
  }

  /** Queues the answer of an order command that was accepted: see `orderAnswerFrame`. */
  succeedWithOrder(
    id: number,
    events: Records,
    from: number,
    doneAt: number,
    command: number,
    market: MarketState | undefined,
  ): void {
    this.answer(orderAnswerFrame(id, events, from, doneAt, command, market, this.extra(id)));
  }

  /** Queues the answer of a refusal, and closes the connection of a client that does nothing else. */
  fail(id: number | null, error: WireError): void {
    this.answer(failure(id, error, this.extra(id)));
    if (!FAULTS.has(error.code) || this.budget === undefined || this.budget.faults.take(this.heardAt) === 0) return;
    this.close(CLOSE.TOO_MANY_ERRORS, 'too many faulty requests');
  }

  refuse(id: number | null, code: ErrorCode, field?: string, message?: string): void {
    this.fail(id, refusal(code, field, message));
  }

  /** Within the `done` of a command for a request that is answered later: its times are known now only. */
  keepStages(id: number): void {
    this.asked.keepStages(id, this.measures);
  }

  private extra(id: number | null): string {
    return this.asked.take(id, this.budget, this.heardAt, this.measures);
  }

  private answer(text: string): void {
    if (this.closed) return;
    this.answers.push(text);
    this.queue(text.length);
  }

  /** Queues a message that must not be lost. */
  deliver(text: string): void {
    if (this.closed) return;
    this.messages.push(text);
    this.queue(text.length);
  }

  /** Queues a public message, unless the reader is behind; false: it was dropped. */
  offer(text: string): boolean {
    if (this.blocked || this.closed) return false;
    if (this.unread + this.queuedLength > PUBLIC_BUFFER_MAX) {
      this.unread = this.transport.bufferedBytes();
      if (this.unread + this.queuedLength > PUBLIC_BUFFER_MAX) {
        this.blocked = true;
        return false;
      }
    }
    this.messages.push(text);
    this.queue(text.length);
    return true;
  }

  private queue(length: number): void {
    this.queuedLength += length;
    if (this.queued) return;
    this.queued = true;
    this.outbox.add(this);
  }

  /** Writes what waits, answers first. */
  flush(): void {
    this.queued = false;
    if (this.closed) return;
    const { answers, messages } = this;
    for (const message of messages) answers.push(message);
    messages.length = 0;
    this.queuedLength = 0;
    if (answers.length > 0) this.transport.send(answers);
    answers.length = 0;
    if (!this.closed) this.measure();
  }

  /** Every request has its answer, and everything written has been taken by the peer’s network. */
  get isSettled(): boolean {
    return this.inFlight === 0 && this.held === undefined && this.transport.bufferedBytes() === 0;
  }

  /** The transport has room again. */
  drained(): void {
    if (!this.closed) this.measure();
  }

  /** How far behind the reader is, and what follows from it. */
  private measure(): void {
    const buffered = this.transport.bufferedBytes();
    this.unread = buffered;
    if (buffered > BUFFER_MAX) {
      this.close(CLOSE.TOO_SLOW, 'the connection does not read fast enough');
      return;
    }
    if (buffered > PUBLIC_BUFFER_MAX) this.blocked = true;
    if (buffered > PUBLIC_BUFFER_LOW || (!this.blocked && this.stale.size === 0)) return;
    this.blocked = false;
    // A copy: a snapshot that does not fit either goes back into the set.
    const behind = [...this.stale];
    this.stale.clear();
    for (const subscription of behind) subscription.refresh();
  }

  /** Writes what waits, then ends the connection. */
  close(code: number, reason: string): void {
    if (this.closed || this.closing) return;
    this.closing = true;
    if (this.queued) {
      const { answers, messages } = this;
      for (const message of messages) answers.push(message);
      this.transport.send(answers);
    }
    if (!this.closed) this.transport.close(code, reason);
  }

  /** What waits to be written or read, in bytes. */
  get backlog(): number {
    return this.closed ? 0 : this.queuedLength + this.transport.bufferedBytes();
  }

  /** The server ends a subscription. */
  forget(subscription: Subscription): void {
    for (const [key, held] of this.subscriptions) if (held === subscription) this.subscriptions.delete(key);
    subscription.end();
  }

  /** The connection is gone, whoever ended it. */
  ended(): void {
    this.closed = true;
    this.held = undefined;
    this.answers.length = this.messages.length = 0;
    for (const subscription of this.subscriptions.values()) subscription.end();
    this.subscriptions.clear();
    this.stale.clear();
  }
}
