import { Holders } from './accounts/holders.ts';
import { Book } from './order-book/book.ts';
import { MARKET_TYPE } from './records/commands.ts';

/** Index into MARKET_STATUSES. */
export const OPEN = 0;
export const HALTED = 1;
export const CLOSED = 2;
export const PROPOSED = 3;
export const DISPUTED = 4;
export const RESOLVED = 5;
export const VOIDED = 6;

/** One market: its terms, its books or its maker, its holders, and the money locked in it. */
export class Market {
  readonly index: number;
  readonly slug: string;
  /** JSON text: title, criteria and their hash, source, category, outcomes. Opaque to the engine. */
  readonly definition: string;
  readonly type: number;
  readonly outcomes: number;
  readonly tickSize: number;
  readonly disputeWindow: number;
  status = OPEN;
  closeTime: number;
  disputeUntil = 0;
  /** Ticks paid per lot of each outcome; null before a proposal. */
  payouts: Int32Array | null = null;
  /** In millionths per outcome, −1 none; sources index PRICE_SOURCES. Null before the close. */
  closingPrices: Int32Array | null = null;
  closingSources: Int32Array | null = null;
  reason = '';

  /** Two outcomes share the one book of outcome 0; more have a book each. */
  readonly books: Book[] = [];
  readonly holders: Holders;
  openOrders = 0;
  /** Price of the last trade per outcome, in millionths; −1 none. */
  last: Int32Array;
  volume = 0;

  /** Complete sets outstanding, in lots; each is worth 10,000 micros, which are in escrow. */
  supply = 0;
  escrow = 0;

  /** The maker of an LMSR market: liquidity b and lots sold of each outcome; its cash and its own shares. */
  readonly b: number;
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

  constructor(
    index: number,
    slug: string,
    definition: string,
    type: number,
    outcomes: number,
    tickSize: number,
    closeTime: number,
    disputeWindow: number,
    b: number,
  ) {
    this.index = index;
    this.slug = slug;
    this.definition = definition;
    this.type = type;
    this.outcomes = outcomes;
    this.tickSize = tickSize;
    this.closeTime = closeTime;
    this.disputeWindow = disputeWindow;
    this.b = b;
    this.holders = new Holders(outcomes);
    this.last = new Int32Array(outcomes).fill(-1);
    this.q = new Float64Array(outcomes);
    this.ammShares = new Float64Array(outcomes);
    if (type !== MARKET_TYPE.lmsr) {
      const books = outcomes === 2 ? 1 : outcomes;
      for (let outcome = 0; outcome < books; outcome++) this.books.push(new Book(tickSize));
    }
  }

  get hasBook(): boolean {
    return this.books.length > 0;
  }

  /** Holders that settlement visits in all: a void visits each twice. */
  get settlementSteps(): number {
    return this.status === VOIDED ? this.holders.count * 2 : this.holders.count;
  }
}
