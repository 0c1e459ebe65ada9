import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { type Config, ConfigError } from '../config.ts';
import type { AccountJson } from '../engines/queries.ts';
import { ACCOUNT, BODY } from '../engines/records/buffer.ts';
import { COMMAND, HOUSE } from '../engines/records/commands.ts';
import { AuthChanges, watchAuthChanges } from '../gateway/auth/authChanges.ts';
import { Authenticator } from '../gateway/auth/authenticator.ts';
import { ensureJwtSecret, ensureOperator } from '../gateway/auth/operator.ts';
import { PasswordHasher } from '../gateway/auth/passwordHasher.ts';
import type { EnginePort } from '../gateway/engine-port/enginePort.ts';
import { Metrics } from '../gateway/http/metrics.ts';
import { mountHttp } from '../gateway/http/mount.ts';
import { Latency } from '../gateway/latency/latency.ts';
import { RateLimits } from '../gateway/limits/rateLimits.ts';
import { MarketData } from '../gateway/market-data/marketData.ts';
import { encodeConnection } from '../gateway/orders/connection.ts';
import { startServer } from '../gateway/server.ts';
import { ApiKeys } from '../gateway/services/apiKeys.ts';
import { History } from '../gateway/services/history.ts';
import { Lifecycle } from '../gateway/services/lifecycle.ts';
import { Logins } from '../gateway/services/logins.ts';
import { MarketHistory } from '../gateway/services/marketHistory.ts';
import { Operations } from '../gateway/services/operations.ts';
import { Trading } from '../gateway/services/trading.ts';
import type { CandleSource } from '../gateway/streams/candleReader.ts';
import type { StreamsOptions } from '../gateway/streams/streams.ts';
import { startJobs } from '../jobs/jobs.ts';
import { makeDataDirectory } from '../persistence/dataDirectory.ts';
import { connect } from '../persistence/postgres/connect.ts';
import { startEmbedded } from '../persistence/postgres/embedded.ts';
import { migrate } from '../persistence/postgres/migrate.ts';
import { assertSafe } from '../persistence/postgres/safety.ts';
import { sqlReads } from '../persistence/read-model/sqlReads.ts';
import { candlesAt } from '../persistence/read-model/statements/candles.ts';
import { startEngine } from './engineThread.ts';
import { startFollower } from './followerThread.ts';
import { registerGauges } from './gauges.ts';
import { resumerThread } from './resumerThread.ts';

const SHARD = 0;
const DATABASE_CONNECTIONS = 6;

export type ExchangeHooks = {
  onProgress: (text: string) => void;
  onFatal: (error: string) => void;
  /** How streams are tuned. */
  streams?: StreamsOptions;
};

export type Exchange = {
  url: string;
  operator: { username: string; file?: string } | undefined;
  /** Takes no more orders, lets everything under way finish, and stops in the reverse order of starting. */
  stop(): Promise<void>;
};

/**
 * Starts everything, in the order in which it depends on each other: database, engine, follower, jobs, gateway. What was
 * started is stopped again when a later part fails, and when `stop` is called.
 */
