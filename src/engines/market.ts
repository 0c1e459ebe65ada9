import type { HolderRows } from './accounts/holderRows.ts';
import { Holders } from './accounts/holders.ts';
import { Book } from './order-book/book.ts';
import { Collected } from './order-book/collected.ts';
import type { Ladder } from './order-book/ladder.ts';
import { MARKET_TYPE } from './records/commands.ts';

/** Index into MARKET_STATUSES. */
export const OPEN = 0;
export const HALTED = 1;
export const CLOSED = 2;
export const PROPOSED = 3;
export const DISPUTED = 4;
export const RESOLVED = 5;
export const VOIDED = 6;

/** What is fixed when a market is created. */
export type MarketTerms = {
  slug: string;
  /** JSON text: title, criteria and their hash, source, category, outcomes. Opaque to the engine. */
  definition: string;
  /** MARKET_TYPE */
  type: number;
  outcomes: number;
  tickSize: number;
  disputeWindow: number;
  /** Micros of volume that switch a hybrid's book on; 0: an operator does. */
  hybridThreshold: number;
  /** Basis points; the maker's may be negative. */
  takerFee: number;
  makerFee: number;
  /** FEE_BASE */
  feeBase: number;
  /** Prices of the maker stay in this band, in millionths. */
  bandMin: number;
  bandMax: number;
};

/** Where all markets of a shard have what grows with their use. */
export type MarketSpace = { readonly ladder: Ladder; readonly holderRows: HolderRows };

/** One market: its terms, its books and its maker, its holders, and the money locked in it. */
export class Market {
  // What every order needs comes first, so that it lies in few cache lines: with ten thousand markets none is near.
  status = OPEN;
  readonly index: number;
  // Copies of terms.
  readonly outcomes: number;
  readonly tickSize: number;
  readonly takerFee: number;
  readonly makerFee: number;
  readonly feeBase: number;
  /** Two outcomes share one book: what is said of the second is the mirror image of the first. */
  readonly mirrors: boolean;
  readonly hasMaker: boolean;
  /** Orders can rest. A hybrid's book is switched on later. */
  bookOn: boolean;
  /** Halted, and orders are collected for the auction that reopens it. */
  collecting = false;
  /** Risk settings: 0 none. */
  collar = 0;
  orderLots = 0;
  positionLots = 0;
  openOrders = 0;
  closeTime: number;
  readonly holders: Holders;
  private readonly firstBook: Book | undefined;
  /** Price of the last trade per outcome, in millionths; −1 none. */
  last: Int32Array;
  volume = 0;
  /** Fees taken from its trades, net of rebates: a void returns them. */
  fees = 0;
  /** Complete sets outstanding, in lots; each is worth 10,000 micros, which are in escrow. */
  supply = 0;
  escrow = 0;

  readonly terms: MarketTerms;
  /** One for each outcome; with two outcomes one, that of the first. None in an LMSR market. */
  readonly books: Book[] = [];
  readonly collected = new Collected();
  /** Of the auction, once it has begun, else 0. */
  auctionPrice = 0;
  disputeUntil = 0;
  /** Ticks paid per lot of each outcome; null before a proposal. */
  payouts: Int32Array | null = null;
  /** In millionths per outcome, −1 none; sources index PRICE_SOURCES. Null before the close. */
  closingPrices: Int32Array | null = null;
  closingSources: Int32Array | null = null;
  reason = '';

  /** The maker: liquidity b and lots sold of each outcome (plus the prior); its cash and its own shares. */
  b: number;
  readonly q: Float64Array;
  readonly ammShares: Float64Array;
  ammCash = 0;
  ammFunding = 0;

  /** Settlement: holders done (a void passes twice: claw back, then refund), paid so far, owed to the house. */
  settled = 0;
  paid = 0;
  owed = 0;
  settlementDone = false;
  /** Holder whose orders a sweep looks at next. */
  sweepCursor = 0;

  constructor(index: number, terms: MarketTerms, closeTime: number, b: number, space: MarketSpace) {
    const { type, outcomes } = terms;
    this.index = index;
    this.terms = terms;
    this.outcomes = outcomes;
    this.tickSize = terms.tickSize;
    this.takerFee = terms.takerFee;
    this.makerFee = terms.makerFee;
    this.feeBase = terms.feeBase;
    this.mirrors = outcomes === 2 && type !== MARKET_TYPE.lmsr;
    this.hasMaker = type !== MARKET_TYPE.book;
    this.bookOn = type === MARKET_TYPE.book;
    this.closeTime = closeTime;
    this.b = b;
    this.holders = new Holders(outcomes, space.holderRows);
    this.last = new Int32Array(outcomes).fill(-1);
    this.q = new Float64Array(outcomes);
    this.ammShares = new Float64Array(outcomes);
    const books = type === MARKET_TYPE.lmsr ? 0 : outcomes === 2 ? 1 : outcomes;
    for (let outcome = 0; outcome < books; outcome++) this.books.push(new Book(terms.tickSize, space.ladder));
    this.firstBook = this.books[0];
  }

  /** The book of an outcome that has one: the first without the way over the list. */
  book(outcome: number): Book {
    return (outcome === 0 ? this.firstBook : this.books[outcome]) as Book;
  }

  /** Holders that settlement visits in all: a void visits each twice. */
  get settlementSteps(): number {
    return this.status === VOIDED ? this.holders.count * 2 : this.holders.count;
  }
}
