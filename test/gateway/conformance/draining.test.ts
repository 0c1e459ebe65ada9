import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Server, startServer } from '../../../src/gateway/server.ts';
import { streams } from '../../../src/protocol/streams.ts';
import { type Message, TestGateway } from '../support/gateway.ts';
import type { Opening, Peer } from './peer.ts';
import { WIRES } from './wires.ts';

const placing = { op: 'place', market: 'rain', side: 'buy', size: '1', price: '0.10' };
/** Longer than a test takes: what stays open meanwhile can still be spoken with. */
const SLOWLY_MS = 40_000;

describe.each(WIRES)('a server that drains closes connections of $name', (wire) => {
  let gateway: TestGateway;
  let server: Server;
  beforeEach(async () => {
    gateway = await TestGateway.start();
    await gateway.createMarket('rain');
  });
  afterEach(async () => {
    await server.close();
    await gateway.stop();
    expect(gateway.errors).toEqual([]);
  });

  async function start(closingMs: number): Promise<(opening: Opening) => Promise<Peer>> {
    const { deps } = gateway;
    server = await startServer({ host: '127.0.0.1', port: 0, origins: [], http: () => {}, deps, closingMs });
    return (opening) => wire.open(gateway, { ...opening, url: `http://127.0.0.1:${server.port}` });
  }

  test('a few at a time; those that are still open are told, may cancel, and may order nothing', async () => {
    const open = await start(SLOWLY_MS);
    // Twice as many as there are groups.
    const peers = await Promise.all(Array.from({ length: 39 }, () => open({})));
    const last = await open({ token: '1' });
    for (const [id, clientOrderId] of ['a', 'b', 'c'].entries()) await last.ok({ id, ...placing, clientOrderId });
    await last.ok({ id: 1, op: 'subscribe', channels: [{ ch: 'orders' }] });
    const drained = server.drain();
    const told = await last.until(({ ch }) => ch === 'server');
    expect(streams.server.parse(told)).toStrictEqual(told);
    expect(told).toMatchObject({ type: 'draining', time: gateway.now });
    await Promise.race(peers.map((peer) => peer.ended));
    expect(server.connections()).toBeGreaterThanOrEqual(38);
    const refused = await Promise.all([
      last.ask({ id: 2, ...placing }),
      last.ask({ id: 3, op: 'amend', market: 'rain', clientOrderId: 'a', size: '2' }),
      last.ask({ id: 4, op: 'batch', requests: [placing] }),
      last.ask({ id: 5, op: 'replace', cancel: { clientOrderId: 'a' }, place: { ...placing, op: undefined } }),
    ]);
    expect(refused.map(({ error }: Message) => error?.code)).toEqual(refused.map(() => 'UNAVAILABLE'));
    await last.ok({ id: 6, op: 'cancel', market: 'rain', clientOrderId: 'a' });
    await last.ok({ id: 7, op: 'batch', requests: [{ op: 'cancel', market: 'rain', clientOrderId: 'b' }] });
    await last.ok({ id: 8, op: 'cancelAll' });
    await last.ok({ id: 9, op: 'ping' });
    const canceled = last.log.filter(({ order }) => order?.status === 'canceled' && order.reason === 'CANCELED');
    expect(new Set(canceled.map(({ order }) => order.clientOrderId))).toEqual(new Set(['a', 'b', 'c']));
    const late = await open({});
    expect(await late.ended).toMatchObject({ code: 4000 });
    await server.close();
    await drained;
    for (const peer of [...peers, last]) expect(await peer.ended).toMatchObject({ code: 4000 });
  });

  test('when everything that it took is answered', async () => {
    const open = await start(100);
    const peer = await open({ token: '1' });
    const answered: Message[] = [];
    for (let id = 0; id < 500; id++) void peer.ask({ id, ...placing }).then((answer) => answered.push(answer));
    await peer.until(({ ok }) => ok);
    await server.drain();
    expect(server.connections()).toBe(0);
    expect(await peer.ended).toMatchObject({ code: 4000 });
    expect(answered.map(({ id }) => id)).toEqual(answered.map((_, i) => i));
    const taken = answered.filter(({ ok }) => ok);
    for (const { ok, error } of answered.slice(taken.length)) expect([ok, error.code]).toEqual([false, 'UNAVAILABLE']);
    const account = await gateway.client(1);
    const { orders } = await account.ok('account');
    expect(orders.map(({ orderId }: Message) => orderId)).toEqual(taken.map(({ order }) => order.orderId));
  });

  test('and cancels what their ends cancel before it ends itself', async () => {
    const open = await start(100);
    const peers = await Promise.all(['1', '2', '3'].map((token) => open({ token })));
    for (const peer of peers) {
      await peer.ok({ id: 1, op: 'cancelOnDisconnect', enabled: true });
      await peer.ok({ id: 2, ...placing });
    }
    await server.drain();
    for (const account of [1, 2, 3]) {
      const { orders } = await (await gateway.client(account)).ok('account');
      expect(orders).toEqual([]);
    }
  });
});
