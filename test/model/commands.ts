import type { FeeBase, Side, Stp, Tif } from './state.ts';

/** Marks of a price or size that is none: see `protocol/units.ts`. */
export type PlaceCommand = {
  kind: 'PLACE';
  account: number;
  market: number;
  outcome: number;
  side: Side;
  type: 'limit' | 'market';
  tif: Tif;
  /** Ticks in the client's terms; of a market order the worst price, 0 none. */
  price: number;
  size: number;
  stp?: Stp;
  postOnly?: boolean;
  reduceOnly?: boolean;
  /** NO of the outcome. */
  against?: boolean;
  maxCost?: number;
  deadline?: number;
  expiresAt?: number;
  clientId?: string;
  connection?: number;
};
/** Names an order by the model's number, or by its client id. */
export type Ref = { account: number; market: number; order?: number; clientId?: string };
export type AmendCommand = Ref & { kind: 'AMEND'; price?: number; size?: number };
export type CancelCommand = Ref & { kind: 'CANCEL' };
export type ItemCommand = PlaceCommand | AmendCommand | CancelCommand;
export type BatchCommand = { kind: 'BATCH'; account: number; stopOnFailure: boolean; items: ItemCommand[] };

export type CreateCommand = {
  kind: 'CREATE_MARKET';
  slug: string;
  type: 'book' | 'lmsr' | 'hybrid';
  outcomes: number;
  tickSize: number;
  closeTime: number;
  b: number;
  disputeWindow: number;
  threshold: number;
  takerFee: number;
  makerFee: number;
  feeBase: FeeBase;
  /** Millionths, 0 the default. */
  bandMin: number;
  bandMax: number;
  collar: number;
  orderLots: number;
  positionLots: number;
  /** Decimals with commas, empty for even prices. */
  prior: string;
};
export type ConfigureCommand = {
  kind: 'CONFIGURE_MARKET';
  market: number;
  collar?: number;
  orderLots?: number;
  positionLots?: number;
  book?: boolean;
};

/** One side of a quote: [ticks, lots]; 0 lots remove it; undefined leaves it. */
export type QuoteSide = [price: number, lots: number] | undefined;
export type QuoteItem = { market: number; outcome: number; against: boolean; bid: QuoteSide; ask: QuoteSide };
export type QuotesCommand = {
  kind: 'QUOTES';
  account: number;
  group: string;
  connection: number;
  deadline: number;
  items: QuoteItem[];
};
/** `protection`: null lifts it, undefined leaves it. */
export type GroupCommand = {
  kind: 'QUOTE_GROUP';
  account: number;
  group: string;
  protection: { window: number; frozen: number; size: number; delta: number } | null | undefined;
  reset: boolean;
};
export type ConnectionCommand = {
  kind: 'CONNECTION';
  account: number;
  action: 'ARM' | 'DISARM' | 'GONE' | 'ALL_GONE' | 'DEFAULT_ON' | 'DEFAULT_OFF';
  number: number;
};

/** All that changes the exchange. Times in ms, money in micros, sizes in lots. */
export type ModelCommand =
  | PlaceCommand
  | AmendCommand
  | CancelCommand
  | BatchCommand
  | CreateCommand
  | ConfigureCommand
  | { kind: 'CANCEL_ALL'; account: number; market: number }
  | QuotesCommand
  | GroupCommand
  | ConnectionCommand
  | { kind: 'CANCEL_QUOTES'; account: number; group: string; market: number }
  | { kind: 'CANCEL_AFTER'; account: number; ms: number }
  | { kind: 'EXPIRE_ORDERS' }
  | { kind: 'TOP_UP'; market: number; b: number }
  | { kind: 'SET_ACCOUNT_RISK'; account: number; blocked: boolean; openOrders: number }
  | { kind: 'HALT'; market: number; auction: boolean }
  | { kind: 'RESUME' | 'CLOSE'; market: number }
  | { kind: 'SET_CLOSE_TIME'; market: number; closeTime: number }
  | { kind: 'SWEEP_ORDERS'; market: number; most: number }
  | { kind: 'SETTLE_BATCH'; market: number; most: number }
  | { kind: 'RESOLVE'; market: number; payouts: number[] }
  | { kind: 'DISPUTE' | 'VOID'; market: number }
  | { kind: 'OPEN_ACCOUNT'; account: number; grant: number }
  | { kind: 'DEPOSIT'; account: number; amount: number; reference: string };
