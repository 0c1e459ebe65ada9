import * as R from '../../../engines/records/buffer.ts';
import { DONE_COUNT } from '../../../engines/records/events.ts';
import type { WireError } from '../../../protocol/errors.ts';
import type { Request } from '../../../protocol/requests.ts';
import type { Identity } from '../../auth/identity.ts';
import type { EnginePort, Pending } from '../../engine-port/enginePort.ts';
import { encodeCancelAfter, encodeConnection } from '../../orders/connection.ts';
import { engineRefusal, refusal } from '../../orders/refusals.ts';
import { mayBegin, send } from '../commands.ts';
import type { GatewayContext } from '../context.ts';
import { RETRY_AFTER_MS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import { trader } from './orders.ts';

type Of<Op extends Request['op']> = Extract<Request, { op: Op }>;

/** The close code of a connection that has logged out. */
const NORMAL_CLOSURE = 1000;

/** What a CONNECTION command came to. */
type Said = { error: WireError } | { error: undefined; count: number };

/**
 * Sends the record at `at` for a session that waits for what it comes to, `id` being the request that it is for, if one is. `sent`:
 * called at once, unless the ring is full; `late`: takes an answer after STATUS_UNKNOWN.
 */
function tell(
  { port }: GatewayContext,
  session: Session,
  id: number | undefined,
  at: number,
  { sent, late }: { sent?: () => void; late?: Pending } = {},
): Promise<Said> {
  return new Promise((resolve) => {
    const pending: Pending = {
      done(events, _from, doneAt) {
        session.inFlight--;
        if (id !== undefined) session.keepStages(id);
        if (events.i32[doneAt + R.CODE] !== 0) resolve({ error: engineRefusal(events, doneAt) });
        else resolve({ error: undefined, count: events.i32[doneAt + DONE_COUNT] as number });
      },
      ...(late !== undefined && { late }),
    };
    if (port.send(at, pending)) {
      session.inFlight++;
      sent?.();
    } else resolve({ error: { ...refusal('OVERLOADED'), retryAfterMs: RETRY_AFTER_MS } });
  });
}

/** Gives a number back that nobody will ever use. */
const disarmed = (port: EnginePort, account: number): Pending => ({
  done(events, _from, doneAt) {
    if (events.i32[doneAt + R.CODE] !== 0) return;
    const connection = events.i32[doneAt + DONE_COUNT] as number;
    port.send(encodeConnection(port, account, 'DISARM', connection), { done: () => {} });
  },
});

/** Binds the orders that the session places from now on to its end. Undefined: done. */
async function arm(
  context: GatewayContext,
  sessions: Sessions,
  session: Session,
  id: number | undefined,
  account: number,
): Promise<WireError | undefined> {
  const { port } = context;
  const late = disarmed(port, account);
  const said = await tell(context, session, id, encodeConnection(port, account, 'ARM'), { late });
  if (said.error !== undefined) return said.error;
  if (session.closed) sessions.disconnections.tell(account, said.count);
  else session.connection = said.count;
  return undefined;
}

/** Leaves the session’s orders alone when it ends. */
function disarm(context: GatewayContext, session: Session, id: number, account: number): Promise<Said> {
  const at = encodeConnection(context.port, account, 'DISARM', session.connection);
  // At once: a number that is given back may be another connection’s before the answer comes.
  const sent = () => {
    session.connection = 0;
  };
  return tell(context, session, id, at, { sent });
}

/**
 * Logs a session in, armed where its account asks that of every connection. A connection that cannot be armed is not logged
 * in: its account relies on it. `id`: of the `auth` request, if it was one.
 */
export async function login(
  context: GatewayContext,
  sessions: Sessions,
  session: Session,
  id: number | undefined,
  identity: Identity,
): Promise<WireError | undefined> {
  const { account, scopes } = identity;
  if (session.connection === 0 && scopes.includes('trade') && context.data.accounts.armsAtLogin(account)) {
    const error = await arm(context, sessions, session, id, account);
    if (error !== undefined) return error;
  }
  if (!session.closed) sessions.login(session, identity);
  return undefined;
}

/** What follows waits until it is done: an order placed right behind it is bound to the connection already. */
export function cancelOnDisconnect(
  context: GatewayContext,
  sessions: Sessions,
  session: Session,
  request: Of<'cancelOnDisconnect'>,
): void {
  const { id, enabled, scope = 'connection' } = request;
  const account = trader(session, id, undefined);
  if (account === 0 || !mayBegin(context, session, id)) return;
  const change = async (): Promise<WireError | undefined> => {
    if (enabled && session.connection === 0) {
      const error = await arm(context, sessions, session, id, account);
      if (error !== undefined) return error;
    } else if (!enabled && session.connection !== 0) {
      const { error } = await disarm(context, session, id, account);
      if (error !== undefined) return error;
    }
    if (scope === 'connection') return undefined;
    const action = enabled ? 'DEFAULT_ON' : 'DEFAULT_OFF';
    return (await tell(context, session, id, encodeConnection(context.port, account, action))).error;
  };
  const answered = change().then((error) => {
    if (error !== undefined) session.fail(id, error);
    else session.succeed(id, `"enabled":${enabled},"scope":"${scope}"`);
  });
  sessions.holdUntil(session, answered);
}

export function cancelAfter(context: GatewayContext, session: Session, request: Of<'cancelAfter'>): void {
  const { id, timeoutMs } = request;
  const account = trader(session, id, undefined);
  if (account === 0 || !mayBegin(context, session, id)) return;
  send(context, session, id, encodeCancelAfter(context.port, account, timeoutMs), {
    done(events, _from, doneAt) {
      session.inFlight--;
      if (session.closed) return;
      if (events.i32[doneAt + R.CODE] !== 0) return session.fail(id, engineRefusal(events, doneAt));
      const cancelAt = (events.f64[(doneAt + R.TIME) >> 1] as number) + timeoutMs;
      session.succeed(id, `"cancelAt":${timeoutMs === 0 ? null : cancelAt}`);
    },
  });
}

/** Ends the connection as its owner wishes: what was asked before is answered, nothing is canceled. Also while draining. */
export function logout(context: GatewayContext, sessions: Sessions, session: Session, { id }: Of<'logout'>): void {
  const { identity } = session;
  const end = (): void => {
    session.succeed(id, '');
    session.close(NORMAL_CLOSURE, 'logged out');
  };
  if (identity === undefined) return end();
  // Also where it is not armed: the answer of the engine comes after those to all that it was asked before.
  const answered = disarm(context, session, id, identity.account).then(({ error }) => {
    if (error === undefined) end();
    else session.fail(id, error);
  });
  sessions.holdUntil(session, answered);
}
