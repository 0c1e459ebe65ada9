/**
 * What the gateway reads of history: rows of the read model that the follower writes. Plain integers: money in micros,
 * sizes in lots, prices in ticks (or millionths where a name says so), times in ms. Accounts and markets are numbers.
 *
 * Lists are newest first and are paged by a key that never repeats: `before` takes the key of the last row seen. A `limit`
 * is the caller’s; it is at most {@link PAGE_MAX}.
 */

export const PAGE_MAX = 1_000;

/** An order as the engine last reported it, in canonical terms (see `mirrored`); the keys are those of QUERY_ORDER. */
export type OrderRow = {
  orderId: number;
  account: number;
  market: number;
  outcome: number;
  /** 0 buy, 1 sell */
  side: number;
  /** 0 limit, 1 market */
  type: number;
  /** index of GTC, GTD, IOC, FOK */
  tif: number;
  postOnly: boolean;
  reduceOnly: boolean;
  /** index of expire-taker, expire-maker, expire-both, decrement */
  stp: number;
  /** ms, 0 none */
  expiresAt: number;
  /**
   * The client spoke of the other outcome of a two-outcome book, or against one of several: side, outcome and prices are
   * flipped back for it.
   */
  mirrored: boolean;
  /** ticks; 0 for market orders without a worst price */
  price: number;
  size: number;
  filled: number;
  /** 0 open, 1 filled, 2 canceled */
  status: number;
  /** index into CANCEL_REASONS */
  reason: number;
  filledMicros: number;
  fees: number;
  createdAt: number;
  /** seq of the command that placed it; the orders of one batch share it. */
  createdSeq: number;
  /** seq of its last change */
  seq: number;
  clientOrderId: string | null;
};

/** Where an order stands in a list of its account’s. */
export type OrderKey = { createdSeq: number; orderId: number };

/** One account’s part of a trade, in canonical terms. */
export type FillRow = {
  tradeId: number;
  seq: number;
  time: number;
  account: number;
  orderId: number;
  clientOrderId: string | null;
  market: number;
  outcome: number;
  /** The order’s side, canonical: 0 buy, 1 sell. */
  side: number;
  mirrored: boolean;
  /** ticks; 0 for a trade with the market maker, whose money is exact */
  price: number;
  lots: number;
  /** money for the shares, canonical, without the fee */
  micros: number;
  fee: number;
  /** It rested; in a call auction both did. */
  maker: boolean;
  /** 0 book, 1 amm */
  venue: number;
};

/** A public trade, in canonical terms. */
export type TradeRow = {
  tradeId: number;
  seq: number;
  time: number;
  outcome: number;
  /** the aggressor’s: 0 buy, 1 sell */
  side: number;
  price: number;
  lots: number;
  micros: number;
  venue: number;
};

/** Trades of one outcome within [start, start + interval); prices in millionths. */
export type CandleRow = {
  outcome: number;
  start: number;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  micros: number;
  trades: number;
};

/**
 * One outcome’s price in millionths: the last one within the second (or the wider step of a thinned list) that starts at
 * `time`; it holds until the next row. `source` is an index of PRICE_SOURCES: the mid of a book with both sides and a
 * tight spread, else the last trade; with a maker its marginal price.
 */
export type PriceRow = { seq: number; time: number; outcome: number; millionths: number; source: number };

/** One change of an account’s balance. */
export type LedgerRow = {
  seq: number;
  time: number;
  /** What changed, may be negative. */
  delta: number;
  balance: number;
  held: number;
  /** one of CAUSE */
  cause: number;
  /** null where no market was concerned, or several in one batch */
  market: number | null;
  /** the reference of a deposit */
  reference: string | null;
};

/** Candle widths that may be asked for, in ms: 1 s, 5 s, 15 s, 1 min, 5 min, 15 min, 30 min, 1 h, 4 h, 1 day. */
export const CANDLE_INTERVALS_MS = [
  1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000, 14_400_000, 86_400_000,
] as const;

