import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client, Message } from './support/gateway.ts';
import { TestGateway } from './support/gateway.ts';
import { Book, Chain } from './support/mirror.ts';

/** Continuity: whoever comes and goes at any moment sees what somebody sees who stayed. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

const key = (message: Message): string =>
  `${message.seq} ${message.tradeId ?? ''} ${message.orderId ?? ''} ${JSON.stringify(message.order ?? message.bids ?? '')} ${JSON.stringify(message.asks ?? '')} ${message.more ?? ''}`;
const tells = ({ type }: Message): boolean => type === undefined || type === 'delta';

type Step = {
  account: number;
  buy: boolean;
  no: boolean;
  price: number;
  size: number;
  act: 'place' | 'cancelAll' | 'cut' | 'back';
};
const step: fc.Arbitrary<Step> = fc.record({
  account: fc.integer({ min: 1, max: 3 }),
  buy: fc.boolean(),
  no: fc.boolean(),
  price: fc.integer({ min: 45, max: 55 }),
  size: fc.integer({ min: 1, max: 5 }),
  act: fc.constantFrom('place', 'place', 'place', 'place', 'cancelAll', 'cut', 'back'),
});

const CHANNELS = ['book', 'trades', 'orders', 'fills'] as const;

class Follower {
  readonly book = new Book();
  readonly chains: Record<string, Chain> = {
    book: this.book.chain,
    trades: new Chain(),
    orders: new Chain(),
    fills: new Chain(),
  };
  readonly seen: Record<string, string[]> = { book: [], trades: [], orders: [], fills: [] };
  client: Client | undefined;
  private readonly market: string;

  constructor(market: string) {
    this.market = market;
  }

  async join(): Promise<void> {
    const client = await gateway.client(1);
    this.client = client;
    const channels = CHANNELS.map((ch) => {
      const since = this.chains[ch]?.seq ?? -1;
      const of = ch === 'fills' ? {} : { market: this.market };
      return { ch, ...of, ...(since >= 0 && { since }) };
    });
    client.connection.onMessage((message) => this.take(message));
    await client.ok('subscribe', { channels });
  }

  private take(message: Message): void {
    const { ch } = message;
    if (ch === 'book') this.book.take(message);
    else this.chains[ch]?.take(message);
    if (tells(message)) this.seen[ch]?.push(key({ ...message, crc: undefined }));
  }

  /** Cuts the connection without a word, at whatever it has got. */
  cut(): void {
    this.client?.connection.terminate();
    this.client = undefined;
    for (const ch of CHANNELS) {
      const chain = this.chains[ch] as Chain;
      const complete = chain.cut();
      this.seen[ch] = (this.seen[ch] as string[]).filter((text) => Number(text.split(' ')[0]) <= complete);
    }
  }
}

describe('a follower that is cut off and resumes', () => {
  test('has every message of one that stays, once, in order, and the same book', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), async (steps) => {
        const market = `run-${++run}`;
        await gateway.createMarket(market);
        const steady = new Follower(market);
        const flighty = new Follower(market);
        await steady.join();
        await flighty.join();
        const traders: Client[] = [];
        for (let account = 1; account <= 3; account++) traders[account] = await gateway.client(account);
        // Some requests are not waited for, so that connections are cut in the middle of what they bring.
        const pending: Promise<unknown>[] = [];
        for (const { account, buy, no, price, size, act } of steps) {
          const trader = traders[account] as Client;
          if (act === 'cut') flighty.cut();
          else if (act === 'back') {
            if (flighty.client === undefined) await flighty.join();
            else await Promise.all(pending.splice(0));
          } else if (act === 'cancelAll') pending.push(trader.request('cancelAll', { market }));
          else {
            const outcome = no ? 'NO' : 'YES';
            const terms = { side: buy ? 'buy' : 'sell', outcome, price: `0.${price}`, size: String(size) };
            pending.push(trader.request('place', { market, ...terms }));
          }
        }
        await Promise.all(pending);
        if (flighty.client === undefined) await flighty.join();
        await steady.client?.ok('account');
        await flighty.client?.ok('account');
        for (const ch of CHANNELS) expect(flighty.seen[ch]).toEqual(steady.seen[ch]);
        expect(flighty.book.sorted()).toEqual(steady.book.sorted());
        for (const follower of [steady, flighty]) follower.cut();
        for (const trader of traders) trader?.connection.terminate();
      }),
      { numRuns: 25, seed: 20_241_122 },
    );
    expect(gateway.errors).toEqual([]);
  });

  test('gets a fresh snapshot after a gap that is too long, of a seq never seen, and from before the start', async () => {
    const small = await TestGateway.start({ logBytes: 16 * 1024 });
    await small.createMarket('rain');
    const trader = await small.client(1);
    const { order } = await trader.place({ size: '1', price: '0.10' });
    for (let i = 0; i < 100; i++) await trader.place({ size: '1', price: '0.11' });
    const before = trader.messages.length;
    const client = await small.client(1);
    for (const since of [order.seq, 1e12, 0]) {
      const channels = ['book', 'orders', 'trades', 'fills', 'ticker', 'market', 'account'].map((ch) => ({
        ch,
        since,
        ...(['orders', 'fills', 'account'].includes(ch) ? {} : { market: 'rain' }),
      }));
      client.messages.length = 0;
      await client.ok('subscribe', { channels });
      await client.ok('account');
      for (const { ch } of channels) {
        const types = client.messages.filter((message) => message.ch === ch).map(({ type }) => type);
        // Nothing was traded or decided after it, so these have nothing to tell.
        const nothing = since === order.seq && ['trades', 'market', 'fills'].includes(ch);
        expect([ch, types]).toEqual([ch, nothing && ch !== 'fills' ? ['caught-up'] : ['snapshot', 'caught-up']]);
      }
    }
    expect(before).toBe(0);
    await small.stop();
  });

  test('resumes a quiet market however busy the others are', async () => {
    const small = await TestGateway.start({ logBytes: 16 * 1024 });
    await small.createMarket('quiet');
    await small.createMarket('rain');
    const trader = await small.client(1);
    const { order } = await trader.place({ market: 'quiet', size: '1', price: '0.10' });
    for (let i = 0; i < 100; i++) await trader.place({ size: '1', price: '0.11' });
    const client = await small.client();
    await client.ok('subscribe', { channels: [{ ch: 'book', market: 'quiet', since: order.seq }] });
    expect(await client.of('book')).toMatchObject([{ type: 'caught-up', seq: order.seq, crc: expect.any(Number) }]);
    await small.stop();
  });
});
