import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '../../src/gateway/http/mount.ts';
import { openApiDocument } from '../../src/gateway/http/openapi.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from './testServer.ts';

/** Who opens /docs and sends what it offers, from top to bottom, is refused nothing. */
let postgres: TestPostgres;
let server: TestServer;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated());
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

type Example = Record<string, unknown>;
type Operation = { requestBody?: { content: { 'application/json': { example?: Example } } } };

/** The examples of the document by method and path. */
function offered(): Map<string, Example> {
  const { paths } = JSON.parse(JSON.stringify(openApiDocument(allRoutes(server.deps), '/api/v1')));
  const examples = Object.entries(paths as Record<string, Record<string, Operation>>).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { requestBody }]) =>
      requestBody === undefined
        ? []
        : ([[`${method.toUpperCase()} ${path}`, requestBody.content['application/json'].example]] as const),
    ),
  );
  for (const [at, example] of examples) expect(example, at).toBeDefined();
  return new Map(examples as [string, Example][]);
}

test('the bodies that the documentation begins with do what their routes are for', async () => {
  const examples = offered();
  /** Sends what is offered, with `more` where the route needs what was made before. */
  const send = async (at: string, token?: string, more: { path?: string; body?: Example; cookie?: string } = {}) => {
    const [method = '', path = ''] = at.split(' ');
    const example = examples.get(at);
    expect(example, at).toBeDefined();
    examples.delete(at);
    const headers = more.cookie === undefined ? {} : { cookie: more.cookie, origin: server.url };
    const body = { ...example, ...more.body };
    const reply = await server.call(method, more.path ?? path, {
      body,
      headers,
      ...(token !== undefined && { token }),
    });
    expect(reply.status, `${at}: ${reply.text}`).toBeLessThan(300);
    return reply;
  };
  const operator = await server.operator();
  await send('POST /auth/register');
  const login = await send('POST /auth/login');
  const cookie = (headers: Headers) =>
    headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
  const refreshed = await send('POST /auth/refresh', undefined, { cookie: cookie(login.headers) });
  const ann = (await send('POST /auth/password', refreshed.body.accessToken)).body.accessToken;
  await send('POST /api-keys', ann);
  await send('POST /accounts/{username}/deposits', operator, { path: '/accounts/ann/deposits' });
  await send('POST /accounts/{username}/risk', operator, { path: '/accounts/ann/risk' });

  const market = examples.get('POST /markets');
  const other = async (more: Example) => {
    const reply = await server.call('POST', '/markets', { token: operator, body: { ...market, ...more } });
    expect(reply.status, reply.text).toBe(201);
  };
  await send('POST /markets', operator);
  await send('POST /orders', ann);
  const step = (action: string, id = 'rain') =>
    send(`POST /markets/{id}/${action}`, operator, { path: `/markets/${id}/${action}` });
  await send('PATCH /markets/{id}', operator, { path: '/markets/rain' });
  for (const action of ['halt', 'resume', 'configure', 'top-up', 'close', 'resolve', 'void']) await step(action);
  await other({ id: 'snow', disputeWindowMs: 60_000 });
  await server.call('POST', '/markets/snow/close', { token: operator });
  await server.call('POST', '/markets/snow/resolve', { token: operator, body: { outcome: 'NO' } });
  await step('dispute', 'snow');

  await other({ id: 'fog', type: 'book', liquidity: undefined });
  const resting = { market: 'fog', side: 'buy', size: '10', price: '0.5' };
  const { orderId } = (await server.call('POST', '/orders', { token: ann, body: resting })).body.order;
  const amended = await send('PATCH /orders/{id}', ann, { path: `/orders/${orderId}` });
  expect(amended.body.order).toMatchObject({ status: 'open', price: '0.55', size: '8.00' });

  await send('POST /auth/logout', ann);
  await send('PUT /accounts/{username}/roles', operator, { path: '/accounts/ann/roles' });
  expect([...examples.keys()]).toEqual([]);
  expect(server.errors).toEqual([]);
});
