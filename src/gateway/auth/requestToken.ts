import type { HttpRequest } from '../uws.ts';
import { ACCESS_COOKIE, readCookie } from './cookies.ts';

/** The access token of the Authorization header, or of a page’s cookie, which its Origin has vouched for. */
export function requestToken(req: HttpRequest): string | undefined {
  const [, bearer] = /^Bearer (\S{1,4096})$/i.exec(req.getHeader('authorization')) ?? [];
  return bearer ?? readCookie(req.getHeader('cookie'), ACCESS_COOKIE);
}
