import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuthChange } from '../../src/gateway/auth/authChanges.ts';
import { AuthChanges, ends, watchAuthChanges } from '../../src/gateway/auth/authChanges.ts';
import { TIMESTAMP_TOLERANCE_MS } from '../../src/gateway/auth/authenticator.ts';
import type { Identity } from '../../src/gateway/auth/identity.ts';
import { SealedHashes } from '../../src/gateway/auth/sealedHashes.ts';
import { UsedSignatures } from '../../src/gateway/auth/usedSignatures.ts';
import { Refusal } from '../../src/gateway/services/refusal.ts';
import { API_KEYS_PER_ACCOUNT_MAX } from '../../src/persistence/users/apiKeys.ts';
import { startTestServer, type TestServer } from '../http/testServer.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let server: TestServer;
let token: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await postgres.migrated();
  server = await startTestServer(database);
  token = await server.trader('trader');
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

const create = (body: object) => server.call('POST', '/api-keys', { token, body });
/** As a client signs: written out here, so that the documented rule is what is tested. */
const sign = (secret: string, timestamp: number) =>
  createHmac('sha256', createHash('sha256').update(secret).digest()).update(String(timestamp)).digest('hex');
function verify(
  key: { id: string; secret: string },
  more: { timestamp?: number; signature?: string; address?: string } = {},
) {
  const timestamp = more.timestamp ?? server.clock.now;
  const signature = more.signature ?? sign(key.secret, timestamp);
  return server.deps.authenticator.verifyApiKey({
    apiKey: key.id,
    timestamp,
    signature,
    address: more.address ?? '127.0.0.1',
  });
}
const codeOf = (result: Identity | Refusal) => (result instanceof Refusal ? result.error.code : 'let in');

test('a key is shown once, stored hashed, and lets its account in with its scopes', async () => {
  const { status, body: key } = await create({ name: 'bot', scopes: ['read', 'trade'] });
  expect(status).toBe(201);
  expect(Buffer.from(key.secret, 'base64url')).toHaveLength(32);
  const listed = await server.call('GET', '/api-keys', { token });
  expect(listed.body.apiKeys).toMatchObject([{ id: key.id, name: 'bot', scopes: ['read', 'trade'], addresses: [] }]);
  expect(listed.text).not.toContain(key.secret);
  const rows = await database.sql`select * from brier.api_keys`;
  expect(JSON.stringify(rows)).not.toContain(key.secret);
  expect(await verify(key)).toMatchObject({ username: 'trader', scopes: ['read', 'trade'], session: key.id });
});

test('what the database keeps lets nobody in who has only that', async () => {
  const { body: key } = await create({ name: 'stolen' });
  const [row] = await database.sql<{ kept: Uint8Array }[]>`
    select secret_hash as kept from brier.api_keys where id = ${key.id}`;
  const kept = Buffer.from(row?.kept ?? []);
  const hash = createHash('sha256').update(key.secret).digest();
  expect(kept.includes(hash)).toBe(false);
  const { now } = server.clock;
  for (const stolen of [kept, kept.subarray(12, 44), Buffer.alloc(32)]) {
    const signature = createHmac('sha256', stolen).update(String(now)).digest('hex');
    expect(codeOf(await verify(key, { signature }))).toBe('UNAUTHENTICATED');
  }
  // Nor does a hash that is put into the place of another, or one of a server with another secret.
  const { body: other } = await create({ name: 'other' });
  await database.sql`update brier.api_keys set secret_hash = ${kept} where id = ${other.id}`;
  expect(codeOf(await verify({ id: other.id, secret: key.secret }))).toBe('UNAUTHENTICATED');
  const strange = new SealedHashes('the secret of another server, which is long').seal(other.id, hash);
  for (const value of [strange, hash, Buffer.alloc(0), Buffer.alloc(60)]) {
    await database.sql`update brier.api_keys set secret_hash = ${value} where id = ${other.id}`;
    expect(codeOf(await verify({ id: other.id, secret: key.secret }))).toBe('UNAUTHENTICATED');
  }
  expect(codeOf(await verify(key))).toBe('let in');
});

