import * as http from '../../../protocol/http.ts';
import { clearedCookies, REFRESH_COOKIE, readCookie, sessionCookies } from '../../auth/cookies.ts';
import { addressKey } from '../../limits/address.ts';
import type { RateLimits } from '../../limits/rateLimits.ts';
import type { Login, Logins } from '../../services/logins.ts';
import { Refusal } from '../../services/refusal.ts';
import { type Answer, noContent, ok } from '../answer.ts';
import { refusals } from '../errorAnswers.ts';
import { limit } from '../rateLimit.ts';
import type { RequestHead } from '../requestHead.ts';
import { type Route, route } from '../route.ts';

export type AuthRoutesDeps = {
  logins: Logins;
  limits: RateLimits;
  clock: () => number;
  /** Cookies for https only; undefined: when the page came by https. */
  secureCookies: boolean | undefined;
};

const tag = 'auth';
/** The page’s cookie says who; a token in the body would be taken before it. */
const BY_COOKIE = {};

export function authRoutes(deps: AuthRoutesDeps): Route[] {
  const secure = (head: RequestHead) => deps.secureCookies ?? head.origin.startsWith('https://');

  /** Browsers get the refresh token as a cookie alone: what scripts cannot read, they cannot leak. */
  const loggedIn = (head: RequestHead, status: number, login: Login | Refusal): Answer | Refusal => {
    if (login instanceof Refusal) return login;
    const { username, roles, accessToken, expiresAt, refreshToken } = login;
    const body = { account: username, username, roles, accessToken, expiresAt };
    return {
      status,
      body: head.browser ? body : { ...body, refreshToken },
      cookies: sessionCookies(login, deps.clock(), secure(head)),
    };
  };

  return [
    route({
      method: 'post',
      path: '/auth/register',
      tag,
      summary: 'Create an account and log in',
      access: 'public',
      body: http.credentials,
      example: { username: 'ann', password: 'correct horse' },
      answers: {
        201: { description: 'Logged in', schema: http.loginView },
        ...refusals('INVALID_REQUEST', 'CONFLICT', 'RATE_LIMITED', 'OVERLOADED', 'UNAVAILABLE', 'LIMIT_EXCEEDED'),
      },
      async handler({ head, body }) {
        const limited = limit(deps, 'registerPerAddress', addressKey(head.address));
        return limited ?? loggedIn(head, 201, await deps.logins.register(body));
      },
    }),
    route({
      method: 'post',
      path: '/auth/login',
      tag,
      summary: 'Log in',
      access: 'public',
      body: http.login,
      example: { username: 'ann', password: 'correct horse' },
      answers: {
        200: { description: 'Logged in', schema: http.loginView },
        ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'RATE_LIMITED', 'OVERLOADED', 'UNAVAILABLE'),
      },
      async handler({ head, body }) {
        const limited =
          limit(deps, 'loginPerAddress', addressKey(head.address)) ??
          limit(deps, 'loginPerUsername', body.username.toLowerCase());
        return limited ?? loggedIn(head, 200, await deps.logins.login(body));
      },
    }),
    route({
      method: 'post',
      path: '/auth/refresh',
      tag,
      summary: 'Exchange the refresh token, from the cookie or the body, for new tokens',
      access: 'public',
      body: http.refresh,
      example: BY_COOKIE,
      answers: {
        200: { description: 'Logged in', schema: http.loginView },
        ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'UNAVAILABLE'),
      },
      async handler({ head, body }) {
        const limited = limit(deps, 'refreshPerAddress', addressKey(head.address));
        if (limited !== undefined) return limited;
        const token = refreshTokenOf(head, body.refreshToken);
        if (token instanceof Refusal) return token;
        if (token === undefined) return new Refusal('UNAUTHENTICATED', 'A refresh token is needed');
        return loggedIn(head, 200, await deps.logins.refresh(token));
      },
    }),
    route({
      method: 'post',
      path: '/auth/logout',
      tag,
      summary: 'End this log-in: its tokens and its sockets',
      access: 'optional',
      body: http.refresh,
      example: BY_COOKIE,
      answers: { 204: { description: 'Logged out' }, ...refusals('INVALID_REQUEST', 'FORBIDDEN') },
      async handler({ head, body, identity }) {
        const refreshToken = refreshTokenOf(head, body.refreshToken);
        if (refreshToken instanceof Refusal) return refreshToken;
        await deps.logins.logout({ refreshToken, identity });
        return { ...noContent, cookies: clearedCookies(secure(head)) };
      },
    }),
    route({
      method: 'post',
      path: '/auth/password',
      tag,
      summary: 'Change the password; every other session ends',
      access: 'account',
      body: http.changePassword,
      example: { password: 'correct horse', newPassword: 'battery staple' },
      answers: {
        200: { description: 'Logged in anew', schema: http.loginView },
        ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'OVERLOADED', 'UNAVAILABLE'),
      },
      async handler({ head, body, identity }) {
        const limited = limit(deps, 'loginPerUsername', identity.username.toLowerCase());
        if (limited !== undefined) return limited;
        return loggedIn(head, 200, await deps.logins.changePassword(identity, body.password, body.newPassword));
      },
    }),
    route({
      method: 'get',
      path: '/me',
      tag,
      summary: 'Who the access token speaks for',
      access: 'account',
      answers: { 200: { description: 'The account', schema: http.meView }, ...refusals('UNAUTHENTICATED') },
      handler({ identity }) {
        const { username, roles, expiresAt } = identity;
        return ok({ account: username, username, roles, expiresAt });
      },
    }),
  ];
}

/** From the body, else from the cookie, which a request may bring only from a page of ours: Origin has been checked. */
function refreshTokenOf(head: RequestHead, inBody: string | undefined): string | undefined | Refusal {
  if (inBody !== undefined) return inBody;
  const cookie = readCookie(head.cookie, REFRESH_COOKIE);
  if (cookie === undefined || cookie === '') return undefined;
  if (head.origin === '') return new Refusal('FORBIDDEN', 'A request with a cookie needs an Origin header');
  return cookie;
}
