import { expect, test } from 'vitest';
import { answers, failure } from '../../../src/protocol/answers.ts';
import { streams } from '../../../src/protocol/streams.ts';
import { type Message, TestGateway } from '../support/gateway.ts';
import type { Peer, Wire } from './peer.ts';
import { SOCKET_IO_WIRES, WEBSOCKET } from './wires.ts';

const rain = { market: 'rain' };
const order = { op: 'place', ...rain, side: 'buy', size: '2', price: '0.40' };

/** Budgets that do not fill meanwhile: what is left of them does not depend on the time. */
const fixed = { perSecond: 0.001, burst: 8_000 };
const limits = { requestsPerConnection: fixed, cancelsPerConnection: fixed };

/** Every operation, taken and refused, with what it streams. Ids are the client’s own, two of them the same. */
const SCRIPT: readonly unknown[] = [
  { id: 1, op: 'ping' },
  { id: 2, op: 'account' },
  { id: 3, ...order },
  { id: 4, op: 'subscribe', channels: [{ ch: 'orders' }] },
  { id: 5, op: 'auth' },
  { id: 6, op: 'auth', token: 'nobody' },
  { id: 7, op: 'auth', token: '1' },
  { id: 8, op: 'auth', token: '2' },
  {
    id: 9,
    op: 'subscribe',
    channels: [
      { ch: 'book', ...rain },
      { ch: 'trades', ...rain },
      { ch: 'ticker', ...rain },
      { ch: 'market', ...rain },
      { ch: 'ticker', market: 'snow' },
      { ch: 'orders' },
      { ch: 'fills' },
      { ch: 'account' },
    ],
  },
  { id: 10, op: 'subscribe', channels: [{ ch: 'book', market: 'nowhere' }] },
  { id: 11, op: 'subscribe', channels: [{ ch: 'book', ...rain, depth: 0 }] },
  { id: 12, ...order, clientOrderId: 'a' },
  { id: 12, ...order, clientOrderId: 'a' },
  { id: 13, ...order, clientOrderId: 'a', size: '3' },
  { id: 14, ...order, price: '1.2' },
  { id: 15, ...order, price: '0.405' },
  { id: 16, ...order, market: 'nowhere' },
  { id: 17, ...order, outcome: 'MAYBE' },
  { id: 18, ...order, more: 1 },
  { id: 19, op: 'amend', ...rain, clientOrderId: 'a', size: '1' },
  { id: 20, op: 'cancel', ...rain, clientOrderId: 'b' },
  { id: 21, op: 'place', ...rain, outcome: 'NO', side: 'buy', size: '0.5', price: '0.60', stp: 'expire-maker' },
  {
    id: 22,
    op: 'batch',
    requests: [{ ...order, clientOrderId: 'c' }, { op: 'cancel', ...rain, clientOrderId: 'z' }, { op: 'nothing' }],
  },
  { id: 23, op: 'replace', cancel: { clientOrderId: 'c' }, place: { ...rain, side: 'buy', size: '1', price: '0.30' } },
  { id: 24, op: 'quote', market: 'snow', side: 'buy', size: '10' },
  { id: 25, op: 'place', market: 'snow', type: 'market', side: 'buy', size: '10' },
  { id: 26, op: 'order', clientOrderId: 'c' },
  { id: 27, op: 'order', clientOrderId: 'never' },
  { id: 28, op: 'account' },
  { id: 29, op: 'cancelAll' },
  { id: 30, op: 'unsubscribe', channels: [{ ch: 'ticker', ...rain }] },
  { id: 31, ...order },
  { id: 32, op: 'subscribe', channels: [{ ch: 'book', ...rain, since: 9 }] },
  { id: 33, op: 'subscribe', channels: [{ ch: 'orders', since: 9 }] },
  { id: 40, op: 'quoteGroup', group: 'g', protection: { windowMs: 1000, frozenMs: 0, maxSize: '5' } },
  {
    id: 41,
    op: 'quotes',
    group: 'g',
    quotes: [
      { ...rain, bid: { price: '0.20', size: '3' }, ask: { price: '0.80', size: '3' } },
      { market: 'nowhere', bid: null },
      { ...rain, outcome: 'NO', bid: { price: '2', size: '3' } },
    ],
  },
  { id: 42, op: 'subscribe', channels: [{ ch: 'quotes' }] },
  { id: 43, op: 'cancelQuotes', group: 'g' },
  { id: 44, op: 'cancelOnDisconnect', enabled: true },
  { id: 45, op: 'cancelAfter', timeoutMs: 60_000 },
  { id: 46, op: 'cancelAfter', timeoutMs: 0 },
  { id: 47, op: 'ping', budget: true },
  { id: -1, op: 'ping' },
  { id: 'x', op: 'ping' },
  { id: 34, op: 'nothing' },
  { id: 35 },
  7,
  null,
  [],
];

/** One client’s transcript, with another who trades with it. Each request is sent when all of the one before has come. */
async function transcript(wire: Wire): Promise<Message[]> {
  const gateway = await TestGateway.start({ rateLimits: true, limits });
  await gateway.createMarket('rain');
  await gateway.createMarket('snow', { type: 'lmsr' });
  const other = await gateway.client(2);
  const peer = await wire.open(gateway);
  let pings = 1000;
  const all = () => peer.ok({ id: ++pings, op: 'ping' });
  for (const request of SCRIPT) {
    await peer.ask(request);
    await all();
  }
  await other.place({ side: 'sell', size: '1', price: '0.40' });
  await all();
  expect(gateway.errors).toEqual([]);
  await leave(gateway, peer);
  return peer.log;
}

async function leave(gateway: TestGateway, peer: Peer): Promise<void> {
  peer.close();
  await peer.ended;
  await gateway.stop();
}

const expected = transcript(WEBSOCKET);

test('every operation answers and streams in the published schemas', async () => {
  const log = await expected;
  const channels = Object.values(streams);
  for (const message of log) {
    if (message.ch !== undefined) {
      expect(
        channels.some((schema) => schema.safeParse(message).success),
        JSON.stringify(message),
      ).toBe(true);
    } else if (message.ok === false) failure.parse(message);
  }
  const op = (id: number) => (SCRIPT.find((request) => Object(request).id === id) as { op: keyof typeof answers }).op;
  for (const message of log.filter(({ ok, id }) => ok === true && id < 1000)) answers[op(message.id)].parse(message);
  expect(new Set(log.map(({ ch }) => ch)).size).toBe(9);
});

test.each(SOCKET_IO_WIRES)('$name says what the WebSocket says, in the same order', async (wire) => {
  expect(await transcript(wire)).toEqual(await expected);
});
