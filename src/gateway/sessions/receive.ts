import { CLOSE } from '../../protocol/errors.ts';
import { parseRequest } from '../../protocol/requests.ts';
import { refusal } from '../orders/refusals.ts';
import type { GatewayContext } from './context.ts';
import { dispatch } from './dispatch.ts';
import { takeToken } from './frameBudget.ts';
import { FRAMES_HELD_MAX } from './limits.ts';
import { place } from './operations/orders.ts';
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
