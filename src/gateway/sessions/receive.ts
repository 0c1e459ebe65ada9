import { CLOSE } from '../../protocol/errors.ts';
import { BATCH_REQUESTS_MAX, type ParsedRequest, parseRequest } from '../../protocol/requests.ts';
import { refusal } from '../orders/refusals.ts';
import type { GatewayContext } from './context.ts';
import { FRAMES_HELD_MAX } from './limits.ts';
import { auth } from './operations/auth.ts';
import { amend, batch, cancel, cancelAll, place, replace } from './operations/orders.ts';
import { account, order, quote } from './operations/queries.ts';
import { subscribe, unsubscribe } from './operations/subscriptions.ts';
import { isPlainPlace } from './plainPlace.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** Takes one text frame: parsed, counted against the rate, checked against the schema, carried out. */
export function receive(context: GatewayContext, sessions: Sessions, session: Session, frame: string): void {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    session.close(CLOSE.NOT_JSON, 'the frame is not JSON');
    return;
  }
  const limited = takeToken(session, message);
  if (limited > 0) {
    session.fail(idOf(message), { ...refusal('RATE_LIMITED'), retryAfterMs: limited });
    return;
  }
  if (session.held !== undefined) {
    if (session.held.length < FRAMES_HELD_MAX) session.held.push(frame);
    else session.refuse(idOf(message), 'RATE_LIMITED', '', 'too many requests wait for the login');
    return;
  }
  carryOut(context, sessions, session, message);
}

/** As {@link receive}, of a frame that was counted before. */
export function receiveHeld(context: GatewayContext, sessions: Sessions, session: Session, frame: string): void {
  carryOut(context, sessions, session, JSON.parse(frame));
}

function carryOut(context: GatewayContext, sessions: Sessions, session: Session, message: unknown): void {
  if (isPlainPlace(message)) return place(context, session, message);
  const parsed = parseRequest(message);
  if ('op' in parsed) dispatch(context, sessions, session, parsed);
  else {
    const { field, problem } = parsed;
    session.refuse(idOf(message), 'INVALID_REQUEST', field, field === undefined ? problem : `${field}: ${problem}`);
  }
}

/** The id to answer with: whatever integer the frame has, null otherwise. */
function idOf(message: unknown): number | null {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null;
  return Number.isSafeInteger(message.id) ? (message.id as number) : null;
}

/**
 * 0, or ms until the frame’s budget has room. Cancels have their own, so that nobody is locked into orders. A batch costs what
 * its requests would.
 */
function takeToken(session: Session, message: unknown): number {
  const { frames, cancels } = session;
  if (frames === undefined || cancels === undefined) return 0;
  const op = typeof message === 'object' && message !== null && 'op' in message ? message.op : undefined;
  if (op === 'cancel' || op === 'cancelAll') return cancels.take(session.heardAt);
  return frames.take(session.heardAt, op === 'batch' ? batchCost(message) : 1);
}

function batchCost(message: unknown): number {
  const { requests } = message as { requests?: unknown };
  return Array.isArray(requests) ? Math.min(Math.max(requests.length, 1), BATCH_REQUESTS_MAX) : 1;
}

function dispatch(context: GatewayContext, sessions: Sessions, session: Session, message: ParsedRequest): void {
  switch (message.op) {
    case 'place':
      return place(context, session, message);
    case 'cancel':
      return cancel(context, session, message);
    case 'amend':
      return amend(context, session, message);
    case 'cancelAll':
      return cancelAll(context, session, message);
    case 'batch':
      return batch(context, session, message);
    case 'replace':
      return replace(context, session, message);
    case 'quote':
      return quote(context, session, message);
    case 'account':
      return account(context, session, message);
    case 'order':
      return order(context, session, message);
    case 'subscribe':
      return subscribe(context, session, message);
    case 'unsubscribe':
      return unsubscribe(context, session, message);
    case 'auth':
      return auth(context, sessions, session, message);
    case 'ping':
      return session.succeed(message.id, `"time":${context.clock()}`);
    default:
      return unreachable(message);
  }
}

function unreachable(message: never): never {
  throw new Error(`no operation for ${JSON.stringify(message)}`);
}
