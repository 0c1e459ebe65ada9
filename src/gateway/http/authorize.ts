import type { Authenticator } from '../auth/authenticator.ts';
import { ACCESS_COOKIE, readCookie } from '../auth/cookies.ts';
import { hasRole, type Identity } from '../auth/identity.ts';
import { Refusal } from '../services/refusal.ts';
import { checkOrigin } from './cors.ts';
import type { RequestHead } from './requestHead.ts';
import type { Access } from './route.ts';

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** Who asks, as far as the route cares: undefined on public routes. A header is asked before the cookie. */
export async function authorize(
  head: RequestHead,
  access: Access,
  deps: { authenticator: Authenticator; corsOrigins: readonly string[] },
): Promise<Identity | undefined | Refusal> {
  const cookie = head.authorization === '' ? readCookie(head.cookie, ACCESS_COOKIE) : undefined;
  const foreign = checkOrigin(head, cookie !== undefined, deps.corsOrigins);
  if (foreign !== undefined) return foreign;
  if (access === 'public') return undefined;
  const token = cookie ?? BEARER.exec(head.authorization)?.[1];
  if (token === undefined) {
    return access === 'optional' ? undefined : new Refusal('UNAUTHENTICATED', 'An access token is needed');
  }
  const identity = await deps.authenticator.verifyAccessToken(token);
  if (identity instanceof Refusal) return access === 'optional' ? undefined : identity;
  if (typeof access === 'object' && !hasRole(identity, access)) {
    return new Refusal('FORBIDDEN', `This needs the role ${access.join(' or ')}`);
  }
  return identity;
}
