import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HEARTBEAT_MS } from '../../src/protocol/heartbeat.ts';
import { type ChannelMessage, Client, type Connection, ConnectionLost, connect } from '../../src/sdk/index.ts';
import { SILENT_MS } from '../../src/sdk/silence.ts';
import { StallingProxy } from './conformance/stallingProxy.ts';
import { TestGateway } from './support/gateway.ts';

/** Servers that vanish without a word. */

const SHORT_MS = 100;
/** On any machine, however busy. */
const SOON_MS = 15_000;
/** Pongs to see: more than looks fit into the silence that would be one too long. */
const PONGS = 6;
const PONG_BYTES = 2;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
});
afterAll(() => gateway.stop());

test('a silence is several heartbeats long', () => {
  expect(SILENT_MS).toBeGreaterThanOrEqual(3 * (HEARTBEAT_MS + 1_000));
});

test('a connection on which nothing arrives is given up, and what happened meanwhile is told by the next one', {
  timeout: 60_000,
}, async () => {
  const proxy = await StallingProxy.start(gateway.url);
  const told: ChannelMessage[] = [];
  const lost: string[] = [];
  let opened = 0;
  const client = await Client.open({
    url: proxy.url,
    token: async () => '1',
    channels: [{ ch: 'orders' }, { ch: 'book', market: 'rain' }],
    silentMs: SHORT_MS,
    onMessage: (message) => told.push(message),
    onOpen: () => opened++,
    onLost: ({ message }) => lost.push(message),
  });
  const trader = await gateway.client(1);
  const before = await trader.place({ size: '1', price: '0.20' });
  const has = (seq: number) => told.some((message) => message.ch === 'orders' && message.seq === seq);
  await vi.waitUntil(() => has(before.order.seq), SOON_MS);
  proxy.stall();
  const order = { market: 'rain', side: 'buy', size: '1', price: '0.21' } as const;
  // The server takes it; that it did cannot be known here.
  await expect(client.request('place', order)).rejects.toThrow(`nothing was heard for ${SHORT_MS} ms`);
  await vi.waitUntil(() => lost.length > 0, SOON_MS);
  expect(lost).toEqual([expect.stringContaining('nothing was heard')]);
  const missed = await trader.place({ size: '1', price: '0.22' });
  proxy.goOn();
  await vi.waitUntil(() => opened === 2 && has(missed.order.seq), SOON_MS);
  const orders = told.filter(({ ch, type }) => ch === 'orders' && type === undefined);
  const prices = orders.map(({ order }) => (order as { price: string }).price);
  expect(prices).toEqual(['0.20', '0.21', '0.22']);
  expect(told.filter(({ ch, type }) => ch === 'orders' && type === 'caught-up')).toHaveLength(1);
  await client.close();
  await proxy.stop();
});

test('one that is silent from its beginning does not keep anybody waiting', async () => {
  const mute = await MuteServer.start();
  const { url } = mute;
  const opening = Client.open({ url, token: async () => '1', channels: [], onMessage: () => {}, silentMs: SHORT_MS });
  await expect(opening).rejects.toThrow('nothing was heard');
  await expect(connect({ url, token: '1', silentMs: SHORT_MS })).rejects.toThrow('nothing was heard');
  mute.stop();
});

test('one that has nothing to say is not given up: it is asked', { timeout: 60_000 }, async () => {
  let connection: Connection | undefined;
  let lost = 0;
  const client = await Client.open({
    url: gateway.url,
    channels: [],
    onMessage: () => {},
    silentMs: SHORT_MS,
    prepare: async (opened) => {
      connection = opened;
    },
    onLost: () => lost++,
  });
  const before = connection?.receivedBytes ?? 0;
  await vi.waitUntil(() => (connection?.receivedBytes ?? 0) >= before + PONG_BYTES * PONGS, SOON_MS);
  expect(lost).toBe(0);
  await client.close();
});

describe('a bare connection', () => {
  test('is given up as well: what was asked rejects, and it ends', { timeout: 60_000 }, async () => {
    const proxy = await StallingProxy.start(gateway.url);
    const connection = await connect({ url: proxy.url, token: '1', silentMs: SHORT_MS });
    proxy.stall();
    await expect(connection.request('account', {})).rejects.toThrow(ConnectionLost);
    expect((await connection.ended).message).toContain(`nothing was heard for ${SHORT_MS} ms`);
    proxy.goOn();
    await proxy.stop();
  });

  test('is asked where it has nothing to say', { timeout: 60_000 }, async () => {
    const connection = await connect({ url: gateway.url, silentMs: SHORT_MS });
    let lost = false;
    void connection.ended.then(() => {
      lost = true;
    });
    const before = connection.receivedBytes;
    await vi.waitUntil(() => connection.receivedBytes >= before + PONG_BYTES * PONGS, SOON_MS);
    expect(lost).toBe(false);
    await connection.close();
  });
});

/** Takes every upgrade and says nothing more. */
class MuteServer {
  readonly #sockets: Socket[] = [];
  readonly #server = createServer().on('upgrade', ({ headers }, socket: Socket) => {
    this.#sockets.push(socket);
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    socket.write(
      ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: '].join(
        '\r\n',
      ),
    );
    socket.write(`${accept.digest('base64')}\r\n\r\n`);
  });

  static async start(): Promise<MuteServer> {
    const mute = new MuteServer();
    mute.#server.listen(0, '127.0.0.1');
    await once(mute.#server, 'listening');
    return mute;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
