import jwt from 'jsonwebtoken';

/** The only file that touches jsonwebtoken. */

/** An hour at most, by the protocol. */
export const ACCESS_TOKEN_MS = 3_600_000;
/** Clocks of two of our machines may differ by this much. */
const TOLERANCE_SECONDS = 30;
const ALGORITHM = 'HS256';
const ISSUER = 'brier';
const AUDIENCE = 'brier';
/** RFC 9068: an access token says so, and nothing else signed with this key is taken for one. */
const TYPE = 'at+jwt';

export type AccessClaims = {
  account: number;
  /** the refresh family it came from */
  session: string;
  sessionVersion: number;
  /** ms */
  expiresAt: number;
};

/** Signs a token for {@link ACCESS_TOKEN_MS} from `now`. `expiresAt` is in whole seconds, as the token can say it. */
export function signAccessToken(
  secret: string,
  claims: Omit<AccessClaims, 'expiresAt'>,
  now: number,
): { accessToken: string; expiresAt: number } {
  const issued = Math.floor(now / 1000);
  const expires = issued + ACCESS_TOKEN_MS / 1000;
  const payload = { sub: String(claims.account), sid: claims.session, sv: claims.sessionVersion };
  const accessToken = jwt.sign({ ...payload, iss: ISSUER, aud: AUDIENCE, iat: issued, exp: expires }, secret, {
    algorithm: ALGORITHM,
    header: { alg: ALGORITHM, typ: TYPE },
  });
  return { accessToken, expiresAt: expires * 1000 };
}

/** The claims of a token that we signed and that has not ended; undefined for any other text. */
export function readAccessToken(secret: string, token: string, now: number): AccessClaims | undefined {
  let complete: jwt.Jwt;
  try {
    complete = jwt.verify(token, secret, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTolerance: TOLERANCE_SECONDS,
      clockTimestamp: Math.floor(now / 1000),
      complete: true,
    });
  } catch {
    return undefined; // the library’s way of saying no
  }
  const { header, payload } = complete;
  if (header.typ !== TYPE || typeof payload === 'string') return undefined;
  const { sub, sid, sv, exp } = payload;
  const account = Number(sub);
  if (!Number.isSafeInteger(account) || account < 1) return undefined;
  if (typeof sid !== 'string' || typeof sv !== 'number' || exp === undefined) return undefined;
  return { account, session: sid, sessionVersion: sv, expiresAt: exp * 1000 };
}
