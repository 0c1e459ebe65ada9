import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Commands, centsOf, commandsOf } from './commands.ts';
import { EngineBook } from './engineBook.ts';
import { type BookLine, type FeedLine, readFeed } from './feed.ts';
import { NaiveBook } from './naiveBook.ts';
import { type OrderFlow, orderFlow } from './orders.ts';
import { PrintedBooks } from './printedBooks.ts';
import { type VenueTrades, venueTrades } from './prints.ts';
import { type Replay, replay } from './replay.ts';

const FEED = new URL('../../../shared/data/l3/bitstamp_btcusd_2015-05-01_orders_trades.log.gz', import.meta.url);

describe.skipIf(!existsSync(FEED))('five hours of a venue’s orders', () => {
  let feed: FeedLine[];
  let flow: OrderFlow;
  let venue: VenueTrades;
  let sent: Commands;

  beforeAll(async () => {
    feed = await readFeed(FEED);
    flow = orderFlow(feed);
    venue = venueTrades(feed, flow);
    sent = commandsOf(flow, venue);
  });

  it.each([false, true])('sells as NO: %s', (asNo) => {
    const engine = new EngineBook(asNo);
    const naive = new NaiveBook();
    const t = performance.now();
    const books = feed.filter((line) => line.kind === 'book');
    const printed = new PrintedBooks();
    let nextBook = 0;
    const result = replay(sent.commands, engine, naive, ({ line, time }) => {
      for (; (books[nextBook]?.line ?? Number.POSITIVE_INFINITY) < line; nextBook++) {
        const levels = engine.levels();
        expect(levels).toEqual(naive.levels());
        printed.compare(books[nextBook] as BookLine, levels);
      }
      engine.time = time;
    });
    console.log(
      performance.now() - t,
      result.trades.length,
      result.commands,
      result.aggressors.size,
      result.canceledAsTold,
      result.leftAsTold,
      result.leftStillToCome,
      engine.accounts,
      engine.piecesPlaced,
      engine.ordersInPieces,
    );
    const { unexplained, ...rest } = printed.explain(flow);
    console.log(rest, unexplained.length, unexplained.slice(0, 20), nextBook);
    engine.driver.engine.checkInvariants();
    console.log(engine.driver.engine.audit());
    const theirs = venue.trades.map(({ print, buyer, seller }) => ({
      buyer: buyer.id,
      seller: seller.id,
      cents: print.cents,
      lots: print.lots,
    }));
    const side = (id: number) => flow.orders.get(id)?.side;
    const ours = result.trades.map(({ taker, maker, tick, lots }) => ({
      buyer: side(taker) === 'buy' ? taker : maker,
      seller: side(taker) === 'sell' ? taker : maker,
      cents: centsOf(tick),
      lots,
    }));
    expect(ours).toEqual(theirs);
    console.log(sent.outside.length, sent.shortened, engine.resting().length, performance.now() - t);
  });
});
