import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PRIVATE_CHANNELS, PUBLIC_CHANNELS } from '../../../src/protocol/requests.ts';
import { random } from '../../follower/script.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { type Client, type Message, TestGateway } from '../support/gateway.ts';
import { TestJournal } from '../support/journal.ts';
import { Book, Chain } from '../support/mirror.ts';
import { OrderBookMirror } from '../support/orderBookMirror.ts';
import type { Peer } from './peer.ts';
import { WIRES } from './wires.ts';

const rain = { market: 'rain' };
const PUBLIC = PUBLIC_CHANNELS.map((ch) => ({ ch, ...rain }));
const PRIVATE = PRIVATE_CHANNELS.map((ch) => ({ ch }));
const CHANNELS = [...PUBLIC, ...PRIVATE];

/** Where what was missed is told from: whether memory is too small for it, and which channels then tell every message of it. */
const SOURCES = [
  { source: 'memory', logBytes: 1024 * 1024, whole: ['book', 'trades', 'orders', 'fills', 'quotes'] },
  { source: 'the journal', logBytes: 16 * 1024, whole: ['orders', 'fills', 'quotes'] },
] as const;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

/** What is kept of a channel: that each message is in its place, and where it is a book, the book. */
function mirrorOf(ch: string): { take(message: Message): void; chain: Chain; state?(): unknown } {
  if (ch === 'book') {
    const book = new Book();
    return { take: (message) => book.take(message), chain: book.chain, state: () => book.sorted() };
  }
  if (ch === 'book.l3') {
    const book = new OrderBookMirror();
    return { take: (message) => book.take(message), chain: book.chain, state: () => book.ofOutcome('YES') };
  }
  const chain = new Chain();
  return { take: (message) => chain.take(message), chain };
}

/** A channel as one hears it who listens on one connection after another. */
class Heard {
  readonly mirror: ReturnType<typeof mirrorOf>;
  /** What happened, without what belongs to the way it was told. */
  told: Message[] = [];

  constructor(ch: string) {
    this.mirror = mirrorOf(ch);
  }

  get seq(): number {
    return this.mirror.chain.complete;
  }

  take(message: Message): void {
    this.mirror.take(message);
    const { prev: _, crc: __, ...event } = message;
    if (message.type !== 'snapshot' && message.type !== 'caught-up') this.told.push(event);
  }

  /** The connection is gone: what there was of an unfinished command comes again. */
  cut(): number {
    const seq = this.mirror.chain.cut();
    this.told = this.told.filter((event) => event.seq <= seq);
    return seq;
  }
}

/** All channels, heard by one listener. */
class Listener {
  readonly channels = new Map(CHANNELS.map(({ ch }) => [ch as string, new Heard(ch)]));

  follow(peer: Peer, enough: () => boolean): Promise<void> {
    return peer.follow((message) => this.of(message.ch).take(message), enough);
  }

  of(ch: string): Heard {
    const heard = this.channels.get(ch);
    if (heard === undefined) throw new Error(`nobody listens to ${ch}`);
    return heard;
  }

  /** It has heard the last of each of these channels. */
  reached(last: Record<string, number>): boolean {
    return Object.entries(last).every(([ch, seq]) => this.of(ch).seq >= seq);
  }

  caughtUp(): boolean {
    return [...this.channels.values()].every(({ mirror }) => mirror.chain.caughtUp === 1);
  }
}

