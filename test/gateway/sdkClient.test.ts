import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChannelMessage, Client } from '../../src/sdk/index.ts';
import type { Message, Client as Trader } from './support/gateway.ts';
import { TestGateway } from './support/gateway.ts';

/** The client of the library on the real gateway: what it tells, whatever becomes of its connections. */

let gateway: TestGateway;
let trader: Trader;
beforeAll(async () => {
  gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  trader = await gateway.client(2);
});
afterAll(() => gateway.stop());

const key = (message: ChannelMessage): string => JSON.stringify({ ...message, prev: 0 });

async function open(more: Partial<Parameters<typeof Client.open>[0]> = {}) {
  const told: ChannelMessage[] = [];
  let opened = 0;
  let wake: () => void = () => {};
  const client = await Client.open({
    url: gateway.url,
    token: async () => '1',
    channels: [{ ch: 'orders' }, { ch: 'fills' }, { ch: 'quotes' }, { ch: 'trades', market: 'rain' }],
    onMessage: (message) => {
      told.push(message);
      wake();
    },
    onOpen: () => {
      opened++;
      wake();
    },
    ...more,
  });
  const until = async (fits: () => boolean): Promise<void> => {
    while (!fits()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { client, told, until, opened: () => opened };
}

describe('the client', () => {
  test('tells every message once, in order, over connections that are cut at any moment', async () => {
    const steady = await open();
    const flighty = await open();
    const { client } = flighty;
    const quotes = (i: number): Message => ({
      group: 'mm',
      quotes: [
        {
          market: 'rain',
          bid: { price: `0.${40 + (i % 5)}`, size: '3' },
          ask: { price: `0.${55 + (i % 5)}`, size: '3' },
        },
      ],
    });
    for (let i = 0; i < 60; i++) {
      const asked = [
        steady.client.request('quotes', quotes(i) as never),
        trader.request('place', { market: 'rain', side: i % 2 === 0 ? 'buy' : 'sell', size: '4', price: '0.50' }),
        trader.request('place', { market: 'rain', side: i % 2 === 0 ? 'sell' : 'buy', size: '2', type: 'market' }),
      ];
      if (i % 4 === 1) {
        const opened = flighty.opened();
        client.cut();
        // Now and then it stays away for a while.
        if (i % 8 === 1) await flighty.until(() => flighty.opened() > opened);
      }
      await Promise.allSettled(asked);
    }
    const { seq } = await trader.ok('cancelAll');
    const { seq: last } = (await steady.client.request('cancelQuotes', {})) as Message;
    expect(last).toBeGreaterThan(seq);
    for (const one of [steady, flighty]) {
      await one.until(() =>
        one.told.some((message) => message.ch === 'quotes' && message.seq === last && !message.more),
      );
    }
    expect(flighty.opened()).toBeGreaterThan(5);
    for (const ch of ['orders', 'fills', 'quotes', 'trades']) {
      const of = ({ told }: { told: ChannelMessage[] }) =>
        told.filter((message) => message.ch === ch && message.type === undefined).map(key);
      expect(of(flighty)).toEqual(of(steady));
    }
    // Snapshots only where it began.
    expect(flighty.told.filter(({ type }) => type === 'snapshot')).toHaveLength(4);
    await Promise.all([steady.client.close(), client.close({ logout: true })]);
    await expect(client.request('ping', {})).rejects.toThrow('not connected');
  });

  test('goes on from where an earlier one was', async () => {
    const first = await open({ channels: [{ ch: 'orders' }] });
    await first.client.request('place', { market: 'rain', side: 'buy', size: '1', price: '0.10' });
    await first.until(() => first.told.length === 2);
    const since = first.client.seqOf({ ch: 'orders' }) as number;
    await first.client.close();
    const other = await gateway.client(1);
    await other.place({ size: '1', price: '0.11' });
    const second = await open({ channels: [{ ch: 'orders', since }] });
    await second.until(() => second.told.length === 2);
    expect(second.told.map(({ type }) => type)).toEqual([undefined, 'caught-up']);
    await second.client.close();
  });

  test('prepares each connection, and says what is in the way', async () => {
    let prepared = 0;
    const lost: string[] = [];
    const one = await open({
      prepare: async (connection) => {
        prepared++;
        await connection.request('cancelOnDisconnect', { enabled: true });
      },
      onLost: ({ message }) => lost.push(message),
    });
    one.client.cut();
    await one.until(() => one.opened() === 2);
    expect([prepared, lost.length]).toEqual([2, 1]);
    await one.client.close();
    await expect(open({ token: async () => 'nobody' })).rejects.toThrow('login refused: UNAUTHENTICATED');
    await expect(open({ channels: [{ ch: 'trades', market: 'nowhere' }] })).rejects.toThrow('UNKNOWN_MARKET');
  });
});
