import { createConnection, type Socket } from 'node:net';
import postgres from 'postgres';

/** A pool of connections. Made by `connect` alone: nothing else imports the driver. */
export type Sql = postgres.Sql<{ int8: number }>;

/** What the server answered when it refused a statement; `code` is the SQLSTATE. */
export const DatabaseError = postgres.PostgresError;

export interface ConnectOptions {
  /** Connections at most. */
  max?: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** The server ends a statement that runs longer; 0: the server's own default. */
  statementTimeoutMs?: number;
  connectTimeoutMs?: number;
  /** Close connections that were idle for so long; 0: never. */
  idleTimeoutMs?: number;
  /** One extra query a connection; needed to read or send arrays. */
  arrays?: boolean;
  /** Sees every socket that is opened, so that one that hangs can be destroyed. */
  onSocket?: (socket: Socket) => void;
}

const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 60_000;
const RECONNECT_FIRST_S = 0.05;
const RECONNECT_MAX_S = 1;

/**
 * Connects to PostgreSQL when first used. `int8` is read as a safe integer, and one outside that range throws: a money
 * or sequence column must never lose its last digit. `bytea` is read as a Buffer.
 */
export function connect(url: string, options: ConnectOptions): Sql {
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  return postgres(url, {
    max: options.max ?? 4,
    connect_timeout: connectTimeoutMs / 1000,
    idle_timeout: (options.idleTimeoutMs ?? 0) / 1000,
    // The driver's default closes connections after half an hour or so; ours end with the process.
    max_lifetime: null,
    // The driver's default pauses up to 20 s between attempts: too long after a server's restart.
    backoff: (attempt: number) => Math.min(RECONNECT_FIRST_S * 2 ** attempt, RECONNECT_MAX_S),
    fetch_types: options.arrays ?? true,
    onnotice: () => {},
    connection: {
      application_name: options.applicationName,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
    types: { int8: { to: 20, from: [20], serialize: (value: number) => String(value), parse: parseInt8 } },
    ...(options.onSocket === undefined ? {} : { socket: socketMaker(options.onSocket) }),
  });
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} is outside the safe integers`);
  return value;
}

/** The driver's parsed options that a socket needs: parallel lists of hosts and ports, or a unix socket's path. */
interface SocketOptions {
  host: string[];
  port: number[];
  path: string | false;
}

function socketMaker(onSocket: (socket: Socket) => void): (options: SocketOptions) => Socket {
  let attempt = 0;
  return ({ host, port, path }) => {
    const turn = attempt++ % host.length;
    const socket =
      typeof path === 'string'
        ? createConnection({ path })
        : createConnection({ host: host[turn]!, port: Number(port[turn] ?? port[0]) });
    onSocket(socket);
    return socket;
  };
}
