import type { Authenticator } from '../auth/authenticator.ts';
import { addressKey } from '../limits/address.ts';
import type { RateLimits } from '../limits/rateLimits.ts';
import { Refusal } from '../services/refusal.ts';
import type { HttpRequest, HttpResponse, TemplatedApp } from '../uws.ts';
import type { Answer } from './answer.ts';
import { authorize } from './authorize.ts';
import { corsHeaders, preflight } from './cors.ts';
import { isDatabaseAway } from './databaseAway.ts';
import { Exchange } from './exchange.ts';
import { limit } from './rateLimit.ts';
import { BODY_BYTES_MAX, readBody } from './readBody.ts';
import { type RequestHead, readHead } from './requestHead.ts';
import type { Route } from './route.ts';

export const API_BASE = '/api/v1';

/** What we need of a logger; pino’s has it. */
export type Log = Record<'error' | 'warn' | 'info', (fields: object, message: string) => void>;

export type RouterDeps = {
  authenticator: Authenticator;
  limits: RateLimits;
  corsOrigins: readonly string[];
  clock: () => number;
  log: Log;
  /** The process is about to stop: it begins nothing new. */
  draining(): boolean;
  /** Counts an answered request. `path` is the route’s pattern, never what the client wrote. */
  observe(request: { method: string; path: string; status: number; seconds: number }): void;
};

/**
 * Mounts routes below {@link API_BASE}. Each is checked in this order: framing, UNAVAILABLE, RATE_LIMITED by address, origin, login,
 * role, RATE_LIMITED by account, then query and body; nothing of it depends on the body before the sender is known.
 */
export function mountRoutes(app: TemplatedApp, routes: readonly Route[], deps: RouterDeps): void {
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    const pattern = API_BASE + route.path;
    const handler = (res: HttpResponse, req: HttpRequest) => serve(res, req, route, deps);
    if (route.method === 'get') app.get(pattern, handler).head(pattern, handler);
    else if (route.method === 'delete') app.del(pattern, handler);
    else app[route.method](pattern, handler);
    const known = methods.get(pattern) ?? [];
    known.push(route.method.toUpperCase());
    methods.set(pattern, known);
  }
  app.options('/api/*', (res, req) => {
    const { exchange, head } = begin(res, req, 0, deps);
    exchange.answer(preflight(head, deps.corsOrigins));
  });
  for (const [pattern, allow] of methods) {
    app.any(pattern, (res, req) => {
      begin(res, req, 0, deps).exchange.answer(methodNotAllowed(allow));
    });
  }
  app.any('/api/*', (res, req) => {
    begin(res, req, 0, deps).exchange.answer(new Refusal('NOT_FOUND', 'There is no such route'));
  });
}

function begin(res: HttpResponse, req: HttpRequest, paramCount: number, deps: RouterDeps) {
  const head = readHead(res, req, paramCount);
  const exchange = new Exchange(res, head.method === 'head');
  exchange.header('X-Request-Id', head.requestId);
  const cors = corsHeaders(head, deps.corsOrigins);
  for (const name of Object.keys(cors)) exchange.header(name, cors[name] as string);
  return { exchange, head };
}

function serve(res: HttpResponse, req: HttpRequest, route: Route, deps: RouterDeps): void {
  const begun = performance.now();
  const { exchange, head } = begin(res, req, route.params.length, deps);
  const finish = (result: Answer | Refusal, hangUp = false) => {
    const status = exchange.answer(result, hangUp);
    const seconds = (performance.now() - begun) / 1000;
    deps.observe({ method: route.method, path: route.path, status, seconds });
  };
  const unreadable = checkFraming(head);
  if (unreadable !== undefined) {
    // Not at once: a connection that sends more while its answer is due is cut off by the library, unread.
    setImmediate(() => finish(unreadable, true));
    return;
  }
  const unwanted =
    stopping(route, deps) ??
    limit(deps, route.cancels ? 'httpCancelsPerAddress' : 'httpPerAddress', addressKey(head.address));
  if (unwanted !== undefined) {
    finish(unwanted);
    return;
  }
  const run = (body: Buffer | undefined) => {
    answer(head, route, body, deps).then(
      (result) => finish(result),
      (error: unknown) => finish(failed(error, head, route, deps)),
    );
  };
  if (route.method === 'get') run(undefined);
  else readBody(res, (body) => (body === undefined ? finish(tooLong(), true) : run(body)));
}

/** After such a request the connection cannot be trusted to start the next one where we think. */
function checkFraming(head: RequestHead): Refusal | undefined {
  if (head.ambiguousLength) return new Refusal('INVALID_REQUEST', 'The length of the body is ambiguous');
  return (head.contentLength ?? 0) > BODY_BYTES_MAX ? tooLong() : undefined;
}

async function answer(
  head: RequestHead,
  route: Route,
  body: Buffer | undefined,
  deps: RouterDeps,
): Promise<Answer | Refusal> {
  const identity = await authorize(head, route, body, deps);
  if (identity instanceof Refusal) return identity;
  const limited = identity && limit(deps, route.cancels ? 'httpCancelsPerAccount' : 'httpPerAccount', identity.account);
  // The server may have begun to stop while the database was asked.
  return limited ?? stopping(route, deps) ?? route.run({ head, identity }, body);
}

/** What a handler threw is ours, not the client’s: it is logged whole and answered without detail. */
function failed(error: unknown, head: RequestHead, route: Route, deps: RouterDeps): Refusal {
  const fields = { err: error, requestId: head.requestId, route: `${route.method} ${route.path}` };
  if (isDatabaseAway(error)) {
    deps.log.warn(fields, 'the database did not answer a request');
    return new Refusal('UNAVAILABLE', 'The database cannot be reached at the moment', { retryAfterMs: 1000 });
  }
  deps.log.error(fields, 'a request failed');
  return new Refusal('INTERNAL', `The server failed; the operator finds it as request ${head.requestId}`);
}

/** A server that stops begins nothing new; what takes orders away it carries out. */
const stopping = (route: Route, deps: RouterDeps): Refusal | undefined =>
  !deps.draining() || route.cancels === true
    ? undefined
    : new Refusal('UNAVAILABLE', 'The server is stopping: try again in a moment, or elsewhere', { retryAfterMs: 1000 });

const tooLong = () =>
  new Refusal('INVALID_REQUEST', 'The body is too long', { limit: { name: 'bodyBytes', value: BODY_BYTES_MAX } });

function methodNotAllowed(allow: readonly string[]): Answer {
  const methods = [...allow, ...(allow.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  const error = { code: 'INVALID_REQUEST', message: `This route answers ${methods}`, field: 'method' };
  return { status: 405, body: { error }, headers: { Allow: methods } };
}