export async function startExchange(config: Config, hooks: ExchangeHooks): Promise<Exchange> {
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const started = await start(config, hooks, stops);
    return { ...started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  config: Config,
  hooks: ExchangeHooks,
  stops: (() => Promise<unknown> | unknown)[],
): Promise<Omit<Exchange, 'stop'>> {
  const dataDir = resolve(config.dataDir);
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  const clock = Date.now;
  const trouble = (part: string) => (message: string) => log.warn({ part }, message);

  let databaseUrl = config.databaseUrl;
  if (databaseUrl === undefined) {
    openDataDir(dataDir);
    const postgres = await startEmbedded({
      dataDir,
      onProgress: hooks.onProgress,
      onDown: (error) => hooks.onFatal(`PostgreSQL is down: ${error.message}`),
    });
    stops.push(() => postgres.stop());
    databaseUrl = postgres.url;
  }
  const sql = connect(databaseUrl, { max: DATABASE_CONNECTIONS, applicationName: 'brier' });
  stops.push(() => sql.end({ timeout: 5 }));
  await assertSafe(sql).catch((error: Error) => {
    throw config.databaseUrl === undefined ? error : new ConfigError(`DATABASE_URL: ${error.message}`);
  });
  const migrated = await migrate(sql);
  if (migrated.length > 0) hooks.onProgress(`The database is at migration ${migrated.at(-1)}`);

  const hasher = new PasswordHasher();
  const secret = ensureJwtSecret(config.jwtSecret, dataDir);
  const operator = await ensureOperator({
    sql,
    hasher,
    clock,
    grantMicros: config.signupGrantMicros,
    ...(config.admin === undefined ? {} : { admin: config.admin }),
    ...(config.databaseUrl === undefined ? { dataDir } : {}),
  });

  const engine = await startEngine({
    databaseUrl,
    shard: SHARD,
    onProgress: (commands) =>
      commands > 0 && hooks.onProgress(`Recovering: ${commands.toLocaleString('en')} commands replayed`),
    onTrouble: trouble('journal'),
    onFatal: (error) => hooks.onFatal(`The engine stopped: ${error}`),
  });
  stops.push(() => engine.stop());
  const { port } = engine;
  const markets = new MarketData(engine.image);
  // Until the gateway takes over, jobs alone send commands.
  port.onGroup = (events, from, doneAt) => markets.apply(events, from, doneAt);
  if (engine.image.connections.armed > 0) await endConnections(port);

  const follower = await startFollower({
    databaseUrl,
    shard: SHARD,
    committed: engine.committed,
    ownServer: config.databaseUrl === undefined,
    onTrouble: trouble('follower'),
    onFatal: (error) => hooks.onFatal(`The follower stopped: ${error}`),
  });
  stops.push(() => follower.stop());

  const reads = sqlReads(sql, { openOrders: (account) => openOrderIds(port, account) });
  const { progress } = follower;
  const jobs = await startJobs({
    databaseUrl,
    ...(config.redisUrl === undefined ? {} : { redisUrl: config.redisUrl }),
    shard: SHARD,
    port,
    markets,
    sql,
    reads,
    follower: progress,
    log,
    now: clock,
  });
  stops.push(() => jobs.close());

  const changes = new AuthChanges();
  const watch = watchAuthChanges(sql, changes, { clock, onError: (error) => log.warn({ err: error }, 'auth changes') });
  stops.push(() => watch.stop());
  const authenticator = new Authenticator({ sql, secret, clock, changes });
  const signupGrantMicros = config.signupGrantMicros;
  const history = { reads, follower: progress, port, markets };
  const metrics = new Metrics();
  const latency = new Latency();
  let draining = false;
  const http = {
    authenticator,
    limits: new RateLimits(config.rateLimits, config.limits),
    corsOrigins: config.corsOrigins,
    secureCookies: undefined,
    clock,
    log,
    logins: new Logins({ sql, port, hasher, clock, secret, changes, signupGrantMicros }),
    apiKeys: new ApiKeys({ sql, secret, clock, changes }),
    lifecycle: new Lifecycle({ port, markets, jobs }),
    trading: new Trading({ port, markets }),
    history: new History(history),
    marketHistory: new MarketHistory({ ...history, clock }),
    operations: new Operations({ sql, port, changes, clock }),
    calibration: jobs.calibration,
    health: {
      leading: () => true,
      journalReachable: () =>
        sql`select 1`.then(
          () => true,
          () => false,
        ),
      draining: () => draining,
    },
    metrics,
    latency,
    follower: progress,
    markets,
    jobs,
    port,
    sql,
  };
  const journal = resumerThread({ databaseUrl, shard: SHARD, onTrouble: trouble('resumer') });
  stops.push(() => journal.stop());
  const candles: CandleSource = {
    candles: (query) => candlesAt(sql, SHARD, query),
    waitFor: (seq, timeoutMs) => progress.waitFor(seq, timeoutMs),
  };
  const server = await startServer({
    host: config.host,
    port: config.port,
    origins: config.corsOrigins,
    http: (app) => mountHttp(app, http),
    streams: { ...hooks.streams, journal, candles },
    deps: {
      port,
      data: markets,
      authenticator,
      authChanges: changes,
      reads,
      follower: progress,
      clock,
      rateLimits: config.rateLimits,
      limits: config.limits,
      latency,
      onError: (error) => log.error({ err: error }, 'gateway'),
    },
  });
  registerGauges(metrics, { port, markets, follower: progress, server, jobs, latency });
  stops.push(() => server.close());
  stops.push(() => {
    draining = true;
    return server.drain();
  });
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${server.port}`,
    operator: operator === undefined ? undefined : { ...operator, ...(operator.file && { file: join(operator.file) }) },
  };
}

/** No connection of the process before is left: what was to end with one ends before anybody can trade. */
async function endConnections(port: EnginePort): Promise<void> {
  for (let accounts = 1; accounts > 0; ) {
    const { code, count } = await port.request(encodeConnection(port, HOUSE, 'ALL_GONE'));
    if (code !== undefined) throw new Error(`the orders of lost connections cannot be canceled: ${code}`);
    accounts = count;
  }
}

/** The engine knows at once which orders are open; history then gives their rows by id. */
async function openOrderIds(port: EnginePort, account: number): Promise<number[]> {
  const at = port.buffer.begin(COMMAND.QUERY_ACCOUNT, BODY);
  port.buffer.i32[at + ACCOUNT] = account;
  const { json } = await port.request(at);
  return json === undefined ? [] : (json as AccountJson).orders.map((order) => order.orderId);
}

function openDataDir(dataDir: string): void {
  try {
    makeDataDirectory(dataDir);
  } catch (error) {
    throw new ConfigError(`BRIER_DATA_DIR: ${(error as Error).message}`);
  }
}
