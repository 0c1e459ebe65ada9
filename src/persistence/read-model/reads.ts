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
  /** The client spoke of the other outcome of a two-outcome book: side, outcome and prices are flipped back for it. */
  mirrored: boolean;
  /** ticks; 0 for market orders */
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
  /** seq of the command that placed it: no two orders share one, so it pages. */
  createdSeq: number;
  /** seq of its last change */
  seq: number;
  clientOrderId: string | null;
};

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

/** One outcome’s price (last trade or, with a maker, its marginal price) from `time` on, in millionths. */
export type PriceRow = { seq: number; time: number; outcome: number; millionths: number };

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
  /** null where no market was concerned */
  market: number | null;
  /** the reference of a deposit */
  reference: string | null;
};

/** Candle widths that are kept, in ms. */
export const CANDLE_INTERVALS_MS = [60_000, 300_000, 3_600_000, 86_400_000] as const;

export interface Reads {
  /** By createdSeq. `open`: only those that rest (true) or have ended (false). */
  orders(query: {
    account: number;
    market?: number;
    open?: boolean;
    before?: number;
    limit: number;
  }): Promise<OrderRow[]>;
  /** By order id, or by the client’s id (its newest order with it); null where the account has none. */
  order(query: { account: number; orderId?: number; clientOrderId?: string }): Promise<OrderRow | null>;
  /** Oldest first, at most `limit`. */
  orderFills(query: { account: number; orderId: number; limit: number }): Promise<FillRow[]>;
  /** Newest first by (seq, tradeId). */
  fills(query: {
    account: number;
    market?: number;
    orderId?: number;
    before?: { seq: number; tradeId: number };
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
  /** Oldest first; times in [from, to); thinned evenly to `limit` where there are more. */
  prices(query: { market: number; outcome?: number; from: number; to: number; limit: number }): Promise<PriceRow[]>;
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