describe.each(SOURCES)('what was missed comes from $source', ({ source, logBytes, whole }) => {
  let journal: TestJournal;
  let gateway: TestGateway;
  let own: Client;
  let other: Client;
  beforeEach(async () => {
    journal = await TestJournal.begin(await postgres.migrated());
    const candles = { candles: async () => ({ seq: 0, rows: [] }), waitFor: async () => true };
    gateway = await TestGateway.start({ logBytes, journal: journal.of, candles });
    await gateway.createMarket('rain');
    await gateway.createMarket('snow');
    own = await gateway.client(1);
    other = await gateway.client(2);
  });
  afterEach(async () => {
    expect([gateway.errors, journal.troubles]).toEqual([[], []]);
    await gateway.stop();
    await journal.stop();
  });

  /** Accounts 1 and 2 trade, by orders and by quotes; the market `snow` is nobody’s business here. */
  async function trade(rounds: number, next: () => number): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      const price = () => `0.${44 + Math.floor(next() * 12)}`;
      const size = () => String(1 + Math.floor(next() * 5));
      const order = () => ({ ...rain, side: next() < 0.5 ? 'buy' : 'sell', price: price(), size: size() });
      const quote = { ...rain, bid: { price: '0.45', size: size() }, ask: { price: '0.54', size: size() } };
      await Promise.all([
        own.request('quotes', { group: 'g', quotes: [quote] }),
        other.request('place', order()),
        own.request('place', order()),
        other.request('place', { ...order(), market: 'snow' }),
        other.request('place', order()),
      ]);
    }
  }

  /** Something that every channel tells of, and nothing rests any more: the last `seq` of each. */
  async function finish(): Promise<Record<string, number>> {
    await own.ok('cancelAll');
    await other.ok('cancelAll');
    await own.ok('quotes', { group: 'g', quotes: [{ ...rain, bid: { price: '0.10', size: '1' } }] });
    const { seq: quotes } = await own.ok('cancelQuotes');
    await own.place({ price: '0.20', size: '1' });
    const { order } = await other.place({ side: 'sell', price: '0.20', size: '1' });
    const last = Object.fromEntries(CHANNELS.map(({ ch }) => [ch, order.seq]));
    return { ...last, quotes, market: 0, candles: 0 };
  }

  test.each(WIRES)('over $name: once, in order, then caught-up, then what is new', async (wire) => {
    const next = random(5);
    const open = async (since?: (ch: string) => number): Promise<Peer> => {
      const peer = await wire.open(gateway, { token: '1' });
      const channels = CHANNELS.map((channel) => ({ ...channel, since: since?.(channel.ch) }));
      await peer.ok({ id: 1, op: 'subscribe', channels });
      return peer;
    };
    const steady = new Listener();
    const flighty = new Listener();
    const stayed = await open();
    const first = await open();
    for (const [peer, listener] of [
      [stayed, steady],
      [first, flighty],
    ] as const) {
      await listener.follow(peer, () => CHANNELS.every(({ ch }) => listener.of(ch).seq >= 0));
    }

    // It goes in the midst of things.
    const going = trade(20, next);
    await flighty.follow(first, () => flighty.of('fills').told.length > 5);
    first.close();
    await first.ended;
    await going;
    await trade(60, next);
    await journal.written();
    const opened = journal.opened;
    const again = await open((ch) => flighty.of(ch).cut());
    const coming = trade(10, next);
    await flighty.follow(again, () => flighty.caughtUp());
    await coming;
    expect(journal.opened > opened).toBe(source === 'the journal');

    const last = await finish();
    await flighty.follow(again, () => flighty.reached(last));
    await steady.follow(stayed, () => steady.reached(last));
    for (const ch of whole) {
      expect(flighty.of(ch).told, ch).toEqual(steady.of(ch).told);
      // Once: nothing but what lies between is told, no snapshot takes its place.
      expect(again.of(ch).filter(({ type }) => type === 'snapshot')).toEqual([]);
      expect(steady.of(ch).told.length).toBeGreaterThan(20);
    }
    for (const { ch } of CHANNELS) {
      const [one, same] = [flighty.of(ch), steady.of(ch)];
      expect(one.mirror.state?.(), ch).toEqual(same.mirror.state?.());
      if (ch !== 'candles') expect(one.told.at(-1), ch).toEqual(same.told.at(-1));
    }
    for (const peer of [stayed, again]) {
      peer.close();
      await peer.ended;
    }
  });
});
