import * as R from '../../engines/records/buffer.ts';
import { COMMAND } from '../../engines/records/commands.ts';
import { DONE_COUNT } from '../../engines/records/events.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { Pending } from '../engine-port/enginePort.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Batch } from '../orders/batch.ts';
import { engineRefusal, refusal } from '../orders/refusals.ts';
import type { GatewayContext } from './context.ts';
import { CANCELS_IN_FLIGHT_MORE, RETRY_AFTER_MS } from './limits.ts';
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
    else if (this.command === COMMAND.CANCEL_ALL || this.command === COMMAND.CANCEL_QUOTES) {
      const canceled = events.i32[doneAt + DONE_COUNT];
      session.succeed(id, `"canceled":${canceled},"seq":${events.f64[(doneAt + R.SEQ) >> 1]}`);
    } else session.succeedWithOrder(id, events, from, doneAt, this.command, this.market);
  }
}

/** A batch on its way: one answer for all of it. */
class BatchPending implements Pending {
  private readonly session: Session;
  private readonly id: number;
  private readonly batch: Batch;

  constructor(session: Session, id: number, batch: Batch) {
    this.session = session;
    this.id = id;
    this.batch = batch;
  }

  done(events: R.RecordBuffer, from: number, doneAt: number): void {
    const { session, id, batch } = this;
    session.inFlight--;
    if (session.closed) return;
    if (events.i32[doneAt + R.CODE] !== 0) return session.fail(id, engineRefusal(events, doneAt));
    batch.done(events, from, doneAt);
    session.succeed(id, batch.results);
  }
}

/** Whether a request to the engine may be begun; otherwise it is answered. A server that drains takes what takes orders away. */
export function mayBegin(context: GatewayContext, session: Session, id: number): boolean {
  const { requestsInFlight } = context.limits;
  const most = session.removing ? requestsInFlight + CANCELS_IN_FLIGHT_MORE : requestsInFlight;
  if (session.inFlight >= most) {
    const limit = { name: session.removing ? 'cancelsInFlight' : 'requestsInFlight', value: most };
    session.fail(id, { ...refusal('RATE_LIMITED', '', 'too many requests without an answer'), limit });
    return false;
  }
  if (!context.draining || session.removing) return true;
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

/** Sends a batch, or answers it at once where none of it can be sent. */
export function submitBatch(context: GatewayContext, session: Session, id: number, batch: Batch): void {
  if (batch.at < 0) session.succeed(id, batch.results);
  else send(context, session, id, batch.at, new BatchPending(session, id, batch));
}

/** Sends the record at `at`; a full ring is answered. */
export function send(context: GatewayContext, session: Session, id: number, at: number, pending: Pending): boolean {
  if (!context.port.send(at, pending, session.removing)) {
    session.fail(id, { ...refusal('OVERLOADED'), retryAfterMs: RETRY_AFTER_MS });
    return false;
  }
  session.inFlight++;
  return true;
}