/** One outcome of one account, as the engine last reported it; cost is what is still invested in `shares`. */
export type PositionRow = {
  account: number;
  market: number;
  outcome: number;
  shares: number;
  held: number;
  cost: number;
  realized: number;
  seq: number;
};

/** A market as the engine last reported it. */
export type MarketRow = {
  market: number;
  slug: string;
  /** 0 book, 1 lmsr, 2 hybrid */
  type: number;
  outcomes: number;
  tickSize: number;
  /** b of a market’s maker, in lots; 0 none */
  liquidity: number;
  disputeWindow: number;
  /** JSON text as the engine got it */
  definition: string;
  createdSeq: number;
  createdAt: number;
  seq: number;
  changedAt: number;
  /** index of MARKET_STATUSES */
  status: number;
  closeTime: number;
  disputeUntil: number;
  /** ticks paid per lot of each outcome; null before a proposal */
  payouts: number[] | null;
  /** millionths, −1 none; null before the close */
  closingPrices: number[] | null;
  /** each an index of PRICE_SOURCES */
  closingSources: number[] | null;
  resolvedAt: number | null;
  reason: string;
  /** Settlement: steps done, of how many, and micros paid by them. */
  settled: number;
  settlementSteps: number;
  paid: number;
};

export interface Reads {
  /** Newest first by (createdSeq, orderId). `open`: only those that rest (true) or have ended (false). */
  orders(query: {
    account: number;
    market?: number;
    open?: boolean;
    before?: OrderKey;
    limit: number;
  }): Promise<OrderRow[]>;
  /** By order id, or by the client’s id (its newest order with it); null where the account has none. */
  order(query: { account: number; orderId?: number; clientOrderId?: string }): Promise<OrderRow | null>;
  /** Oldest first, at most `limit`. */
  orderFills(query: { account: number; orderId: number; limit: number }): Promise<FillRow[]>;
  /** Newest first by (seq, tradeId, orderId): who trades with oneself has two fills of one trade. */
  fills(query: {
    account: number;
    market?: number;
    orderId?: number;
    before?: { seq: number; tradeId: number; orderId: number };
    limit: number;
  }): Promise<FillRow[]>;
  /** Newest first by (seq, tradeId). */
  trades(query: {
    market: number;
    outcome?: number;
    before?: { seq: number; tradeId: number };
    limit: number;
  }): Promise<TradeRow[]>;
  /** Oldest first; starts in [from, to); empty candles are left out. */
  candles(query: {
    market: number;
    outcome: number;
    intervalMs: (typeof CANDLE_INTERVALS_MS)[number];
    from: number;
    to: number;
    limit: number;
  }): Promise<CandleRow[]>;
  /** Oldest first, from the step that `from` lies in to before `to`; thinned evenly to `limit` where there are more. */
  prices(query: { market: number; outcome?: number; from: number; to: number; limit: number }): Promise<PriceRow[]>;
  /** The price in force at `time`; null before the first one. */
  priceAt(query: { market: number; outcome: number; time: number }): Promise<PriceRow | null>;
  /** Shares > 0, by market and outcome. */
  positions(query: { account: number; market?: number }): Promise<PositionRow[]>;
  /** By number or by slug; null where there is none. */
  market(query: { market: number } | { slug: string }): Promise<MarketRow | null>;
  /** Resolved in [from, to), oldest first by (resolvedAt, market). */
  resolvedMarkets(query: {
    from: number;
    to: number;
    after?: { resolvedAt: number; market: number };
    limit: number;
  }): Promise<MarketRow[]>;
  /** Newest first by seq. */
  ledger(query: { account: number; before?: number; limit: number }): Promise<LedgerRow[]>;
}

/** The follower as the gateway sees it: how far the read model is. */
export interface FollowerProgress {
  /** Everything up to this seq is in the read model. */
  readonly appliedSeq: number;
  /** Resolves true as soon as `appliedSeq` ≥ seq, false after `timeoutMs`. */
  waitFor(seq: number, timeoutMs: number): Promise<boolean>;
}
