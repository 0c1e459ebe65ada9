import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeOrderQuery } from '../../../src/gateway/orders/encode.ts';
import { type Message, TestGateway } from '../support/gateway.ts';
import type { Peer } from './peer.ts';
import { WIRES } from './wires.ts';

const rain = { market: 'rain' };
const terms = { ...rain, side: 'buy', size: '1', price: '0.10' };
const placing = { op: 'place', ...terms };
/** After so many ms a command without an answer is given up. */
const GIVEN_UP_MS = 10_000;

/** A server in trouble: an engine that is behind, and one whose answers do not come. INTERNAL is HTTP’s: see router.test.ts. */
describe.each(WIRES)('$name', (wire) => {
  let gateway: TestGateway;
  let peer: Peer;

  beforeAll(async () => {
    gateway = await TestGateway.start();
    await gateway.createMarket('rain');
    peer = await wire.open(gateway, { token: '1' });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    gateway.engine.resume();
    await peer.ok({ id: 90, op: 'cancelAll' });
  });
  afterAll(async () => {
    expect(gateway.errors).toEqual([]);
    peer.close();
    await gateway.stop();
  });

  /** Leaves no room in the ring of an engine that has stopped reading it, or none but what is kept for cancels. */
  const fill = (kept: boolean): void => {
    gateway.engine.pause();
    const { port } = gateway.engine;
    const question = () => {
      const at = encodeOrderQuery(port, 1, { orderId: '1' });
      if (typeof at !== 'number') throw new Error(at.message);
      return at;
    };
    while (port.send(question(), { done: () => {} }, !kept));
  };
  /** What was asked before it has been read. */
  const read = () => peer.ok({ id: 91, op: 'ping' });
  const overloaded = (answer: Message): void =>
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'OVERLOADED', message: expect.stringMatching(/\w/), retryAfterMs: expect.any(Number) },
    });

  test('a full engine refuses orders and questions; what takes orders away is taken, and done in its turn', async () => {
    await peer.ok({ id: 1, ...placing });
    fill(true);
    for (const request of [
      placing,
      { op: 'amend', ...rain, orderId: '1', size: '1' },
      { op: 'batch', requests: [placing] },
      { op: 'replace', cancel: { orderId: '1' }, place: terms },
      { op: 'quotes', group: 'g', quotes: [{ ...rain, bid: { price: '0.10', size: '1' } }] },
      { op: 'quote', ...rain, side: 'buy', size: '1' },
      { op: 'order', orderId: '1' },
      { op: 'account' },
    ]) {
      const answer = await peer.ask({ id: 2, ...request });
      expect(answer.id).toBe(2);
      overloaded(answer);
    }
    const removing = [
      peer.ask({ id: 3, op: 'batch', requests: [{ op: 'cancel', ...rain, orderId: '1' }] }),
      peer.ask({ id: 4, op: 'quotes', group: 'g', quotes: [{ ...rain, bid: null }] }),
      peer.ask({ id: 5, op: 'cancelAll' }),
    ];
    await read();
    gateway.engine.resume();
    const answers = await Promise.all(removing);
    expect(answers).toMatchObject([
      { id: 3, ok: true },
      { id: 4, ok: true, results: [{ ok: true }] },
      { id: 5, ok: true, canceled: 1 },
    ]);
    await peer.ok({ id: 6, ...placing });
    // Of what was refused nothing was done.
    expect((await peer.ok({ id: 7, op: 'account' })).orders).toHaveLength(1);
  });

  test('one that has no room at all refuses cancels, too', async () => {
    fill(false);
    for (const request of [
      { op: 'cancelAll' },
      { op: 'cancel', ...rain, orderId: '1' },
      { op: 'cancelQuotes' },
      { op: 'cancelAfter', timeoutMs: 1_000 },
      { op: 'cancelOnDisconnect', enabled: true },
    ]) {
      overloaded(await peer.ask({ id: 1, ...request }));
    }
    overloaded(await peer.ask({ id: 2, op: 'logout' }));
  });

  test('an answer that does not come is STATUS_UNKNOWN, and the same request tells what became of it', async () => {
    gateway.engine.pause();
    const named = { ...placing, clientOrderId: 'perhaps' };
    const asked = peer.ask({ id: 1, ...named });
    const question = peer.ask({ id: 2, op: 'account' });
    await read();
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + GIVEN_UP_MS);
    expect(await asked).toMatchObject({ id: 1, ok: false, error: { code: 'STATUS_UNKNOWN' } });
    expect(await question).toMatchObject({ id: 2, ok: false, error: { code: 'STATUS_UNKNOWN' } });
    vi.restoreAllMocks();
    gateway.engine.resume();
    expect(await peer.ok({ id: 3, ...named })).toMatchObject({ duplicate: true, order: { status: 'open' } });
    expect((await peer.ok({ id: 4, op: 'account' })).orders).toHaveLength(1);
  });
});
