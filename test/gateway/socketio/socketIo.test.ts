import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Server, startServer } from '../../../src/gateway/server.ts';
import { PAYLOAD_BYTES_MAX, POLL_BYTES_MAX } from '../../../src/gateway/sessions/limits.ts';
import { type Message, TestGateway } from '../support/gateway.ts';
import { Book } from '../support/mirror.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ rateLimits: true });
  await gateway.createMarket('rain');
});
afterAll(() => gateway.stop());

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});

function open(options: Parameters<typeof io>[1] = {}, url = gateway.url): Socket {
  const socket = io(url, { forceNew: true, reconnection: false, ...options });
  sockets.push(socket);
  return socket;
}
const next = (socket: Socket, event: string): Promise<Message> =>
  new Promise((resolve) => socket.once(event, (message) => resolve(message)));

describe('answers', () => {
  test('need no id: without one it is the number of the request on its connection', async () => {
    const socket = open();
    const ask = (request: object): Promise<Message> => socket.emitWithAck('request', request);
    const ids = (await Promise.all([ask({ op: 'ping' }), ask({ id: 0, op: 'ping' }), ask({ op: 'ping' })])).map(
      ({ id }) => id,
    );
    expect(ids).toEqual([0, 0, 2]);
  });
  test('of requests without an acknowledgement are events', async () => {
    const socket = open();
    socket.emit('request', { id: 5, op: 'ping' });
    expect(await next(socket, 'answer')).toMatchObject({ id: 5, ok: true });
  });
});

describe('a login with the handshake', () => {
  const refusal = (auth: object): Promise<Message> => next(open({ auth }), 'connect_error');

  test('that does not hold refuses the connection, with the error that `auth` would answer', async () => {
    expect(await refusal({ token: 'nobody' })).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
    expect(await refusal({ apiKey: '1' })).toMatchObject({ data: { code: 'INVALID_REQUEST' } });
    expect(await refusal({ token: 7 })).toMatchObject({ data: { code: 'INVALID_REQUEST', field: 'token' } });
    expect(await refusal({ token: '1', more: 1 })).toMatchObject({ data: { code: 'INVALID_REQUEST', field: 'more' } });
    expect(gateway.server.connections()).toBe(0);
  });
  test('may be an API key’s', async () => {
    const socket = open({ auth: { apiKey: '2', timestamp: gateway.now, signature: 'ab' } });
    expect(await socket.emitWithAck('request', { op: 'account' })).toMatchObject({ ok: true });
  });
  test('costs its address as much as any login', async () => {
    const few = { perSecond: 0.001, burst: 25 };
    const other = await TestGateway.start({ rateLimits: true, limits: { requestsPerAddress: few } });
    const tried = (token: string) => next(open({ auth: { token } }, other.url), 'connect_error');
    for (let i = 0; i < 2; i++) expect(await tried('nobody')).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
    expect(await tried('1')).toMatchObject({ data: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
    await next(open({}, other.url), 'connect');
    await other.stop();
  });
  test('that ends says so, and the client does not come back by itself', async () => {
    const socket = open({ auth: { token: '4' }, reconnection: true });
    await socket.emitWithAck('request', { op: 'account' });
    const closing = next(socket, 'closing');
    const gone = next(socket, 'disconnect');
    gateway.changes.emit({ account: 4, session: 'login-4' });
    expect(await closing).toEqual({ code: 4005, reason: expect.any(String) });
    expect(await gone).toBe('io server disconnect');
    expect(socket.active).toBe(false);
  });
});

describe.each([[['websocket']], [['polling']]])('over %s', (transports) => {
  test.each([
    ['a long packet', POLL_BYTES_MAX / 2],
    ['one of more than a request of polling may have', POLL_BYTES_MAX],
    ['one of a megabyte', PAYLOAD_BYTES_MAX - 100],
  ])('%s ends the connection, and the client learns why', async (_, length) => {
    const socket = open({ transports, reconnection: true });
    const [closing, end] = [next(socket, 'closing'), next(socket, 'disconnect')];
    socket.emit('request', { op: 'ping', more: 'x'.repeat(length) });
    expect(await closing).toEqual({ code: 4002, reason: 'at most 16384 bytes a packet' });
    expect(await end).toBe('io server disconnect');
    expect(socket.active).toBe(false);
  });
  test('a still longer one is not read', async () => {
    const socket = open({ transports });
    socket.once('closing', () => expect.unreachable('it was read'));
    const end = next(socket, 'disconnect');
    socket.emit('request', { op: 'ping', more: 'x'.repeat(PAYLOAD_BYTES_MAX) });
    expect(await end).toMatch(/^transport (close|error)$/);
  });
});

/** A port that somebody chose, as operators do: only such a one can be listened on again at once. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a server that restarts', () => {
  const servers: Server[] = [];
  async function start(port: number): Promise<Server> {
    const server = await startServer({
      host: '127.0.0.1',
      port,
      origins: [],
      http: () => {},
      deps: gateway.deps,
      closingMs: 20,
    });
    servers.push(server);
    return server;
  }
  afterAll(async () => {
    for (const server of servers) await server.close();
  });

  test.each([
    [['websocket']],
    [['polling']],
  ])('is found again over %s, and the book goes on where it was', async (transports) => {
    const first = await start(await freePort());
    const socket = open({ transports, reconnection: true, reconnectionDelay: 20 }, `http://127.0.0.1:${first.port}`);
    const book = new Book();
    socket.on('book', (message) => book.take(message));
    const subscribe = (since?: number) =>
      socket.emitWithAck('request', {
        op: 'subscribe',
        channels: [{ ch: 'book', market: 'rain', ...(since !== undefined && { since }) }],
      });
    await subscribe();
    const trader = await gateway.client(1);
    const closing = next(socket, 'closing');
    await first.drain();
    expect(await closing).toMatchObject({ code: 4000 });
    await first.close();
    for (const price of ['0.30', '0.31']) await trader.place({ size: '1', price });
    const seen = book.chain.cut();
    const back = next(socket, 'connect');
    await start(first.port);
    await back;
    await subscribe(seen);
    while (book.chain.caughtUp === 0) await next(socket, 'book');
    await trader.ok('cancelAll');
    while (book.bids.size > 0) await next(socket, 'book');
    expect(book.checked).toBeGreaterThan(1);
  });
});