test('reads only, unless asked for more', async () => {
  const { body: key } = await create({ name: 'reader' });
  expect(await verify(key)).toMatchObject({ scopes: ['read'] });
});

test('signatures are checked, and so is their time', async () => {
  const { body: key } = await create({ name: 'signer' });
  const { now } = server.clock;
  expect(codeOf(await verify(key, { timestamp: now - TIMESTAMP_TOLERANCE_MS }))).toBe('let in');
  expect(codeOf(await verify(key, { timestamp: now - TIMESTAMP_TOLERANCE_MS - 1 }))).toBe('UNAUTHENTICATED');
  expect(codeOf(await verify(key, { timestamp: now + TIMESTAMP_TOLERANCE_MS + 1 }))).toBe('UNAUTHENTICATED');
  expect(codeOf(await verify(key, { signature: sign(key.secret, now - 1) }))).toBe('UNAUTHENTICATED');
  expect(codeOf(await verify(key, { signature: '' }))).toBe('UNAUTHENTICATED');
  expect(codeOf(await verify({ ...key, secret: `${key.secret}x` }))).toBe('UNAUTHENTICATED');
  expect(await verify({ ...key, id: 'nobody' })).toEqual(await verify({ ...key, secret: 'wrong' }));
  const keyless = createHmac('sha256', Buffer.alloc(32)).update(String(now)).digest('hex');
  expect(codeOf(await verify({ ...key, id: 'nobody' }, { signature: keyless }))).toBe('UNAUTHENTICATED');
});

test('a signature that somebody copied is of no use elsewhere, and of none to anybody when its time is over', async () => {
  const { body: key } = await create({ name: 'copied' });
  const { now } = server.clock;
  expect(codeOf(await verify(key, { address: '10.0.0.1' }))).toBe('let in');
  // Several connections that log in at once.
  expect(codeOf(await verify(key, { address: '10.0.0.1' }))).toBe('let in');
  expect(await verify(key, { address: '10.0.0.2' })).toMatchObject({
    error: { code: 'UNAUTHENTICATED', field: 'timestamp' },
  });
  expect(codeOf(await verify(key, { address: '10.0.0.2', timestamp: now + 1 }))).toBe('let in');
  const early = { timestamp: now + TIMESTAMP_TOLERANCE_MS, address: '10.0.0.1' };
  expect(codeOf(await verify(key, early))).toBe('let in');
  server.clock.now += 2 * TIMESTAMP_TOLERANCE_MS;
  expect(codeOf(await verify(key, { ...early, address: '10.0.0.2' }))).toBe('UNAUTHENTICATED');
  server.clock.now += 1;
  expect(codeOf(await verify(key, early))).toBe('UNAUTHENTICATED');
});

test('signatures are remembered while they are good, and not without limit', () => {
  const used = new UsedSignatures(3);
  expect(used.take('a', 'one', 10, 0)).toBe(true);
  expect(used.take('a', 'two', 10, 10)).toBe(false);
  expect(used.take('b', 'one', 30, 11)).toBe(true);
  expect(used.size).toBe(1);
  for (const signature of ['c', 'd', 'e']) expect(used.take(signature, 'one', 30, 12)).toBe(true);
  expect(used.size).toBe(3);
  expect(used.take('e', 'two', 30, 12)).toBe(false);
});

