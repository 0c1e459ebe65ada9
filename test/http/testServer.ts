import { AuthChanges } from '../../src/gateway/auth/authChanges.ts';
import { Authenticator } from '../../src/gateway/auth/authenticator.ts';
import { ensureOperator } from '../../src/gateway/auth/operator.ts';
import { PasswordHasher } from '../../src/gateway/auth/passwordHasher.ts';
import { Metrics } from '../../src/gateway/http/metrics.ts';
import { allRoutes, type HttpDeps, mountHttp } from '../../src/gateway/http/mount.ts';
import type { Route } from '../../src/gateway/http/route.ts';
import { Latency } from '../../src/gateway/latency/latency.ts';
import { RateLimits } from '../../src/gateway/limits/rateLimits.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import { ApiKeys } from '../../src/gateway/services/apiKeys.ts';
import { History } from '../../src/gateway/services/history.ts';
import { Lifecycle } from '../../src/gateway/services/lifecycle.ts';
import { Logins } from '../../src/gateway/services/logins.ts';
import { MarketHistory } from '../../src/gateway/services/marketHistory.ts';
import { Operations } from '../../src/gateway/services/operations.ts';
import type { JobsPort } from '../../src/gateway/services/ports.ts';
import { Trading } from '../../src/gateway/services/trading.ts';
import uWS from '../../src/gateway/uws.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/limits.ts';
import { ReadModelWriter } from '../../src/persistence/read-model/readModelWriter.ts';
import type { FollowerProgress } from '../../src/persistence/read-model/reads.ts';
import { sqlReads } from '../../src/persistence/read-model/sqlReads.ts';
import type { OrderView } from '../../src/protocol/answers.ts';
import type { WireError } from '../../src/protocol/errors.ts';
import { errorView } from '../../src/protocol/http.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { TestEngine } from './testEngine.ts';

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
  follower: FollowerProgress;
  changes: AuthChanges;
  /** What the log was told at warn and error. */
  errors: unknown[];
  /** Slugs that the jobs were told of. */
  told: { changed: string[]; settle: string[] };
  call(method: string, path: string, request?: Request): Promise<Reply>;
  /** The access token of a new account. */
  trader(username: string): Promise<string>;
  /** The access token of the operator. */
  operator(): Promise<string>;
  close(): Promise<void>;
};

const PASSWORD = 'a password of the tests';

/** The whole HTTP side on a loopback port, over a real database, the real engine and the real read model. */
export async function startTestServer(
  database: TestDatabase,
  options: { rateLimits?: boolean; limits?: Partial<Limits>; corsOrigins?: string[]; secureCookies?: boolean } = {},
): Promise<TestServer> {
  const { sql } = database;
  const time = { now: Date.UTC(2030, 0, 1) };
  const clock = () => time.now;
  const engine = new TestEngine(clock);
  const changes = new AuthChanges();
  const errors: unknown[] = [];
  const told = { changed: [] as string[], settle: [] as string[] };
  const hasher = new PasswordHasher(COST);
  const note = (fields: object) => errors.push(fields);
  const { port } = engine;
  const markets = new MarketData(engine.engine.image());
  port.onGroup = (events, from, doneAt) => markets.apply(events, from, doneAt);
  const writer = await ReadModelWriter.open(database.url, 0, engine.engine.image());
  engine.onCommand = (command, at, events, doneAt) => writer.add(command, at, events, 0, doneAt);
  const jobs: JobsPort = {
    marketChanged: (slug) => told.changed.push(slug),
    settle: (slug) => told.settle.push(slug),
    failures: async () => [],
  };
  const reads = sqlReads(sql);
  const follower: FollowerProgress = {
    get appliedSeq() {
      return writer.head.seq;
    },
    async waitFor(seq) {
      if (writer.head.seq < seq) await writer.flush(engine.engine.seq, engine.engine.digest);
      return writer.head.seq >= seq;
    },
  };
  const history = { reads, follower, port, markets };
  const deps: HttpDeps = {
    authenticator: new Authenticator({ sql, secret: JWT_SECRET, clock, changes }),
    limits: new RateLimits(options.rateLimits ?? false, { ...DEFAULT_LIMITS, ...options.limits }),
    corsOrigins: options.corsOrigins ?? [],
    secureCookies: options.secureCookies,
    clock,
    log: { error: note, warn: note, info: () => {} },
    logins: new Logins({ sql, port, hasher, clock, secret: JWT_SECRET, changes, signupGrantMicros: GRANT_MICROS }),
    apiKeys: new ApiKeys({ sql, secret: JWT_SECRET, clock, changes }),
    lifecycle: new Lifecycle({ port, markets, jobs }),
    trading: new Trading({ port, markets }),
    history: new History(history),
    marketHistory: new MarketHistory({ ...history, clock }),
    operations: new Operations({ sql, port, changes, clock }),
    calibration: {
      report: async (query) => ({ asked: query }),
      market: async () => null,
      svg: async () => '<svg xmlns="http://www.w3.org/2000/svg"/>',
    },
    health: { leading: () => true, journalReachable: () => true, draining: () => false },
    metrics: new Metrics(),
    latency: new Latency(),
    follower,
    markets,
    jobs,
    port,
    sql,
  };
  const app = uWS.App();
  mountHttp(app, deps);
  const listening = await new Promise<number>((resolve, reject) => {
    app.listen('127.0.0.1', 0, (socket) =>
      socket === false ? reject(new Error('cannot listen')) : resolve(uWS.us_socket_local_port(socket)),
    );
  });
  const url = `http://127.0.0.1:${listening}`;
  const routes = allRoutes(deps);
  const send: TestServer['call'] = async (method, path, request) => {
    const reply = await call(url, method, path, request);
    checkContract(routes, method, path, reply);
    return reply;
  };
  const tokenOf = (route: string, username: string) =>
    send('POST', route, { body: { username, password: PASSWORD } }).then((reply) => reply.body.accessToken);
  return {
    url,
    port: listening,
    clock: time,
    deps,
    engine,
    follower,
    changes,
    errors,
    told,
    call: send,
    trader: (username) => tokenOf('/auth/register', username),
    async operator() {
      const admin = { username: 'operator', password: PASSWORD };
      await ensureOperator({ sql, hasher, clock, admin, grantMicros: GRANT_MICROS });
      return tokenOf('/auth/login', admin.username);
    },
    async close() {
      app.close();
      await writer.close();
    },
  };
}

/** Every answer is one that its route documents, of the documented shape. */
function checkContract(routes: readonly Route[], method: string, path: string, reply: Reply): void {
  const [bare = ''] = path.split('?');
  const matches = (pattern: string) => {
    const parts = pattern.split('/');
    const given = bare.split('/');
    return parts.length === given.length && parts.every((part, i) => part.startsWith(':') || part === given[i]);
  };
  const [found] = routes
    .filter((route) => route.method === method.toLowerCase() && matches(route.path))
    .sort((a, b) => a.params.length - b.params.length);
  if (found === undefined) return;
  const documented = found.answers[reply.status];
  if (reply.status < 400 && documented === undefined)
    throw new Error(`${method} ${path}: ${reply.status} is not documented`);
  const schema = reply.status < 400 ? documented?.schema : errorView;
  const parsed = schema?.safeParse(reply.body);
  if (parsed?.success === false) throw new Error(`${method} ${path}: ${parsed.error.message} ${reply.text}`);
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
