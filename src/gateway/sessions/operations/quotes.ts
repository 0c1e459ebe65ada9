import * as R from '../../../engines/records/buffer.ts';
import { COMMAND } from '../../../engines/records/commands.ts';
import { EVENT } from '../../../engines/records/events.ts';
import type { WireError } from '../../../protocol/errors.ts';
import type { Request } from '../../../protocol/requests.ts';
import type { Pending } from '../../engine-port/enginePort.ts';
import { quotesCost } from '../../limits/costs.ts';
import {
  encodeCancelQuotes,
  encodeQuoteGroup,
  encodeQuotes,
  protectionFault,
  quoteResults,
  unsentResults,
} from '../../orders/quotes.ts';
import type { QuotesFrames } from '../../orders/quotesFrame.ts';
import { groupAnswer } from '../../orders/quotesView.ts';
import { engineRefusal, refusal } from '../../orders/refusals.ts';
import { mayBegin, send, submit } from '../commands.ts';
import type { GatewayContext } from '../context.ts';
import type { Session } from '../session.ts';
import { trader } from './orders.ts';

type Of<Op extends Request['op']> = Extract<Request, { op: Op }>;

/** A mass quote on its way: one small object a request. */
class QuotesPending implements Pending {
  private readonly session: Session;
  private readonly id: number;
  private readonly count: number;
  private readonly errors: readonly (WireError | undefined)[] | undefined;

  constructor(session: Session, id: number, count: number, errors?: readonly (WireError | undefined)[]) {
    this.session = session;
    this.id = id;
    this.count = count;
    this.errors = errors;
  }

  done(events: R.RecordBuffer, from: number, doneAt: number): void {
    const { session, id } = this;
    session.inFlight--;
    if (session.closed) return;
    if (events.i32[doneAt + R.CODE] !== 0) return session.fail(id, engineRefusal(events, doneAt));
    const results = quoteResults(events, from, doneAt, this.count, this.errors);
    session.succeed(id, `${results},"seq":${events.f64[(doneAt + R.SEQ) >> 1]}`);
  }
}

export function quotes(context: GatewayContext, session: Session, request: Of<'quotes'>): void {
  const { id } = request;
  const account = trader(session, id, undefined);
  if (account === 0 || !mayBegin(context, session, id)) return;
  const { port, data } = context;
  const count = request.quotes.length;
  const written = encodeQuotes(port, data, account, session.connection, request);
  if (typeof written === 'number') send(context, session, id, written, new QuotesPending(session, id, count));
  else if (written.at < 0) session.succeed(id, `${unsentResults(written.errors)},"seq":${data.seq}`);
  else send(context, session, id, written.at, new QuotesPending(session, id, count, written.errors));
}

/**
 * The usual mass quote straight from its frame, where there is nothing to wait for and nothing to explain. False: nothing was
 * done, and the frame goes the way of all others.
 */
export function quotesFromFrame(
  context: GatewayContext,
  frames: QuotesFrames,
  session: Session,
  frame: Uint8Array,
): boolean {
  const { identity, heardAt, budget } = session;
  if (identity === undefined || session.held !== undefined || !identity.scopes.includes('trade')) return false;
  const { port } = context;
  const at = frames.read(frame, port.buffer, identity.account, session.connection);
  if (at < 0) return false;
  const { id, count } = frames;
  session.removing = false;
  session.asked.sample(id, heardAt, context.latency);
  const limited = budget === undefined ? 0 : budget.requests.take(heardAt, quotesCost(count));
  if (limited === 0 && mayBegin(context, session, id))
    send(context, session, id, at, new QuotesPending(session, id, count));
  else {
    port.buffer.clear();
    if (limited > 0) session.fail(id, { ...refusal('RATE_LIMITED'), retryAfterMs: limited });
  }
  return true;
}

export function cancelQuotes(context: GatewayContext, session: Session, request: Of<'cancelQuotes'>): void {
  const { id, group } = request;
  const account = trader(session, id, undefined);
  if (account === 0 || !mayBegin(context, session, id)) return;
  const market = request.market === undefined ? undefined : context.data.bySlug(request.market);
  const unknown = request.market !== undefined && market === undefined;
  const at = unknown ? refusal('UNKNOWN_MARKET', 'market') : encodeCancelQuotes(context.port, market, account, group);
  submit(context, session, id, COMMAND.CANCEL_QUOTES, market, at);
}

export function quoteGroup(context: GatewayContext, session: Session, request: Of<'quoteGroup'>): void {
  const { id, group } = request;
  const account = trader(session, id, protectionFault(request));
  if (account === 0 || !mayBegin(context, session, id)) return;
  const at = encodeQuoteGroup(context.port, account, request);
  if (typeof at !== 'number') return session.fail(id, at);
  send(context, session, id, at, {
    done(events, from, doneAt) {
      session.inFlight--;
      if (session.closed) return;
      if (events.i32[doneAt + R.CODE] !== 0) return session.fail(id, engineRefusal(events, doneAt));
      let found = -1;
      for (let word = from; word < doneAt; word += events.i32[word] as number) {
        if (events.i32[word + R.KIND] === EVENT.QUOTE_GROUP) found = word;
      }
      if (found < 0) throw new Error('an accepted QUOTE_GROUP without its event');
      session.succeed(id, groupAnswer(events, found, group));
    },
  });
}
