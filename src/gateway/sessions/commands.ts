import * as R from '../../engines/records/buffer.ts';
import { COMMAND } from '../../engines/records/commands.ts';
import { DONE_COUNT, DONE_FLAGS, DUPLICATE, KEPT_PRIORITY } from '../../engines/records/events.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { Pending } from '../engine-port/enginePort.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { findOrderRecord, orderJson } from '../orders/orderJson.ts';
import { engineRefusal, refusal } from '../orders/refusals.ts';
import type { GatewayContext } from './context.ts';
import { REQUESTS_IN_FLIGHT_MAX, RETRY_AFTER_MS } from './limits.ts';
import type { Session } from './session.ts';

/** A command on its way: one small object a request, and no closure. */
class CommandPending implements Pending {
  private readonly session: Session;
  private readonly id: number;
  private readonly command: number;
  private readonly market: MarketState | undefined;

  constructor(session: Session, id: number, command: number, market: MarketState | undefined) {
    this.session = session;
    this.id = id;
    this.command = command;
    this.market = market;
  }

  done(events: R.RecordBuffer, from: number, doneAt: number): void {
    const { session, id } = this;
    session.inFlight--;
    if (session.closed) return;
    if (events.i32[doneAt + R.CODE] !== 0) session.fail(id, engineRefusal(events, doneAt));
    else session.succeed(id, this.fields(events, from, doneAt));
  }

  private fields(events: R.RecordBuffer, from: number, doneAt: number): string {
    if (this.command === COMMAND.CANCEL_ALL) {
      return `"canceled":${events.i32[doneAt + DONE_COUNT]},"seq":${events.f64[(doneAt + R.SEQ) >> 1]}`;
    }
    const at = findOrderRecord(events, from, doneAt);
    const { market } = this;
    if (market === undefined || at < 0) throw new Error('an accepted order command without its order');
    const flags = events.i32[doneAt + DONE_FLAGS] as number;
    const duplicate = (flags & DUPLICATE) !== 0;
    const withFills = this.command !== COMMAND.CANCEL && !duplicate;
    const order = `"order":${orderJson(events, at, market, withFills, from, doneAt)}`;
    if (this.command === COMMAND.AMEND) return `${order},"keptPriority":${(flags & KEPT_PRIORITY) !== 0}`;
    return duplicate ? `${order},"duplicate":true` : order;
  }
}

/** Whether a request to the engine may be begun; otherwise it is answered. */
export function mayBegin(context: GatewayContext, session: Session, id: number): boolean {
  if (session.inFlight >= REQUESTS_IN_FLIGHT_MAX) {
    const limit = { name: 'requestsInFlight', value: REQUESTS_IN_FLIGHT_MAX };
    session.fail(id, { ...refusal('RATE_LIMITED', '', 'too many requests without an answer'), limit });
    return false;
  }
  if (!context.draining) return true;
  session.refuse(id, 'UNAVAILABLE', '', 'the server is shutting down; nothing was done');
  return false;
}

/** Sends the record at `at`, or answers why it is none. */
export function submit(
  context: GatewayContext,
  session: Session,
  id: number,
  command: number,
  market: MarketState | undefined,
  at: number | WireError,
): void {
  if (typeof at !== 'number') return session.fail(id, at);
  send(context, session, id, at, new CommandPending(session, id, command, market));
}

/** Sends the record at `at`; a full ring is answered. */
export function send(context: GatewayContext, session: Session, id: number, at: number, pending: Pending): boolean {
  if (!context.port.send(at, pending)) {
    session.fail(id, { ...refusal('OVERLOADED'), retryAfterMs: RETRY_AFTER_MS });
    return false;
  }
  session.inFlight++;
  return true;
}
