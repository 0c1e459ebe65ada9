import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes, type HttpDeps } from '../../src/gateway/http/mount.ts';
import type { Route } from '../../src/gateway/http/route.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from './testServer.ts';

/** Generated from the table of routes, so that no new route is forgotten. */
const routes = allRoutes({} as HttpDeps);
let postgres: TestPostgres;
let database: TestDatabase;
let server: TestServer;
let trader: string;
let resolver: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await postgres.migrated();
  server = await startTestServer(database);
  const operator = await server.operator();
  trader = await server.trader('trader');
  await server.trader('resolver');
  const made = await server.call('PUT', '/accounts/resolver/roles', { token: operator, body: { roles: ['resolver'] } });
  expect(made.status).toBe(200);
  const password = 'a password of the tests';
  resolver = (await server.call('POST', '/auth/login', { body: { username: 'resolver', password } })).body.accessToken;
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

const try_ = ({ method, path }: Route, token?: string) =>
  server.call(method.toUpperCase(), path.replaceAll(/:[a-z]+/gi, 'x1'), {
    ...(token !== undefined && { token }),
    ...(method !== 'get' && { body: {} }),
  });
const name = (list: Route[]) => list.map((route) => [`${route.method} ${route.path}`, route] as const);

test.each(
  name(routes.filter(({ access }) => access === 'account' || typeof access === 'object')),
)('nobody may %s without a token, nor with a wrong one', async (_, route) => {
  expect((await try_(route)).status).toBe(401);
  expect((await try_(route, 'eyJhbGciOiJub25lIn0.e30.')).status).toBe(401);
});

test.each(name(routes.filter(({ access }) => typeof access === 'object')))('a trader may not %s', async (_, route) => {
  const reply = await try_(route, trader);
  expect(reply.status).toBe(403);
  expect(reply.body.error.code).toBe('FORBIDDEN');
});

test.each(
  name(routes.filter(({ access }) => typeof access === 'object' && !access.includes('resolver'))),
)('a resolver may not %s', async (_, route) => expect((await try_(route, resolver)).status).toBe(403));

test.each(
  name(routes.filter(({ access }) => typeof access === 'object' && access.includes('resolver'))),
)('a resolver may %s', async (_, route) => expect([400, 404]).toContain((await try_(route, resolver)).status));

test.each(name(routes.filter(({ access }) => access === 'public')))('anybody may %s', async (_, route) =>
  expect([401, 403]).not.toContain(route.path.startsWith('/auth/refresh') ? 200 : (await try_(route)).status));

test('a change of roles ends the sessions and lets the new roles in', async () => {
  const operator = await server.operator();
  const token = await server.trader('promoted');
  const setRoles = (username: string, roles: string[]) =>
    server.call('PUT', `/accounts/${username}/roles`, { token: operator, body: { roles } });
  const [row] = await database.sql<{ id: number }[]>`select id from brier.users where username = 'promoted'`;
  const told: unknown[] = [];
  const stop = server.changes.on((change) => told.push(change));
  expect((await setRoles('promoted', ['trader', 'operator'])).body).toEqual({
    username: 'promoted',
    roles: ['trader', 'operator'],
  });
  stop();
  expect(told).toEqual([{ account: row?.id, sessionVersion: 2 }]);
  expect((await server.call('GET', '/me', { token })).status).toBe(401);
  expect((await setRoles('promoted', ['king'])).status).toBe(400);
  expect((await setRoles('promoted', [])).status).toBe(400);
  expect((await setRoles('nobody', ['trader'])).status).toBe(404);
  expect((await setRoles('Operator', ['trader'])).body.error.code).toBe('CONFLICT');
});

test('an operator ends all sessions of an account, refresh tokens included', async () => {
  const operator = await server.operator();
  const body = { username: 'ended', password: 'a password of the tests' };
  const { accessToken, refreshToken } = (await server.call('POST', '/auth/register', { body })).body;
  const reply = await server.call('DELETE', '/accounts/ended/sessions', { token: operator });
  expect(reply.status).toBe(204);
  expect((await server.call('GET', '/me', { token: accessToken })).status).toBe(401);
  expect((await server.call('POST', '/auth/refresh', { body: { refreshToken } })).status).toBe(401);
  expect((await server.call('POST', '/auth/login', { body })).status).toBe(200);
});
