import { afterAll, beforeAll, expect, test } from 'vitest';
import { WEBSOCKET_PATH } from '../../src/gateway/server.ts';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { type Socket, TestGateway } from './support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ rateLimits: true, origins: ['https://app.example'] });
  await gateway.createMarket('rain');
});
afterAll(() => gateway.stop());

test('one connection too many from an address is closed with a code, and room is made when one goes', async () => {
  const sockets: Socket[] = [];
  for (let i = 0; i < DEFAULT_LIMITS.connectionsPerAddress; i++) sockets.push(await gateway.socket());
  const late = await gateway.socket();
  expect(await late.ended).toMatchObject({ code: 4008 });
  sockets[0]?.ws.close();
  await sockets[0]?.ended;
  const next = await gateway.socket();
  next.ws.send('{"id":1,"op":"ping"}');
  expect(await next.next(0)).toMatchObject({ ok: true });
  for (const socket of [...sockets, next]) {
    socket.ws.terminate();
    await socket.ended;
  }
});

test('a client that offers sub-protocols and compression gets neither', async () => {
  const client = await gateway.client(undefined, {
    'sec-websocket-protocol': 'fix, brier',
    'sec-websocket-extensions': 'permessage-deflate',
  });
  await client.ok('ping');
});

test('a page of a listed origin may connect, one of a similar name may not', async () => {
  const client = await gateway.client(undefined, { origin: 'https://app.example' });
  await client.ok('ping');
  for (const origin of ['https://app.example.evil', 'http://app.example', 'https://app.example:444', 'https://evil']) {
    await expect(gateway.client(undefined, { origin })).rejects.toThrow('403');
  }
});

test.each(['GET', 'POST'])('%s without an upgrade is told what is missing', async (method) => {
  const reply = await fetch(gateway.url + WEBSOCKET_PATH, { method });
  expect([reply.status, reply.headers.get('upgrade')]).toEqual([426, 'websocket']);
  const message = expect.stringContaining('/docs/websocket');
  expect(await reply.json()).toEqual({ error: { code: 'INVALID_REQUEST', message } });
});

test('a second server cannot take the same port', async () => {
  const { startServer } = await import('../../src/gateway/server.ts');
  const { deps } = gateway;
  const again = startServer({ host: '127.0.0.1', port: gateway.server.port, origins: [], http: () => {}, deps });
  await expect(again).rejects.toThrow(`cannot listen on 127.0.0.1:${gateway.server.port}`);
});

test('a server that shuts down answers what it took and closes with 4000', async () => {
  const other = await TestGateway.start();
  await other.createMarket('rain');
  const client = await other.client(1);
  const answers = Array.from({ length: 50 }, () => client.place({ size: '1', price: '0.10' }));
  // The first answer shows that the frames have arrived: they came in one write.
  await answers[0];
  const drained = other.server.drain();
  expect(await Promise.all(answers)).toHaveLength(50);
  await drained;
  expect(await client.connection.ended).toMatchObject({ code: 4000 });
  await other.stop();
});
