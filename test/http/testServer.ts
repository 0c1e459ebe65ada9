import { createRequire } from 'node:module';
import { AuthChanges } from '../../src/gateway/auth/authChanges.ts';
import { Authenticator } from '../../src/gateway/auth/authenticator.ts';
import { PasswordHasher } from '../../src/gateway/auth/passwordHasher.ts';
import { Metrics } from '../../src/gateway/http/metrics.ts';
import { type HttpDeps, mountHttp } from '../../src/gateway/http/mount.ts';
import { RateLimits } from '../../src/gateway/limits/rateLimits.ts';
import { ApiKeys } from '../../src/gateway/services/apiKeys.ts';
import { Logins } from '../../src/gateway/services/logins.ts';
import type { OrderView } from '../../src/protocol/answers.ts';
import type { WireError } from '../../src/protocol/errors.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { TestEngine } from './testEngine.ts';

const uws: typeof import('uWebSockets.js') = createRequire(import.meta.url)('uWebSockets.js');

export const JWT_SECRET = 'a secret of the tests that is long enough';
export const GRANT_MICROS = 1_000_000_000;
/** bcrypt’s cheapest: what is tested is not how long it takes. */
const COST = 4;

/** The fields that tests read by name; the others through matchers. */
export type ReplyBody = {
  error: WireError;
  account: string;
  username: string;
  roles: string[];
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
  id: string;
  secret: string;
  order: OrderView;
  nextCursor: string;
} & Record<string, unknown>;
export type Reply = { status: number; headers: Headers; body: ReplyBody; text: string };
export type Request = { token?: string; body?: unknown; headers?: Record<string, string>; raw?: string };

export type TestServer = {
  url: string;
  port: number;
  /** ms; advance it to let things expire */
  clock: { now: number };
  deps: HttpDeps;
  engine: TestEngine;
  changes: AuthChanges;
  errors: unknown[];
  call(method: string, path: string, request?: Request): Promise<Reply>;
  close(): void;
};

/** The whole HTTP side on a loopback port, over a real database and a real engine. */
export async function startTestServer(
  database: TestDatabase,
  options: { rateLimits?: boolean; corsOrigins?: string[]; secureCookies?: boolean } = {},
): Promise<TestServer> {
  const { sql } = database;
  const time = { now: Date.UTC(2030, 0, 1) };
  const clock = () => time.now;
  const engine = new TestEngine(clock);
  const changes = new AuthChanges();
  const errors: unknown[] = [];
  const hasher = new PasswordHasher(COST);
  const log = { error: (fields: object) => errors.push(fields), warn: (fields: object) => errors.push(fields) };
  const { port } = engine;
  const deps: HttpDeps = {
    authenticator: new Authenticator({ sql, secret: JWT_SECRET, clock, changes }),
    limits: new RateLimits(options.rateLimits ?? false),
    corsOrigins: options.corsOrigins ?? [],
    secureCookies: options.secureCookies,
    clock,
    log,
    logins: new Logins({ sql, port, hasher, clock, secret: JWT_SECRET, changes, signupGrantMicros: GRANT_MICROS }),
    apiKeys: new ApiKeys({ sql, clock, changes }),
    health: { leading: () => true, journalReachable: () => true, draining: () => false },
    follower: { appliedSeq: 0, waitFor: async () => true },
    metrics: new Metrics(),
    port,
  };
  const app = uws.App();
  mountHttp(app, deps);
  const listening = await new Promise<number>((resolve, reject) => {
    app.listen('127.0.0.1', 0, (socket) =>
      socket === false ? reject(new Error('cannot listen')) : resolve(uws.us_socket_local_port(socket)),
    );
  });
  const url = `http://127.0.0.1:${listening}`;
  return {
    url,
    port: listening,
    clock: time,
    deps,
    engine,
    changes,
    errors,
    call: (method, path, request) => call(url, method, path, request),
    close: () => app.close(),
  };
}

async function call(url: string, method: string, path: string, request: Request = {}): Promise<Reply> {
  const headers = new Headers(request.headers);
  if (request.token !== undefined) headers.set('Authorization', `Bearer ${request.token}`);
  const body = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const full = path.startsWith('/api/') ? url + path : `${url}/api/v1${path}`;
  const response = await fetch(full, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : {}, text };
}
