import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Commands, centsOf, commandsOf } from './commands.ts';
import { EngineBook } from './engineBook.ts';
import { type BookLine, type FeedLine, readFeed } from './feed.ts';
import { NaiveBook } from './naiveBook.ts';
import { type OrderFlow, orderFlow } from './orders.ts';
import { PrintedBooks } from './printedBooks.ts';
import { type VenueTrades, venueTrades } from './prints.ts';
import { differenceOf, type Replay, replay } from './replay.ts';

const FEED = new URL('../../../shared/data/l3/bitstamp_btcusd_2015-05-01_orders_trades.log.gz', import.meta.url);
/** Every so many printed books, all invariants of the engine. */
const CHECKED_EVERY = 500;

function impliedBy({ trades }: VenueTrades): Record<VenueTrades['trades'][number]['implied'], number> {
  const counts = { both: 0, before: 0, cent: 0 };
  for (const { implied } of trades) counts[implied]++;
  return counts;
}

describe.skipIf(!existsSync(FEED))('five hours of a venue’s orders', () => {
  let feed: FeedLine[];
  let flow: OrderFlow;
  let venue: VenueTrades;
  let sent: Commands;
  const engine = new EngineBook();
  const naive = new NaiveBook();
  const printed = new PrintedBooks();
  let replayed: Replay;
  let levelDifference: string | undefined;

  beforeAll(async () => {
    feed = await readFeed(FEED);
    flow = orderFlow(feed);
    venue = venueTrades(feed, flow);
    sent = commandsOf(flow, venue);
    const books = feed.filter((line) => line.kind === 'book');
    let compared = 0;
    replayed = replay(sent.commands, engine, naive, ({ line, time }) => {
      for (; compared < books.length && (books[compared] as BookLine).line < line; compared++) {
        const levels = engine.levels();
        levelDifference ??= differenceOf(levels, naive.levels());
        printed.compare(books[compared] as BookLine, levels);
        if (compared % CHECKED_EVERY === 0) engine.driver.engine.checkInvariants();
      }
      engine.time = time;
    });
    engine.driver.engine.checkInvariants();
  });

  afterAll(() => {
    const { both, before, cent } = impliedBy(venue);
    const { levels, same, standing, onStanding, raced } = printed.explain(flow);
    const rows: [string, number][] = [
      ['lines of the feed', feed.length],
      ['orders in it', flow.orders.size],
      ['  too far from the market for a tick', sent.outside.length],
      ['  that rested before it began', venue.lotsBefore.size],
      ['commands', sent.commands.length - replayed.commands.left],
      ['trades printed', venue.trades.length + venue.notImplied.length],
      ['trades of the engine and of the naive book', replayed.trades.length],
      ['  implied by the messages of both orders', both],
      ['  with an order from before the feed: it had what was left and the print', before],
      ['  whose buyer ended a cent short: the seller says how much', cent],
      ['levels of printed books', levels],
      ['  the same in the engine', same],
      [`  with orders of which nothing is said, on ${standing} levels`, onStanding],
      ['  printed as before or after a message near by', raced],
    ];
    console.log(rows.map(([what, count]) => `${count.toLocaleString('en').padStart(8)}  ${what}`).join('\n'));
  });

  it('is read whole, and told in another order than it happened where that is known', () => {
    const lines: Record<string, number> = {};
    for (const { kind } of feed) lines[kind] = (lines[kind] ?? 0) + 1;
    expect(lines).toEqual({ created: 24_894, changed: 602, deleted: 24_918, print: 575, book: 5_011 });
    const { repeatedDeletions, deletedBeforeCreated, deletedBeforeChanged } = flow;
    expect({ repeatedDeletions, deletedBeforeCreated, deletedBeforeChanged }).toEqual({
      ...{ repeatedDeletions: 21, deletedBeforeCreated: 5, deletedBeforeChanged: 1 },
    });
    const numbers = [...flow.orders.values()].filter(({ created }) => created).map(({ id }) => id);
    // No order is missing: the venue’s numbers have no gap.
    expect(Math.max(...numbers) - Math.min(...numbers) + 1).toBe(numbers.length);
  });

  it('implies every trade that it prints, and no other', () => {
    expect(venue.notImplied).toEqual([]);
    expect(venue.notPrinted).toEqual([]);
    expect(impliedBy(venue)).toEqual({ both: 546, before: 25, cent: 4 });
    // Three pairs are printed the wrong way round: the venue numbers its trades in the order in which it makes them.
    expect(venue.inverted).toBe(3);
    const numbers = venue.trades.map(({ print }) => print.id);
    // The venue’s trade numbers have gaps, but no fill is left without its print: what the gaps were is not in the feed.
    expect(Math.max(...numbers) - Math.min(...numbers) + 1 - numbers.length).toBe(133);
  });

  it('fits the ticks and lots of a market exactly but for orders far from it, which never traded', () => {
    const sides = new Set(venue.trades.flatMap(({ buyer, seller }) => [buyer, seller]));
    expect(sent.outside.filter((order) => sides.has(order))).toEqual([]);
    const cents = sent.outside.map(({ messages }) => messages[0]?.cents as number).toSorted((a, b) => a - b);
    const bids = cents.filter((price) => price < 20_000);
    expect([bids.length, bids.at(-1), cents.length - bids.length, cents[bids.length]]).toEqual([7, 164_94, 44, 302_96]);
    expect([engine.ordersInPieces, engine.piecesPlaced, engine.accounts]).toEqual([6_076, 39_347, 204]);
  });

  it('trades the same in the engine and in the naive book, command by command', () => {
    expect(replayed.difference).toBeUndefined();
    expect(levelDifference).toBeUndefined();
    expect(replayed.commands).toEqual({ place: 24_845, reprice: 36, cancel: 24_264, left: 1_150 });
    expect(engine.resting()).toEqual(naive.resting());
    expect(engine.resting().map((order) => engine.left(order))).toEqual(
      naive.resting().map((order) => naive.left(order)),
    );
    expect(engine.levels()).toEqual(naive.levels());
    expect(engine.driver.engine.audit().conserved).toBe(true);
  });

  it('trades what the venue printed: both orders, price, amount, in the order of the trade numbers', () => {
    const ours = replayed.trades.map(({ taker, maker, tick, lots }) => {
      const [buyer, seller] = flow.orders.get(taker)?.side === 'buy' ? [taker, maker] : [maker, taker];
      return { buyer, seller, cents: centsOf(tick), lots };
    });
    const theirs = venue.trades.map(({ print: { cents, lots }, buyer, seller }) => {
      return { buyer: buyer.id, seller: seller.id, cents, lots };
    });
    expect(ours).toHaveLength(575);
    expect(ours).toEqual(theirs);
    const early = venue.trades.filter(({ print }, index) => print.line < (replayed.trades[index]?.line as number));
    expect(early).toEqual([]);
    expect(replayed.aggressors.size).toBe(354);
  });

  it('leaves of each order what the venue says is left', () => {
    const { canceledAsTold, leftAsTold, leftNotToldYet } = replayed;
    expect({ canceledAsTold, leftAsTold, leftNotToldYet }).toEqual({
      canceledAsTold: replayed.commands.cancel,
      ...{ leftAsTold: 962, leftNotToldYet: replayed.commands.left - 962 },
    });
    const outside = new Set(sent.outside);
    const open = [...flow.orders.values()].filter(
      (order) => order.messages.at(-1)?.kind !== 'deleted' && !outside.has(order),
    );
    const theirs = open.map(({ id, messages }) => [id, messages.at(-1)?.lots] as const).toSorted(([a], [b]) => a - b);
    expect(theirs).toHaveLength(177);
    expect(engine.resting().map((order) => [order, engine.left(order)])).toEqual(theirs);
  });

  it('has the books that the venue printed', () => {
    expect(printed.explain(flow)).toEqual({
      ...{ books: 5_011, levels: 200_463, same: 188_444, standing: 24, onStanding: 11_966, raced: 53 },
      unexplained: [],
    });
  });
});
