import { COMMAND } from '../../../engines/records/commands.ts';
import type { WireError } from '../../../protocol/errors.ts';
import type { BatchItem, BatchRequest, Request } from '../../../protocol/requests.ts';
import { COSTS } from '../../limits/costs.ts';
import { Batch } from '../../orders/batch.ts';
import {
  amendFault,
  encodeAmend,
  encodeCancel,
  encodeCancelAll,
  encodePlace,
  placeFault,
  refFault,
} from '../../orders/encode.ts';
import type { PlaceFrames } from '../../orders/placeFrame.ts';
import { refusal } from '../../orders/refusals.ts';
import { mayBegin, submit, submitBatch } from '../commands.ts';
import type { GatewayContext } from '../context.ts';
import type { Session } from '../session.ts';

type Of<Op extends Request['op']> = Extract<Request, { op: Op }>;

/** The account that may trade on this connection; 0: it was answered. What is wrong with the request itself comes first. */
export function trader(session: Session, id: number, fault: WireError | undefined): number {
  const { identity } = session;
  if (fault !== undefined) session.fail(id, fault);
  else if (identity === undefined) session.refuse(id, 'UNAUTHENTICATED');
  else if (!identity.scopes.includes('trade')) session.refuse(id, 'FORBIDDEN', '', 'this API key may only read');
  else return identity.account;
  return 0;
}

export function place(context: GatewayContext, session: Session, request: Of<'place'>): void {
  const { identity } = session;
  const { id } = request;
  let account = identity?.account ?? 0;
  // encodePlace checks the fields again, so that a trader’s request is checked once.
  if (account === 0 || identity?.scopes.includes('trade') !== true) account = trader(session, id, placeFault(request));
  if (account === 0 || !mayBegin(context, session, id)) return;
  const market = context.data.bySlug(request.market);
  submit(
    context,
    session,
    id,
    COMMAND.PLACE,
    market,
    encodePlace(context.port, market, account, request, session.connection),
  );
}

/**
 * A plain order straight from its frame, where there is nothing to wait for and nothing to explain. False: nothing was done, and
 * the frame goes the way of all others.
 */
export function placeFromFrame(
  context: GatewayContext,
  frames: PlaceFrames,
  session: Session,
  frame: Uint8Array,
): boolean {
  const { identity, heardAt, budget } = session;
  if (identity === undefined || session.held !== undefined || !identity.scopes.includes('trade')) return false;
  const { port } = context;
  const at = frames.read(frame, port.buffer, identity.account, session.connection);
  if (at < 0) return false;
  const { id, market } = frames;
  session.removing = false;
  session.asked.sample(id, heardAt, context.latency);
  const limited = budget === undefined ? 0 : budget.requests.take(heardAt, COSTS.place.cost);
  if (limited === 0 && mayBegin(context, session, id)) submit(context, session, id, COMMAND.PLACE, market, at);
  else {
    port.buffer.clear();
    if (limited > 0) session.fail(id, { ...refusal('RATE_LIMITED'), retryAfterMs: limited });
  }
  return true;
}

export function amend(context: GatewayContext, session: Session, request: Of<'amend'>): void {
  const { id } = request;
  const account = trader(session, id, amendFault(request));
  if (account === 0 || !mayBegin(context, session, id)) return;
  const market = context.data.bySlug(request.market);
  submit(context, session, id, COMMAND.AMEND, market, encodeAmend(context.port, market, account, request));
}

export function cancel(context: GatewayContext, session: Session, request: Of<'cancel'>): void {
  const { id } = request;
  const account = trader(session, id, refFault(request));
  if (account === 0 || !mayBegin(context, session, id)) return;
  const market = context.data.bySlug(request.market);
  submit(context, session, id, COMMAND.CANCEL, market, encodeCancel(context.port, market, account, request));
}

export function cancelAll(context: GatewayContext, session: Session, request: Of<'cancelAll'>): void {
  const { id } = request;
  const account = trader(session, id, undefined);
  if (account === 0 || !mayBegin(context, session, id)) return;
  const market = request.market === undefined ? undefined : context.data.bySlug(request.market);
  const unknown = request.market !== undefined && market === undefined;
  const at = unknown ? refusal('UNKNOWN_MARKET', 'market') : encodeCancelAll(context.port, market, account);
  submit(context, session, id, COMMAND.CANCEL_ALL, market, at);
}

export function batch(context: GatewayContext, session: Session, request: BatchRequest): void {
  const { id, requests, stopOnFailure = false } = request;
  const account = trader(session, id, undefined);
  if (account === 0 || !mayBegin(context, session, id)) return;
  submitBatch(
    context,
    session,
    id,
    new Batch(context.port, context.data, account, requests, stopOnFailure, session.connection),
  );
}

export function replace(context: GatewayContext, session: Session, request: Of<'replace'>): void {
  const { id, onFailure = 'stop' } = request;
  const fault = within('cancel', refFault(request.cancel)) ?? within('place', placeFault(request.place));
  const account = trader(session, id, fault);
  if (account === 0 || !mayBegin(context, session, id)) return;
  const { port, data } = context;
  const { market } = request.place;
  // Before anything is canceled for it, the new order must be one: written once to see, and then as part of the batch.
  const at = encodePlace(port, data.bySlug(market), account, request.place);
  port.buffer.clear();
  if (typeof at !== 'number') return session.fail(id, within('place', at) ?? at);
  const items: BatchItem[] = [
    { op: 'cancel', market, ...request.cancel },
    { op: 'place', ...request.place },
  ];
  submitBatch(context, session, id, new Batch(port, data, account, items, onFailure === 'stop', session.connection));
}

/** A fault of a nested object: its field, dotted. */
function within(object: string, fault: WireError | undefined): WireError | undefined {
  return fault?.field === undefined ? fault : { ...fault, field: `${object}.${fault.field}` };
}
