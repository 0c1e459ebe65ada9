import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { type Reply, startTestServer, type TestServer } from './testServer.ts';

let postgres: TestPostgres;
let server: TestServer;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated(), { rateLimits: true });
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

/** Asks until refused; buckets refill while we ask, hence twice the burst at most. */
async function untilLimited(burst: number, ask: () => Promise<Reply>): Promise<{ reply: Reply; allowed: number }> {
  for (let allowed = 0; allowed < burst * 2; allowed++) {
    const reply = await ask();
    if (reply.status === 429) return { reply, allowed };
  }
  throw new Error('never limited');
}

test('guessing a password is limited by its owner’s name, whatever the address says', async () => {
  const body = { username: 'victim', password: 'a guess' };
  let forged = 0;
  const { burst } = DEFAULT_LIMITS.loginPerUsername;
  const { reply, allowed } = await untilLimited(burst, () =>
    server.call('POST', '/auth/login', { body, headers: { 'X-Forwarded-For': `10.0.0.${++forged}` } }),
  );
  expect(allowed).toBeGreaterThanOrEqual(burst);
  expect(reply.body.error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
  expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await server.call('POST', '/auth/login', { body: { ...body, username: 'VICTIM' } })).status).toBe(429);
  expect((await server.call('POST', '/auth/login', { body: { ...body, username: 'other' } })).status).toBe(401);
});

test('registrations are limited by address', async () => {
  const { burst } = DEFAULT_LIMITS.registerPerAddress;
  const { allowed } = await untilLimited(burst, () =>
    server.call('POST', '/auth/register', { body: { username: 'taken', password: 'a password' } }),
  );
  expect(allowed).toBeGreaterThanOrEqual(burst);
});

test('whoever may ask no more still cancels', async () => {
  const limits = { httpPerAddress: { perSecond: 0.001, burst: 4 }, httpPerAccount: { perSecond: 0.001, burst: 2 } };
  const other = await startTestServer(await postgres.migrated(), { rateLimits: true, limits });
  try {
    const token = await other.trader('hasty');
    const ask = async () => (await other.call('GET', '/positions', { token })).status;
    // The account’s two are spent, then what its address has left.
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 429, 429]);
    expect((await other.call('DELETE', '/orders', { token })).status).toBe(200);
    expect((await other.call('DELETE', '/orders/1', { token })).status).toBe(404);
  } finally {
    await other.close();
  }
});

test('everything is limited by address, and one request too many costs others nothing', async () => {
  const { burst } = DEFAULT_LIMITS.httpPerAddress;
  const replies = await Promise.all(Array.from({ length: burst * 2 }, () => server.call('GET', '/time')));
  const statuses = replies.map((reply) => reply.status);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(burst / 4);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
});
