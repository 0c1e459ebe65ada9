import type { MarketDefinition, MarketImage } from '../../engines/image.ts';
import { BUY, SELL } from '../../engines/records/commands.ts';
import { MARKET_STATUSES } from '../../engines/records/events.ts';
import { Levels } from './levels.ts';

/** One book’s levels, in canonical terms. */
export class BookState {
  readonly outcome: number;
  readonly bids = new Levels(BUY);
  readonly asks = new Levels(SELL);

  constructor(outcome: number) {
    this.outcome = outcome;
  }

  side(side: number): Levels {
    return side === BUY ? this.bids : this.asks;
  }
}

/** A market as the gateway knows it: its terms, its status and its public prices. Ticks, lots, micros, millionths. */
export class MarketState {
  readonly market: number;
  readonly slug: string;
  readonly definition: MarketDefinition;
  readonly type: MarketImage['type'];
  readonly outcomes: readonly string[];
  readonly tickSize: number;
  /** The start of each order view by outcome × 2 + side: `"market":…,"outcome":…,"side":…`, quoted once. */
  readonly headings: readonly string[];
  readonly quotedOutcomes: readonly string[];

  status: (typeof MARKET_STATUSES)[number];
  closeTime: number;
  disputeUntil: number;
  payouts: number[] | null;
  closingPrices: MarketImage['closingPrices'];
  reason: string;
  openOrders: number;
  holders: number;
  /** Settlement: steps done, of how many (a void visits each holder twice), and micros paid so far. */
  settled: number;
  settlementSteps: number;
  settlementDone: boolean;
  paid: number;

  /** Two outcomes share the book of outcome 0; more have one each; a market of a maker alone has none. */
  readonly books: readonly BookState[];
  b: number;
  readonly q: number[];
  readonly ammMillionths: number[];
  /** −1 none */
  readonly last: number[];
  volumeMicros: number;

  /** `seq` of the last change that each public channel told. */
  bookSeq: number;
  tradesSeq: number;
  tickerSeq: number;
  marketSeq: number;

  constructor(image: MarketImage, seq: number) {
    this.market = image.market;
    this.slug = image.slug;
    this.definition = image.definition;
    this.type = image.type;
    this.outcomes = image.outcomes;
    this.tickSize = image.tickSize;
    this.quotedOutcomes = image.outcomes.map((name) => JSON.stringify(name));
    this.headings = this.quotedOutcomes.flatMap((name) =>
      ['buy', 'sell'].map((side) => `"market":"${image.slug}","outcome":${name},"side":"${side}"`),
    );
    this.status = MARKET_STATUSES[image.status] ?? 'open';
    this.closeTime = image.closeTime;
    this.disputeUntil = image.disputeUntil;
    this.payouts = image.payouts;
    this.closingPrices = image.closingPrices;
    this.reason = image.reason;
    this.openOrders = image.openOrders;
    this.holders = image.holders;
    this.settled = image.settledHolders;
    this.settlementSteps = image.settlementSteps;
    this.settlementDone = image.settlementDone;
    this.paid = image.paid;
    const count = this.type === 'lmsr' ? 0 : image.outcomes.length === 2 ? 1 : image.outcomes.length;
    this.books = Array.from({ length: count }, (_, outcome) => new BookState(outcome));
    for (const { outcome, bids, asks } of image.books) {
      const book = this.books[outcome];
      for (const [price, lots] of bids) book?.bids.set(price, lots);
      for (const [price, lots] of asks) book?.asks.set(price, lots);
    }
    this.b = image.b;
    this.q = image.q.slice();
    this.ammMillionths = image.ammMillionths.slice();
    this.last = image.last.slice();
    this.volumeMicros = image.volumeMicros;
    this.bookSeq = this.tradesSeq = this.tickerSeq = this.marketSeq = seq;
  }

  get hasBook(): boolean {
    return this.books.length > 0;
  }

  get hasMaker(): boolean {
    return this.b > 0;
  }

  /** Two outcomes on one book: orders on the second are mirror images of orders on the first. */
  get mirrors(): boolean {
    return this.books.length === 1;
  }

  /** −1: no such outcome. */
  outcomeIndex(name: string): number {
    return this.outcomes.indexOf(name);
  }
}
