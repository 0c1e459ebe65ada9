export const ACCESS_COOKIE = 'brier_access';
export const REFRESH_COOKIE = 'brier_refresh';
/** The refresh token is shown to these routes alone. */
const REFRESH_PATH = '/api/v1/auth';

/** The value of a cookie in a Cookie header; undefined when it is not there. */
export function readCookie(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

const cookie = (name: string, value: string, path: string, seconds: number, secure: boolean): string =>
  `${name}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;

/** Set-Cookie values of a log-in. Script cannot read them, and other sites cannot send them. */
export const sessionCookies = (
  session: { accessToken: string; expiresAt: number; refreshToken: string; refreshExpiresAt: number },
  now: number,
  secure: boolean,
): string[] => [
  cookie(ACCESS_COOKIE, session.accessToken, '/', Math.floor((session.expiresAt - now) / 1000), secure),
  cookie(
    REFRESH_COOKIE,
    session.refreshToken,
    REFRESH_PATH,
    Math.floor((session.refreshExpiresAt - now) / 1000),
    secure,
  ),
];

export const clearedCookies = (secure: boolean): string[] => [
  cookie(ACCESS_COOKIE, '', '/', 0, secure),
  cookie(REFRESH_COOKIE, '', REFRESH_PATH, 0, secure),
];
