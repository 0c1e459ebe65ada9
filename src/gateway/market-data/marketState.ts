import type { MarketDefinition, MarketImage } from '../../engines/image.ts';
import { BUY, type FEE_BASE, SELL } from '../../engines/records/commands.ts';
import { MARKET_STATUSES } from '../../engines/records/events.ts';
import { type Piece, piece } from '../jsonText.ts';
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

/** What the definition says besides what the engine reads in it: written by our own HTTP service, and checked there. */
export type MarketTerms = MarketDefinition & {
  /** basis points; base is a name of FEE_BASE */
  fees?: { taker: number; maker: number; base: keyof typeof FEE_BASE };
  /** decimal texts, in the order of the outcomes */
  prior?: string[];
  /** millionths */
  bands?: { min: number; max: number };
  /** micros */
  hybridThreshold?: number;
};

/** A market as the gateway knows it: its terms, its status and its public prices. Ticks, lots, micros, millionths. */
export class MarketState {
  readonly market: number;
  readonly slug: string;
  readonly definition: MarketTerms;
  readonly type: MarketImage['type'];
  readonly outcomes: readonly string[];
  readonly tickSize: number;
  readonly quotedOutcomes: readonly string[];
  /** The start of each order view, quoted once: see {@link heading}. */
  private readonly headings: readonly string[];
  private readonly headingPieces: readonly Piece[];
  /** Slug and outcomes are ASCII, and so is every heading. */
  readonly hasAsciiNames: boolean;

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

  /** Orders can rest. */
  bookOn: boolean;
  /** Halted, and orders are collected for the reopening. */
  auction: boolean;
  /** Ticks, lots, lots; 0 none. */
  collar: number;
  orderLots: number;
  positionLots: number;

  /**
   * Two outcomes share the book of outcome 0; more have one each; a market of a maker alone has none. A hybrid has its books
   * from the start: they are empty until they are switched on.
   */
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
    this.headings = this.outcomes.flatMap((_, outcome) =>
      [BUY, SELL].flatMap((side) =>
        [false, true].map((mirrored) => this.headingText(this.clientTerms(outcome, side, mirrored))),
      ),
    );
    this.headingPieces = this.headings.map(piece);
    this.hasAsciiNames = this.headingPieces.every((bytes, i) => bytes.length === this.headings[i]?.length);
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
    this.bookOn = image.bookOn;
    this.auction = image.auction;
    this.collar = image.collar;
    this.orderLots = image.orderLots;
    this.positionLots = image.positionLots;
    this.b = image.b;
    this.q = image.q.slice();
    this.ammMillionths = image.ammMillionths.slice();
    this.last = image.last.slice();
    this.volumeMicros = image.volumeMicros;
    this.bookSeq = this.tradesSeq = this.tickerSeq = this.marketSeq = seq;
  }

  get hasMaker(): boolean {
    return this.b > 0;
  }

  /** Two outcomes on one book: orders on the second are mirror images of orders on the first. */
  get mirrors(): boolean {
    return this.books.length === 1;
  }

  /** `"market":…,"outcome":…,"side":…` of an order of the book of `outcome`, in its client’s terms. */
  heading(outcome: number, bookSide: number, mirrored: boolean): string {
    return this.headings[outcome * 4 + bookSide * 2 + (mirrored ? 1 : 0)] as string;
  }

  /** As {@link heading}, in bytes. */
  headingPiece(outcome: number, bookSide: number, mirrored: boolean): Piece {
    return this.headingPieces[outcome * 4 + bookSide * 2 + (mirrored ? 1 : 0)] as Piece;
  }

  /** Outcome and side in the client’s terms: a mirrored order of two outcomes is on the second; of more, against its outcome. */
  clientTerms(
    outcome: number,
    bookSide: number,
    mirrored: boolean,
  ): { outcome: string; side: 'buy' | 'sell'; against: true | undefined } {
    const two = this.outcomes.length === 2;
    return {
      outcome: this.outcomes[mirrored && two ? 1 - outcome : outcome] as string,
      side: (bookSide === SELL) === mirrored ? 'buy' : 'sell',
      against: mirrored && !two ? true : undefined,
    };
  }

  private headingText({ outcome, side, against }: ReturnType<MarketState['clientTerms']>): string {
    const text = `"market":"${this.slug}","outcome":${JSON.stringify(outcome)}`;
    return `${text}${against ? ',"against":true' : ''},"side":"${side}"`;
  }

  /** −1: no such outcome. */
  outcomeIndex(name: string): number {
    return this.outcomes.indexOf(name);
  }
}
