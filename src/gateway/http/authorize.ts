import type { Authenticator } from '../auth/authenticator.ts';
import { ACCESS_COOKIE, readCookie } from '../auth/cookies.ts';
import { hasRole, type Identity } from '../auth/identity.ts';
import { Refusal } from '../services/refusal.ts';
import { checkOrigin } from './cors.ts';
import type { RequestHead } from './requestHead.ts';
import type { Route } from './route.ts';

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;
const DIGITS = /^\d{1,15}$/;
const NO_BODY = Buffer.alloc(0);

type Deps = { authenticator: Authenticator; corsOrigins: readonly string[] };

/** Who asks, as far as the route cares: undefined on public routes. A header is asked before the cookie. */
export async function authorize(
  head: RequestHead,
  route: Pick<Route, 'access' | 'scope'>,
  body: Buffer | undefined,
  deps: Deps,
): Promise<Identity | undefined | Refusal> {
  const { access } = route;
  const byHeader = head.authorization !== '' || head.key !== '';
  const cookie = byHeader ? undefined : readCookie(head.cookie, ACCESS_COOKIE);
  const foreign = checkOrigin(head, cookie !== undefined, deps.corsOrigins);
  if (foreign !== undefined) return foreign;
  if (access === 'public') return undefined;
  if (head.key !== '') return bySignature(head, route, body ?? NO_BODY, deps);
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

/** The holder of the API key that signed the request, if the key may do what the route does. */
async function bySignature(
  head: RequestHead,
  { scope }: Pick<Route, 'scope'>,
  body: Buffer,
  { authenticator }: Deps,
): Promise<Identity | Refusal> {
  if (head.authorization !== '') return new Refusal('INVALID_REQUEST', 'Give an access token or sign, not both');
  const timestamp = DIGITS.test(head.timestamp) ? Number(head.timestamp) : Number.NaN;
  const identity = await authenticator.verifySignedRequest(
    { apiKey: head.key, timestamp, signature: head.signature, address: head.address },
    {
      method: head.method.toUpperCase(),
      target: head.query === '' ? head.path : `${head.path}?${head.query}`,
      body,
    },
  );
  if (identity instanceof Refusal) return identity;
  if (scope === undefined) return new Refusal('FORBIDDEN', 'This needs a login: an API key does not do');
  // As over the WebSocket, any key may read.
  if (scope === 'trade' && !identity.scopes.includes('trade')) {
    return new Refusal('FORBIDDEN', 'This API key may only read');
  }
  return identity;
}
