import uWS from 'uWebSockets.js';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionLost, connect, http, openWebSocket, type WebSocketClient } from '../../src/sdk/index.ts';

/** The calls are there, the package's types leave them out. */
type Fragmenting = Record<'sendFirstFragment' | 'sendFragment' | 'sendLastFragment', (part: string) => number>;
const sendsFragments = (ws: object): ws is Fragmenting => 'sendFirstFragment' in ws;

/** What the peer does on a text message: `close`, `ping`, `fragments`, `drop`; anything else is echoed. */
const app = uWS.App().ws('/*', {
  maxPayloadLength: 32 * 1024 * 1024,
  maxBackpressure: 64 * 1024 * 1024,
  message(ws, message) {
    const text = Buffer.from(message).toString();
    if (text === 'close') return void ws.end(4007, 'gone – bye');
    if (text === 'drop') return void ws.close();
    if (text === 'ping') return void ws.ping('are you there');
    if (text === 'fragments' && sendsFragments(ws)) {
      ws.sendFirstFragment('a');
      ws.sendFragment('b');
      return void ws.sendLastFragment('c');
    }
    ws.send(text);
  },
  pong(ws, payload) {
    ws.send(`pong ${Buffer.from(payload)}`);
  },
});
let listening: uWS.us_listen_socket;
let url: string;

beforeAll(async () => {
  listening = await new Promise((resolve, reject) =>
    app.listen('127.0.0.1', 0, (socket) => (socket ? resolve(socket) : reject(new Error('cannot listen')))),
  );
  url = `ws://127.0.0.1:${uWS.us_socket_local_port(listening)}`;
});
afterAll(() => uWS.us_listen_socket_close(listening));

/** A client that collects messages; `next` waits for so many, `closed` for the end. */
async function client(): Promise<{
  ws: WebSocketClient;
  next: (count: number) => Promise<string[]>;
  closed: Promise<[number, string]>;
}> {
  const messages: string[] = [];
  let wake = () => {};
  let end: (value: [number, string]) => void;
  const closed = new Promise<[number, string]>((resolve) => {
    end = resolve;
  });
  const ws = await openWebSocket(url, {
    message: (text) => {
      messages.push(text);
      wake();
    },
    closed: (code, reason) => end([code, reason]),
  });
  const next = async (count: number): Promise<string[]> => {
    while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return messages.splice(0, count);
  };
  return { ws, next, closed };
}

describe('WebSocket client against uWebSockets.js', () => {
  test('messages of every length form come back as they were, in order', async () => {
    const { ws, next, closed } = await client();
    const sent = [0, 1, 3, 125, 126, 127, 65_535, 65_536, 1_000_003].map((length) => 'x'.repeat(length));
    sent.push('price – 0,55 € 🙂', JSON.stringify({ id: 1, op: 'ping' }));
    for (const text of sent) ws.send(text);
    expect(await next(sent.length)).toEqual(sent);
    ws.close();
    expect(await closed).toEqual([1000, '']);
  });

  test('ten thousand pipelined messages keep their order', async () => {
    const { ws, next, closed } = await client();
    const sent = Array.from({ length: 10_000 }, (_, i) => `${i}:${'y'.repeat(i % 300)}`);
    for (const text of sent) ws.send(text);
    expect(await next(sent.length)).toEqual(sent);
    expect(ws.bufferedBytes).toBe(0);
    ws.close(4000, 'done');
    expect((await closed)[0]).toBe(4000);
  });

  test('fragments are joined, and a ping is answered with its payload', async () => {
    const { ws, next } = await client();
    ws.send('fragments');
    ws.send('ping');
    expect(await next(2)).toEqual(['abc', 'pong are you there']);
    ws.terminate();
  });

  test('tells the code and reason of the server, and 1006 when the connection is cut', async () => {
    const first = await client();
    first.ws.send('close');
    expect(await first.closed).toEqual([4007, 'gone – bye']);
    first.ws.send('into the void');
    const second = await client();
    second.ws.send('drop');
    expect((await second.closed)[0]).toBe(1006);
  });

  test('a server that does not upgrade is an error that says so', async () => {
    const server = createServer((_request, response) => response.writeHead(403).end('no'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const handler = { message: () => {}, closed: () => {} };
    await expect(openWebSocket(`ws://127.0.0.1:${port}`, handler)).rejects.toThrow('HTTP 403');
    await expect(http(`http://127.0.0.1:${port}`).get('/markets')).rejects.toMatchObject({ status: 403, code: 'HTTP' });
    await expect(openWebSocket('http://x', handler)).rejects.toThrow(TypeError);
    server.close();
  });
});

describe('connection', () => {
  test('matches answers by id, gives the rest to listeners, and rejects what is open when the connection is lost', async () => {
    const connection = await connect({ url });
    const streamed = new Promise((resolve) => connection.onMessage(resolve));
    // The echo of a request carries its id, so it is taken for the answer.
    const [first, second] = await Promise.all([
      connection.requestUntyped('place', { market: 'm', size: '1' }),
      connection.request('ping', {}),
    ]);
    expect(first).toEqual({ id: 1, op: 'place', market: 'm', size: '1' });
    expect(second).toMatchObject({ id: 2, op: 'ping' });
    connection.sendText('{"ch":"trades","seq":5}');
    expect(await streamed).toEqual({ ch: 'trades', seq: 5 });
    connection.sendText('drop');
    await expect(connection.request('ping', {})).rejects.toBeInstanceOf(ConnectionLost);
    await expect(connection.request('ping', {})).rejects.toMatchObject({ code: 1006 });
    expect((await connection.ended).code).toBe(1006);
  });
});
