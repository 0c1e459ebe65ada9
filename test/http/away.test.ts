import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from './testServer.ts';

let postgres: TestPostgres;
let server: TestServer;
let token: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated());
  token = await server.trader('trader');
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

test('a server that is stopping begins nothing new, and says so; it still cancels', async () => {
  const { health } = server.deps;
  server.deps.health = { ...health, draining: () => true };
  const reply = await server.call('GET', '/me', { token });
  const canceled = await server.call('DELETE', '/orders', { token });
  // One that had begun and asks the database who it is for.
  let asked = false;
  server.deps.health = {
    ...health,
    draining: () => {
      const begun = asked;
      asked = true;
      return begun;
    },
  };
  const late = await server.call('GET', '/account', { token });
  server.deps.health = health;
  expect(late.body.error.code).toBe('UNAVAILABLE');
  expect(canceled.body).toEqual({ canceled: 0 });
  expect(reply.status).toBe(503);
  expect(reply.headers.get('retry-after')).toBe('1');
  expect(reply.body.error.code).toBe('UNAVAILABLE');
  expect((await server.call('GET', '/me', { token })).status).toBe(200);
});

test('history that is behind is refused to those who would read their own writes, not to the public', async () => {
  const { follower } = server;
  const { waitFor } = follower;
  follower.waitFor = async () => false;
  const own = await server.call('GET', '/orders', { token });
  const open = await server.call('GET', '/markets');
  follower.waitFor = waitFor;
  expect(own.status).toBe(503);
  expect(own.body.error).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 1_000 });
  expect(open.status).toBe(200);
});

test('without its database the server answers what it can, and UNAVAILABLE for the rest', async () => {
  await postgres.server.stop();
  const body = { username: 'trader', password: 'a password of the tests' };
  const login = await server.call('POST', '/auth/login', { body });
  expect(login.status).toBe(503);
  expect(login.body.error.code).toBe('UNAVAILABLE');
  expect((await server.call('GET', '/markets')).status).toBe(200);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(server.errors.length).toBeGreaterThan(0);
  expect(JSON.stringify(server.errors)).not.toContain(body.password);
});