test('a key may be bound to addresses', async () => {
  const { body: key } = await create({ name: 'bound', addresses: ['10.1.0.0/16', '127.0.0.1', '2001:db8::/32'] });
  let timestamp = server.clock.now;
  for (const address of ['10.1.2.3', '127.0.0.1', '2001:db8:1:0:0:0:0:5']) {
    expect(codeOf(await verify(key, { address, timestamp: ++timestamp })), address).toBe('let in');
  }
  for (const address of ['10.2.0.1', '127.0.0.2', '2001:db9:0:0:0:0:0:1']) {
    expect(codeOf(await verify(key, { address, timestamp: ++timestamp })), address).toBe('FORBIDDEN');
  }
  const { body: mapped } = await create({ name: 'mapped', addresses: ['::ffff:10.1.2.3', '2001:db8:0:0::7'] });
  expect(codeOf(await verify(mapped, { address: '10.1.2.3' }))).toBe('let in');
  expect(codeOf(await verify(mapped, { address: '2001:db8:0:0:0:0:0:7', timestamp: ++timestamp }))).toBe('let in');
  expect(codeOf(await verify(mapped, { address: '10.1.2.4' }))).toBe('FORBIDDEN');
  expect(codeOf(await verify(mapped, { address: '2001:db8:0:0:0:0:0:8' }))).toBe('FORBIDDEN');
});

test.each([
  ['name', { name: '' }],
  ['scopes', { name: 'x', scopes: [] }],
  ['scopes', { name: 'x', scopes: ['read', 'read'] }],
  ['scopes.0', { name: 'x', scopes: ['withdraw'] }],
  ['addresses.0', { name: 'x', addresses: ['10.0.0.300'] }],
  ['addresses.0', { name: 'x', addresses: ['10.0.0.0/33'] }],
  ['secret', { name: 'x', secret: 'mine' }],
])('refuses by field %s: %j', async (field, body) => {
  expect((await create(body)).body.error).toMatchObject({ code: 'INVALID_REQUEST', field });
});

test('a revoked key lets nobody in, and connections are told; others cannot revoke it', async () => {
  const { body: key } = await create({ name: 'gone' });
  const other = await server.trader('other');
  const identity = (await verify(key)) as Identity;
  expect((await server.call('DELETE', `/api-keys/${key.id}`, { token: other })).status).toBe(404);
  const told: AuthChange[] = [];
  const stop = server.changes.on((change) => told.push(change));
  expect((await server.call('DELETE', `/api-keys/${key.id}`, { token })).status).toBe(204);
  stop();
  expect(told.map((change) => ends(change, identity))).toEqual([true]);
  expect(codeOf(await verify(key))).toBe('UNAUTHENTICATED');
  expect((await server.call('DELETE', `/api-keys/${key.id}`, { token })).status).toBe(404);
});

test('an account has only so many', async () => {
  token = await server.trader('collector');
  for (let i = 0; i < API_KEYS_PER_ACCOUNT_MAX; i++) expect((await create({ name: `key ${i}` })).status).toBe(201);
  const reply = await create({ name: 'one more' });
  expect(reply.body.error).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    limit: { name: 'apiKeysPerAccount', value: API_KEYS_PER_ACCOUNT_MAX },
  });
});

test('what another process ends is heard here', async () => {
  const clock = () => server.clock.now;
  const elsewhere = new AuthChanges();
  const accessToken = await server.trader('watched');
  const identity = (await server.deps.authenticator.verifyAccessToken(accessToken)) as Identity;
  const heard = new Promise<AuthChange>((resolve) => {
    elsewhere.on((change) => {
      if (change.account === identity.account) resolve(change);
    });
  });
  const errors: unknown[] = [];
  const watch = watchAuthChanges(database.sql, elsewhere, { clock, onError: (error) => errors.push(error) });
  await server.call('POST', '/auth/logout', { token: accessToken });
  const change = await heard;
  await watch.stop();
  expect(ends(change, identity)).toBe(true);
  expect(errors).toEqual([]);
});

test('a change ends the sessions that it means, and no others', () => {
  const identity = { account: 7, session: 'here', sessionVersion: 3 } as Identity;
  expect(ends({ account: 7, sessionVersion: 4 }, identity)).toBe(true);
  expect(ends({ account: 7, sessionVersion: 3 }, identity)).toBe(false);
  expect(ends({ account: 8, sessionVersion: 4 }, identity)).toBe(false);
  expect(ends({ account: 7, session: 'here' }, identity)).toBe(true);
  expect(ends({ account: 7, session: 'there' }, identity)).toBe(false);
});
