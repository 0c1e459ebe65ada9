import { CLOSE } from '../../protocol/errors.ts';
import { parseRequest } from '../../protocol/requests.ts';
import { refusal } from '../orders/refusals.ts';
import type { GatewayContext } from './context.ts';
import { dispatch } from './dispatch.ts';
import { takeToken } from './frameBudget.ts';
import { FRAMES_HELD_MAX } from './limits.ts';
import { place } from './operations/orders.ts';
import { quotes } from './operations/quotes.ts';
import { isPlainPlace } from './plainPlace.ts';
import { isPlainQuotes } from './plainQuotes.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** A frame that waits. `as`: the id of its answer, where the transport tells answers apart by its own numbers. */
export type HeldFrame = { text: string; as: number | undefined };

/** Takes one text frame: parsed, counted against the rate, checked against the schema, carried out. */
export function receive(context: GatewayContext, sessions: Sessions, session: Session, frame: string): void {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    session.close(CLOSE.NOT_JSON, 'the frame is not JSON');
    return;
  }
  accept(context, sessions, session, message, frame, undefined);
}

/** As {@link receive}, of a frame that the transport has parsed; with `as` the answer’s id is that, whatever the message’s. */
export function accept(
  context: GatewayContext,
  sessions: Sessions,
  session: Session,
  message: unknown,
  text: string,
  as: number | undefined,
): void {
  session.asked.note(message, as === undefined ? idOf : () => as, session.heardAt, context.latency);
  if (session.held !== undefined) {
    if (session.held.length < FRAMES_HELD_MAX) session.held.push({ text, as });
    else session.refuse(as ?? idOf(message), 'RATE_LIMITED', '', 'too many requests wait for the one before them');
    return;
  }
  pay(context, sessions, session, message, as);
}

/** As {@link accept}, of a frame that has waited: it is paid for now, by the account that it is for. */
export function acceptHeld(context: GatewayContext, sessions: Sessions, session: Session, held: HeldFrame): void {
  pay(context, sessions, session, JSON.parse(held.text), held.as);
}

function pay(
  context: GatewayContext,
  sessions: Sessions,
  session: Session,
  message: unknown,
  as: number | undefined,
): void {
  const limited = takeToken(session, message);
  if (limited === 0) carryOut(context, sessions, session, message, as);
  else session.fail(as ?? idOf(message), { ...refusal('RATE_LIMITED'), retryAfterMs: limited });
}

function carryOut(
  context: GatewayContext,
  sessions: Sessions,
  session: Session,
  message: unknown,
  as: number | undefined,
): void {
  if (as !== undefined) renumber(message, as);
  if (isPlainPlace(message)) return place(context, session, message);
  if (isPlainQuotes(message)) return quotes(context, session, message);
  const parsed = parseRequest(message);
  if ('op' in parsed) dispatch(context, sessions, session, parsed);
  else {
    const { field, problem } = parsed;
    session.refuse(
      as ?? idOf(message),
      'INVALID_REQUEST',
      field,
      field === undefined ? problem : `${field}: ${problem}`,
    );
  }
}

/** Gives a request the number in place of its id. An id that is none stays, to be refused. */
function renumber(message: unknown, as: number): void {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return;
  const request: { id?: unknown } = message;
  if (!('id' in request) || (Number.isSafeInteger(request.id) && (request.id as number) >= 0)) request.id = as;
}

/** The id to answer with: whatever integer the frame has, null otherwise. */
export function idOf(message: unknown): number | null {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null;
  return Number.isSafeInteger(message.id) ? (message.id as number) : null;
}
