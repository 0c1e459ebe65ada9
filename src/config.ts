import { isIP } from 'node:net';
import { changedLimits, DEFAULT_LIMITS, type Limits } from './limits.ts';
import { password, username } from './protocol/http.ts';
import { NOT_A_DECIMAL, NOT_ON_GRID, parseMoney, TOO_LARGE } from './protocol/units.ts';

/** Everything that is configured, read from the environment once and checked before anything starts. */
export type Config = {
  host: string;
  port: number;
  dataDir: string;
  /** Your PostgreSQL; undefined: the embedded one. */
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  jwtSecret: string | undefined;
  corsOrigins: string[];
  signupGrantMicros: number;
  rateLimits: boolean;
  limits: Limits;
  admin: { username: string; password: string } | undefined;
  /** Print one machine-readable line when the exchange takes orders. */
  readyLine: boolean;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
};

/** A bad environment variable: the message is the one line that the start prints. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const PORT_MAX = 65_535;
const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$/;
const JWT_SECRET_LENGTH_MIN = 32;

/** Throws {@link ConfigError} that names the first variable at fault and what would be right. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const databaseUrl = url(env, 'DATABASE_URL', ['postgres:', 'postgresql:']);
  const redisUrl = url(env, 'REDIS_URL', ['redis:', 'rediss:']);
  const jwtSecret = text(env, 'JWT_SECRET');
  if (jwtSecret !== undefined && jwtSecret.length < JWT_SECRET_LENGTH_MIN)
    throw new ConfigError(`JWT_SECRET must have at least ${JWT_SECRET_LENGTH_MIN} characters`);
  if (databaseUrl !== undefined && jwtSecret === undefined)
    throw new ConfigError('JWT_SECRET is required with DATABASE_URL: at least 32 random characters');
  return {
    host: host(env),
    port: port(env),
    dataDir: text(env, 'BRIER_DATA_DIR') ?? '.brier',
    databaseUrl,
    redisUrl,
    jwtSecret,
    corsOrigins: origins(env),
    signupGrantMicros: grant(env, databaseUrl === undefined),
    rateLimits: choice(env, 'BRIER_RATE_LIMITS', ['on', 'off'], 'on') === 'on',
    limits: limits(env),
    admin: admin(env),
    readyLine: choice(env, 'BRIER_READY_LINE', ['0', '1'], '0') === '1',
    logLevel: choice(env, 'BRIER_LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'warn'),
  };
}

/** An empty variable is an absent one. */
function text(env: Record<string, string | undefined>, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

function host(env: Record<string, string | undefined>): string {
  const value = text(env, 'HOST') ?? '127.0.0.1';
  if (isIP(value) === 0 && !HOST_NAME.test(value))
    throw new ConfigError(`HOST must be an address or a name to listen on, such as 0.0.0.0, not "${value}"`);
  return value;
}

function port(env: Record<string, string | undefined>): number {
  const value = text(env, 'PORT') ?? '9001';
  if (!/^\d{1,5}$/.test(value) || Number(value) > PORT_MAX)
    throw new ConfigError(`PORT must be a number from 0 to ${PORT_MAX}, not "${value}"`);
  return Number(value);
}

function choice<T extends string>(
  env: Record<string, string | undefined>,
  name: string,
  choices: readonly T[],
  otherwise: T,
): T {
  const value = text(env, name);
  if (value === undefined) return otherwise;
  const found = choices.find((one) => one === value);
  if (found === undefined) throw new ConfigError(`${name} must be ${choices.join(' or ')}, not "${value}"`);
  return found;
}

function url(env: Record<string, string | undefined>, name: string, schemes: string[]): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || !schemes.includes(new URL(value).protocol))
    throw new ConfigError(`${name} must be a URL that starts with ${schemes.map((s) => `${s}//`).join(' or ')}`);
  return value;
}

function origins(env: Record<string, string | undefined>): string[] {
  const list = (text(env, 'CORS_ORIGINS') ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  for (const origin of list)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new ConfigError(`CORS_ORIGINS must be exact origins such as https://example.org, not "${origin}"`);
  return list;
}

function grant(env: Record<string, string | undefined>, embedded: boolean): number {
  const value = text(env, 'SIGNUP_GRANT') ?? (embedded ? '1000' : '0');
  if (/^0+(\.0+)?$/.test(value)) return 0;
  const micros = parseMoney(value);
  if (micros === NOT_A_DECIMAL || micros === NOT_ON_GRID || micros === TOO_LARGE || micros <= 0)
    throw new ConfigError(`SIGNUP_GRANT must be dollars with up to 6 decimals, such as 1000, not "${value}"`);
  return micros;
}

function limits(env: Record<string, string | undefined>): Limits {
  const value = text(env, 'BRIER_LIMITS');
  if (value === undefined) return DEFAULT_LIMITS;
  let changes: unknown;
  try {
    changes = JSON.parse(value);
  } catch {
    throw new ConfigError('BRIER_LIMITS must be JSON such as {"connectionsPerAddress":64}');
  }
  const changed = changedLimits(changes);
  if (typeof changed === 'string') throw new ConfigError(`BRIER_LIMITS must have ${changed}`);
  return changed;
}

function admin(env: Record<string, string | undefined>): Config['admin'] {
  const name = text(env, 'BRIER_ADMIN_USERNAME');
  const secret = text(env, 'BRIER_ADMIN_PASSWORD');
  if (name === undefined && secret === undefined) return undefined;
  if (name === undefined) throw new ConfigError('BRIER_ADMIN_USERNAME is required with BRIER_ADMIN_PASSWORD');
  if (secret === undefined) throw new ConfigError('BRIER_ADMIN_PASSWORD is required with BRIER_ADMIN_USERNAME');
  if (!username.safeParse(name).success)
    throw new ConfigError(`BRIER_ADMIN_USERNAME must be 3 to 32 letters, digits, _ . or -, not "${name}"`);
  // Not shown: lines of a start are kept in logs.
  if (!password.safeParse(secret).success)
    throw new ConfigError('BRIER_ADMIN_PASSWORD must have at least 8 characters and at most 72 bytes');
  return { username: name, password: secret };
}
