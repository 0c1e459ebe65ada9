import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makeDataDirectory } from '../../persistence/dataDirectory.ts';
import type { Sql } from '../../persistence/postgres/connect.ts';
import { findUser, insertUser } from '../../persistence/users/users.ts';
import { credentials } from '../../protocol/http.ts';
import { OVERLOADED, type PasswordHasher } from './passwordHasher.ts';
import { newSecret } from './secrets.ts';

const OPERATOR_FILE = 'operator.json';
const DEFAULT_USERNAME = 'operator';
const SECRET_FILE = 'jwt-secret';
/** Shorter than the hash it keys, a secret can be guessed. */
const SECRET_LENGTH_MIN = 32;
const OWNER_ONLY = 0o600;

const operatorFile = z.strictObject({ username: z.string(), password: z.string() });

/**
 * Makes sure that there is an operator (who is also a resolver and may trade): the one named by `admin`, or, with a data
 * directory, one of its own whose generated password is kept in `<dataDir>/operator.json`, readable by the owner only. An
 * account that is there already keeps its password. Returns the file’s path when it is what holds the password.
 * Throws a readable error for an `admin` that does not keep the rules of registration. The engine is not needed: its side
 * of the account is opened at the first log-in.
 */
export async function ensureOperator(deps: {
  sql: Sql;
  hasher: PasswordHasher;
  clock: () => number;
  admin?: { username: string; password: string };
  dataDir?: string;
  grantMicros: number;
}): Promise<{ username: string; file?: string } | undefined> {
  const { admin, dataDir } = deps;
  if (admin !== undefined) {
    const parsed = credentials.safeParse(admin);
    if (!parsed.success) {
      const rules = 'a username of 3–32 letters, digits, _.- and a password of 8 characters to 72 bytes';
      throw new Error(`BRIER_ADMIN_USERNAME and BRIER_ADMIN_PASSWORD must be ${rules}`);
    }
    await insertOperator(deps, parsed.data);
    return { username: parsed.data.username };
  }
  if (dataDir === undefined) return undefined;
  const file = join(dataDir, OPERATOR_FILE);
  const operator = readOperator(file) ?? { username: DEFAULT_USERNAME, password: newSecret() };
  // The file first: a process that dies in between finds the password there on its next start.
  if (!existsSync(file)) {
    makeDataDirectory(dataDir);
    writeFileSync(file, `${JSON.stringify(operator, null, 2)}\n`, { mode: OWNER_ONLY, flag: 'wx' });
  }
  await insertOperator(deps, operator);
  return { username: operator.username, file };
}

function readOperator(file: string): z.infer<typeof operatorFile> | undefined {
  return existsSync(file) ? operatorFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

async function insertOperator(
  deps: { sql: Sql; hasher: PasswordHasher; clock: () => number; grantMicros: number },
  operator: { username: string; password: string },
): Promise<void> {
  const { sql, grantMicros } = deps;
  const existing = await findUser(sql, operator.username);
  if (existing !== undefined) {
    if (existing.roles.includes('operator')) return;
    // Whoever registered the name first must not become the operator.
    throw new Error(`The account ${operator.username} exists and is not an operator: choose another operator name`);
  }
  const passwordHash = await deps.hasher.hash(operator.password);
  if (passwordHash === OVERLOADED) throw new Error('no password hash could be made');
  await insertUser(sql, {
    username: operator.username,
    passwordHash,
    roles: ['trader', 'operator', 'resolver'],
    grantMicros,
    at: deps.clock(),
  });
}

/** The key of access tokens: the one configured, else one generated once and kept in the data directory. */
export function ensureJwtSecret(configured: string | undefined, dataDir: string): string {
  if (configured !== undefined) {
    if (configured.length < SECRET_LENGTH_MIN) throw new Error(`JWT_SECRET must have ${SECRET_LENGTH_MIN} characters`);
    return configured;
  }
  const file = join(dataDir, SECRET_FILE);
  if (!existsSync(file)) {
    makeDataDirectory(dataDir);
    writeFileSync(file, newSecret(), { mode: OWNER_ONLY, flag: 'wx' });
  }
  return readFileSync(file, 'utf8').trim();
}
