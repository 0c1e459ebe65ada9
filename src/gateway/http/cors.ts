import { originAllowed } from '../auth/origins.ts';
import { Refusal } from '../services/refusal.ts';
import type { Answer } from './answer.ts';
import type { RequestHead } from './requestHead.ts';

const PREFLIGHT_SECONDS = '600';

/** Headers that let a page of an allowed foreign origin read the answer; none for others. */
export function corsHeaders(head: RequestHead, allowed: readonly string[]): Readonly<Record<string, string>> {
  if (!allowed.includes(head.origin)) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': head.origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id',
  };
}

/** Answers a preflight; without the headers of {@link corsHeaders}, which an allowed origin gets besides, it says no. */
export function preflight(head: RequestHead, allowed: readonly string[]): Answer {
  if (!allowed.includes(head.origin)) return { status: 204 };
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Request-Id',
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    },
  };
}

const SAFE = new Set(['get', 'head', 'options']);

/**
 * Refuses a change that a foreign page asks for, whatever it brings to prove who it is; and one that is proven by a cookie
 * alone but does not say which page it comes from: browsers always say.
 */
export function checkOrigin(head: RequestHead, byCookie: boolean, allowed: readonly string[]): Refusal | undefined {
  if (SAFE.has(head.method)) return undefined;
  if (head.origin === '') {
    return byCookie ? new Refusal('FORBIDDEN', 'A request with a cookie needs an Origin header') : undefined;
  }
  if (originAllowed(head.origin, head.host, allowed)) return undefined;
  return new Refusal('FORBIDDEN', 'This origin is not allowed to make changes');
}
