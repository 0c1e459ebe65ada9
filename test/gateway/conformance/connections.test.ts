import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FRAME_BYTES_MAX, FRAMES_HELD_MAX, IDLE_AFTER_MS } from '../../../src/gateway/sessions/limits.ts';
import { identity, type Message, TestGateway } from '../support/gateway.ts';
import type { Opening, Peer } from './peer.ts';
import { WIRES } from './wires.ts';

const rain = { market: 'rain' };
const placing = { op: 'place', ...rain, side: 'buy', size: '1', price: '0.10' };
const ping = { id: 1, op: 'ping' };

/** Small enough to be reached, large enough for everything else here. */
const limits = {
  connectionsPerAddress: 20,
  subscriptionsPerConnection: 10,
  requestsPerConnection: { perSecond: 1, burst: 3000 },
  faultyRequests: { perSecond: 1, burst: 100 },
};

describe.each(WIRES)('$name', (wire) => {
  let gateway: TestGateway;
  const open = (opening?: Opening): Promise<Peer> => wire.open(gateway, opening);

  beforeAll(async () => {
    gateway = await TestGateway.start({ rateLimits: true, origins: ['https://app.example'], limits });
    await gateway.createMarket('rain');
  });
  afterAll(async () => {
    expect(gateway.errors).toEqual([]);
    await gateway.stop();
  });

  describe('a login', () => {
    const whose = async (peer: Peer): Promise<string> => {
      const { order } = await peer.ok({ id: 2, ...placing });
      const { orders } = await peer.ok({ id: 3, op: 'account' });
      expect(orders.map(({ orderId }: Message) => orderId)).toContain(order.orderId);
      await peer.ok({ id: 4, op: 'cancelAll' });
      peer.close();
      return order.orderId;
    };
    test('comes with the connection: a token, a header, the cookie of a page that may', async () => {
      await whose(await open({ token: '1' }));
      await whose(await open({ headers: { authorization: 'Bearer 1' } }));
      await whose(await open({ headers: { cookie: 'a=b; brier_access=1', origin: 'https://app.example' } }));
      await whose(await open({ headers: { cookie: 'brier_access=1', origin: gateway.url } }));
    });
    test('is not taken from a page that may not', async () => {
      for (const origin of ['https://app.example.evil', 'http://app.example', 'null']) {
        await expect(open({ headers: { cookie: 'brier_access=1', origin } })).rejects.toThrow();
      }
    });
    test('that does not hold leaves the connection to the public', async () => {
      const peer = await open({ headers: { authorization: 'Bearer nobody' } });
      expect(await peer.ask({ id: 1, op: 'account' })).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
      await peer.ok({ id: 2, op: 'subscribe', channels: [{ ch: 'book', ...rain }] });
      peer.close();
    });
    test('comes by request, with a key too, and what follows waits for it, in order', async () => {
      let decide = () => {};
      gateway.loginGate = new Promise((resolve) => {
        decide = resolve;
      });
      const peer = await open();
      const asked = [
        peer.ask({ id: 1, op: 'auth', apiKey: '1', timestamp: gateway.now, signature: 'ab' }),
        ...Array.from({ length: 20 }, (_, i) => peer.ask({ id: 2 + i, ...placing })),
      ];
      decide();
      const answers = await Promise.all(asked);
      expect(answers.map(({ ok }) => ok)).toEqual(answers.map(() => true));
      expect(answers[0]).toMatchObject({ account: 'trader1', roles: ['trader'] });
      expect(peer.log.map(({ id }) => id)).toEqual(answers.map((_, i) => i + 1));
      await peer.ok({ id: 1, op: 'cancelAll' });
      peer.close();
    });
    test('holds no more than a thousand requests back', async () => {
      let decide = () => {};
      gateway.loginGate = new Promise((resolve) => {
        decide = resolve;
      });
      const peer = await open();
      void peer.ask({ id: 1, op: 'auth', token: '1' });
      const asked = Array.from({ length: FRAMES_HELD_MAX + 1 }, (_, i) => peer.ask({ id: 2 + i, op: 'ping' }));
      expect(await asked.at(-1)).toMatchObject({ ok: false, error: { code: 'RATE_LIMITED' } });
      decide();
      const answers = await Promise.all(asked);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(FRAMES_HELD_MAX);
      peer.close();
    });
    test('ends with its token, its revocation and a change of roles, and with it the connection', async () => {
      gateway.identities.set('short', identity(3, gateway.now, { expiresAt: gateway.now + 1000, session: 's' }));
      const peers = await Promise.all([open({ token: 'short' }), open({ token: '4' }), open({ token: '1' })]);
      for (const peer of peers) await peer.ok({ id: 1, op: 'account' });
      gateway.now += 1000;
      expect(await peers[0]?.ended).toMatchObject({ code: 4005 });
      gateway.changes.emit({ account: 4, session: 'login-4' });
      expect(await peers[1]?.ended).toMatchObject({ code: 4005 });
      await peers[2]?.ok(ping);
      peers[2]?.close();
    });
    test('is extended by another in time', async () => {
      gateway.identities.set('soon', identity(3, gateway.now, { expiresAt: gateway.now + 1000, session: 's' }));
      const peer = await open({ token: 'soon' });
      await peer.ok({ id: 1, op: 'auth', token: '3' });
      gateway.now += 1000;
      const other = await open({ token: 'soon' });
      expect(await other.ended).toMatchObject({ code: 4005 });
      await peer.ok({ id: 2, op: 'account' });
      peer.close();
    });
  });

  describe('an end that cancels', () => {
    const rests = async (): Promise<number> => {
      const client = await gateway.client(4);
      const { orders } = await client.ok('account');
      client.connection.terminate();
      return orders.length;
    };
    const bound = async (): Promise<Peer> => {
      const peer = await open({ token: '4' });
      void peer.ask({ id: 1, op: 'cancelOnDisconnect', enabled: true });
      await peer.ok({ id: 2, ...placing });
      expect(await rests()).toBe(1);
      return peer;
    };
    test('is the client’s', async () => {
      const peer = await bound();
      peer.close();
      await vi.waitUntil(async () => (await rests()) === 0);
    });
    test('is the server’s, too', async () => {
      const peer = await bound();
      peer.text('no JSON');
      expect(await peer.ended).toMatchObject({ code: 4001 });
      expect(await rests()).toBe(0);
    });
    test('is not a logout, which is answered and closes with 1000', async () => {
      const peer = await bound();
      expect(await Promise.all([peer.ask({ id: 3, ...placing }), peer.ask({ id: 4, op: 'logout' })])).toMatchObject([
        { id: 3, ok: true },
        { id: 4, ok: true },
      ]);
      expect(await peer.ended).toMatchObject({ code: 1000 });
      expect(await rests()).toBe(2);
      const again = await open({ token: '4' });
      await again.ok({ id: 1, op: 'cancelAll' });
      again.close();
    });
  });

  test('answers come in the order of the requests', async () => {
    const peer = await open({ token: '1' });
    const requests = Array.from({ length: 200 }, (_, i) =>
      i % 2 === 0
        ? { id: i, ...placing, clientOrderId: `c${i}` }
        : { id: i, op: 'cancel', ...rain, clientOrderId: `c${i - 1}` },
    );
    const answers = await Promise.all(requests.map((request) => peer.ok(request)));
    expect(answers.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
    expect(peer.log.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
    peer.close();
  });

  test('a stream is resumed: what was missed, then caught-up, then what is new', async () => {
    const trader = await gateway.client(2);
    const channels = (since?: number) => [
      { ch: 'book', ...rain, ...(since !== undefined && { since }) },
      { ch: 'orders', ...(since !== undefined && { since }) },
    ];
    const first = await open({ token: '2' });
    await first.ok({ id: 1, op: 'subscribe', channels: channels() });
    const { order } = await trader.place({ size: '1', price: '0.20' });
    await first.until(({ ch, seq }) => ch === 'orders' && seq === order.seq);
    first.close();
    await first.ended;
    for (const price of ['0.21', '0.22']) await trader.place({ size: '1', price });
    const again = await open({ token: '2' });
    await again.ok({ id: 1, op: 'subscribe', channels: channels(order.seq) });
    await trader.ok('cancelAll');
    const last = await again.until(
      ({ ch, order: changed }) => ch === 'orders' && changed?.price === '0.22' && changed.status === 'canceled',
    );
    for (const ch of ['book', 'orders']) {
      const messages = again.of(ch);
      expect(messages[0]).toMatchObject({ prev: order.seq });
      expect(messages.map(({ type }) => type === 'caught-up')).toEqual(messages.map((_, i) => i === 2));
      expect(messages.at(-1)?.seq).toBe(last.seq);
      expect(messages[3]?.prev).toBe(messages[2]?.seq);
    }
    again.close();
  });

  describe('closes with a code', () => {
    test.each([
      ['what is not JSON', '{"id":1,"op":"ping"', 4001],
      ['a long frame', `{"id":1,"op":"ping"${' '.repeat(FRAME_BYTES_MAX)}}`, 4002],
    ])('%s', async (_, text, code) => {
      const peer = await open();
      const answer = peer.ask(ping);
      peer.text(text);
      // What waits is written before.
      expect(await answer).toMatchObject({ ok: true });
      expect(await peer.ended).toMatchObject({ code, reason: expect.stringMatching(/\w/) });
    });
    test('a client that does nothing right', async () => {
      const peer = await open();
      for (let i = 0; i < limits.faultyRequests.burst + 1; i++) void peer.ask({ id: i, op: 'nothing' });
      expect(await peer.ended).toMatchObject({ code: 4007 });
    });
    test('one connection too many of an address', async () => {
      const before = gateway.server.connections();
      const others: Peer[] = [];
      while (gateway.server.connections() < limits.connectionsPerAddress) others.push(await WIRES[0]!.open(gateway));
      const late = await open();
      expect(await late.ended).toMatchObject({ code: 4008 });
      for (const peer of others) peer.close();
      await Promise.all(others.map((peer) => peer.ended));
      await vi.waitUntil(() => gateway.server.connections() === before);
      const next = await open();
      await next.ok(ping);
      next.close();
    });
    test('one that has fallen silent', async () => {
      const peer = await open();
      await peer.ok(ping);
      const now = performance.now.bind(performance);
      const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + IDLE_AFTER_MS + 1000);
      expect(await peer.ended).toMatchObject({ code: 4004 });
      later.mockRestore();
    });
  });

  test('frames have a rate, cancels another', async () => {
    const peer = await open({ token: '1' });
    const asked = Array.from({ length: limits.requestsPerConnection.burst + 1000 }, (_, id) =>
      peer.ask({ id, op: 'ping' }),
    );
    const refused = await Promise.race([
      peer.until(({ ok }) => ok === false),
      Promise.all(asked).then(() => expect.unreachable('every frame was taken')),
    ]);
    expect(refused).toMatchObject({ error: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
    peer.close();
  });

  test('channels have a number', async () => {
    const peer = await open();
    const channels = ['book', 'trades', 'ticker', 'market'].map((ch) => ({ ch, ...rain }));
    await peer.ok({ id: 1, op: 'subscribe', channels });
    const others = Array.from({ length: limits.subscriptionsPerConnection - 3 }, (_, i) => `other-${i}`);
    for (const market of others) if (gateway.deps.data.bySlug(market) === undefined) await gateway.createMarket(market);
    const more = others.map((market) => ({ ch: 'market', market }));
    const limit = { name: 'subscriptionsPerConnection', value: limits.subscriptionsPerConnection };
    expect(await peer.ask({ id: 2, op: 'subscribe', channels: more })).toMatchObject({
      error: { code: 'LIMIT_EXCEEDED', field: 'channels', limit },
    });
    await peer.ok({ id: 3, op: 'subscribe', channels: more.slice(1) });
    peer.close();
  });
});
