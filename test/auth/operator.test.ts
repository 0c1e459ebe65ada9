import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureJwtSecret, ensureOperator } from '../../src/gateway/auth/operator.ts';
import { PasswordHasher } from '../../src/gateway/auth/passwordHasher.ts';
import { findUser } from '../../src/persistence/users/users.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let folder: string;
const hasher = new PasswordHasher(4);
const ensure = (more: { admin?: { username: string; password: string }; dataDir?: string }) =>
  ensureOperator({ sql: database.sql, hasher, clock: () => 1e12, grantMicros: 0, ...more });
beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = mkdtempSync(join(tmpdir(), 'brier-operator-'));
});
beforeEach(async () => {
  database = await postgres.migrated();
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the one of the environment is created once and keeps its password', async () => {
  const admin = { username: 'boss', password: 'first password' };
  expect(await ensure({ admin })).toEqual({ username: 'boss' });
  await ensure({ admin: { ...admin, password: 'second password' } });
  const user = await findUser(database.sql, 'boss');
  expect(user?.roles).toEqual(['trader', 'operator', 'resolver']);
  expect(await hasher.matches('first password', user?.passwordHash)).toBe(true);
});

test('one is made up, its password readable by the owner only, and found again on the next start', async () => {
  const dataDir = join(folder, 'made-up');
  const made = await ensure({ dataDir });
  expect(made).toEqual({ username: 'operator', file: join(dataDir, 'operator.json') });
  expect(statSync(join(dataDir, 'operator.json')).mode & 0o777).toBe(0o600);
  const operator = JSON.parse(readFileSync(join(dataDir, 'operator.json'), 'utf8'));
  const user = await findUser(database.sql, operator.username);
  expect(await hasher.matches(operator.password, user?.passwordHash)).toBe(true);
  expect(await ensure({ dataDir })).toEqual(made);
  expect(JSON.parse(readFileSync(join(dataDir, 'operator.json'), 'utf8'))).toEqual(operator);
  // A new database beside the old file: the file stays the truth.
  database = await postgres.migrated();
  await ensure({ dataDir });
  const again = await findUser(database.sql, 'operator');
  expect(await hasher.matches(operator.password, again?.passwordHash)).toBe(true);
});

test('refuses a name that somebody registered, and credentials that break the rules', async () => {
  await database.sql`insert into brier.users (username, password_hash, created_at, changed_at)
    values ('boss', 'x', now(), now())`;
  await expect(ensure({ admin: { username: 'Boss', password: 'a password' } })).rejects.toThrow('not an operator');
  await expect(ensure({ admin: { username: 'b', password: 'a password' } })).rejects.toThrow('BRIER_ADMIN_USERNAME');
  await expect(ensure({ admin: { username: 'other', password: 'short' } })).rejects.toThrow('BRIER_ADMIN_PASSWORD');
  expect(await ensure({})).toBeUndefined();
});

test('the key of tokens is made once, for the owner’s eyes', () => {
  const dataDir = join(folder, 'key');
  const secret = ensureJwtSecret(undefined, dataDir);
  expect(secret.length).toBeGreaterThanOrEqual(43);
  expect(ensureJwtSecret(undefined, dataDir)).toBe(secret);
  expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
  expect(ensureJwtSecret('x'.repeat(32), dataDir)).toBe('x'.repeat(32));
  expect(() => ensureJwtSecret('short', dataDir)).toThrow('JWT_SECRET');
});
