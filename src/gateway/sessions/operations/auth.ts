import type { Request } from '../../../protocol/requests.ts';
import type { Identity } from '../../auth/identity.ts';
import { refusal } from '../../orders/refusals.ts';
import { Refusal } from '../../services/refusal.ts';
import type { GatewayContext } from '../context.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import { login } from './connection.ts';

type AuthRequest = Extract<Request, { op: 'auth' }>;

/**
 * Logs a connection in, or extends its login before the token ends. Frames that follow wait for the answer, so that a client
 * need not. A connection belongs to one account.
 */
export function auth(context: GatewayContext, sessions: Sessions, session: Session, request: AuthRequest): void {
  const { id } = request;
  const proof = verify(context, session.transport.address, request);
  if (proof === undefined) {
    const field = request.token !== undefined ? 'token' : 'apiKey';
    session.refuse(id, 'INVALID_REQUEST', field, 'give a token, or apiKey, timestamp and signature');
    return;
  }
  sessions.holdUntil(
    session,
    proof.then(
      async (identity) => {
        if (session.closed) return;
        if (identity instanceof Refusal) session.fail(id, identity.error);
        else if (session.identity !== undefined && session.identity.account !== identity.account) {
          session.refuse(id, 'FORBIDDEN', '', 'this connection belongs to another account: open a new one');
        } else {
          const refused = await login(context, sessions, session, id, identity);
          if (refused !== undefined) return session.fail(id, refused);
          const { username, roles, expiresAt } = identity;
          const fields = JSON.stringify({ account: username, roles, expiresAt });
          session.succeed(id, fields.slice(1, -1));
        }
      },
      (failed: unknown) => {
        context.onError(failed);
        session.fail(id, refusal('UNAVAILABLE', '', 'logins cannot be checked at the moment'));
      },
    ),
  );
}

/** undefined: neither one proof nor the other. */
export function verify(
  { authenticator }: GatewayContext,
  address: string,
  { token, apiKey, timestamp, signature }: AuthRequest,
): Promise<Identity | Refusal> | undefined {
  if (token !== undefined) {
    if (apiKey !== undefined || timestamp !== undefined || signature !== undefined) return undefined;
    return authenticator.verifyAccessToken(token);
  }
  if (apiKey === undefined || timestamp === undefined || signature === undefined) return undefined;
  return authenticator.verifyApiKey({ apiKey, timestamp, signature, address });
}

/** Logs a new connection in whose login was checked; it stays anonymous where it cannot be armed as its account asks. */
export async function logIn(
  context: GatewayContext,
  sessions: Sessions,
  session: Session,
  identity: Identity,
): Promise<void> {
  if (!session.closed) await login(context, sessions, session, undefined, identity);
}

/** Logs a new connection in by what its upgrade request carried; anonymous where that does not hold. */
export function authAtOnce(context: GatewayContext, sessions: Sessions, session: Session, token: string): void {
  sessions.holdUntil(
    session,
    context.authenticator.verifyAccessToken(token).then(async (identity) => {
      if (!(identity instanceof Refusal)) await logIn(context, sessions, session, identity);
    }, context.onError),
  );
}
