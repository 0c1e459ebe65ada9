import { makerPrices } from './lmsr/maker.ts';
import type { Market } from './market.ts';
import type { Book } from './order-book/book.ts';
import { groupName } from './quotes/groups.ts';
import { MARKET_TYPE } from './records/commands.ts';
import type { State } from './state.ts';

/** A price level: ticks, lots. */
export type Level = [number, number];
export type BookImage = { outcome: number; bids: Level[]; asks: Level[] };
/** What the public may know of a market, in engine units. */
export type MarketImage = {
  market: number;
  slug: string;
  /** The object of CREATE_MARKET’s JSON text. */
  definition: MarketDefinition;
  type: keyof typeof MARKET_TYPE;
  /** Index into MARKET_STATUSES. */
  status: number;
  outcomes: string[];
  tickSize: number;
  /** Orders can rest: a book market, or a hybrid whose book is on. */
  bookOn: boolean;
  /** Halted, and orders wait for the auction that reopens it. */
  auction: boolean;
  /** Ticks, lots, lots; 0 none. */
  collar: number;
  orderLots: number;
  positionLots: number;
  closeTime: number;
  disputeUntil: number;
  payouts: number[] | null;
  closingPrices: { millionths: number; source: number }[] | null;
  b: number;
  q: number[];
  ammMillionths: number[];
  books: BookImage[];
  last: number[];
  volumeMicros: number;
  reason: string;
  openOrders: number;
  holders: number;
  settledHolders: number;
  settlementSteps: number;
  settlementDone: boolean;
  paid: number;
};
export type MarketDefinition = {
  title: string;
  criteria: string;
  criteriaHash: string;
  source?: string;
  category?: string;
  outcomes: string[];
  createdBy?: string;
  createdAt?: number;
};
export type EngineImage = {
  seq: number;
  time: number;
  markets: MarketImage[];
  /** Accounts whose connections are armed when they log in; how many connections are armed in all. */
  connections: { defaults: number[]; armed: number };
  /** What all quote groups are called, by account and number. */
  quoteGroups: { account: number; group: number; name: string }[];
};

/** Everything public, for a gateway that starts. */
export function imageOf(state: State): EngineImage {
  const connections = state.connections.all();
  const quoteGroups: EngineImage['quoteGroups'] = [];
  state.quoteGroups.each((group) =>
    quoteGroups.push({ account: group.account, group: group.number, name: groupName(group) }),
  );
  return {
    seq: state.seq,
    time: state.time,
    markets: state.markets.map(marketImage),
    connections: {
      defaults: connections.filter(({ armsAtLogin }) => armsAtLogin).map(({ account }) => account),
      armed: connections.reduce((sum, { armed }) => sum + armed, 0),
    },
    quoteGroups,
  };
}

const TYPES = Object.keys(MARKET_TYPE) as (keyof typeof MARKET_TYPE)[];

function marketImage(market: Market): MarketImage {
  const { terms, closingPrices, closingSources } = market;
  const definition = JSON.parse(terms.definition) as MarketDefinition;
  return {
    market: market.index,
    slug: terms.slug,
    definition,
    type: TYPES[terms.type] as keyof typeof MARKET_TYPE,
    status: market.status,
    outcomes: definition.outcomes,
    tickSize: terms.tickSize,
    bookOn: market.bookOn,
    auction: market.collecting,
    collar: market.collar,
    orderLots: market.orderLots,
    positionLots: market.positionLots,
    closeTime: market.closeTime,
    disputeUntil: market.disputeUntil,
    payouts: market.payouts === null ? null : Array.from(market.payouts),
    closingPrices:
      closingPrices === null
        ? null
        : Array.from(closingPrices, (millionths, i) => ({ millionths, source: closingSources?.[i] ?? 0 })),
    b: market.b,
    q: Array.from(market.q),
    ammMillionths: market.hasMaker ? Array.from(makerPrices(market)) : [],
    books: market.books.map((book, outcome) => bookImage(book, outcome)),
    last: Array.from(market.last),
    volumeMicros: market.volume,
    reason: market.reason,
    openOrders: market.openOrders,
    holders: market.holders.count,
    settledHolders: market.settled,
    settlementSteps: market.settlementSteps,
    settlementDone: market.settlementDone,
    paid: market.paid,
  };
}

function bookImage(book: Book, outcome: number): BookImage {
  const bids: Level[] = [];
  const asks: Level[] = [];
  for (let price = book.bestBid; price !== 0; price = book.nextBid(price)) bids.push([price, book.lotsAt(price)]);
  for (let price = book.bestAsk; price !== 0; price = book.nextAsk(price)) asks.push([price, book.lotsAt(price)]);
  return { outcome, bids, asks };
}
