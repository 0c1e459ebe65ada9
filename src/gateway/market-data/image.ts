/** The engine’s state as the gateway gets it once, at start; from then on events keep it current. */
export type EngineImage = { seq: number; time: number; markets: MarketImage[] };

/** Money in micros, sizes in lots, prices in ticks, probabilities in millionths. */
export type MarketImage = {
  market: number;
  slug: string;
  /** What CREATE_MARKET carried. */
  definition: MarketDefinition;
  /** index of book, lmsr, hybrid */
  type: number;
  /** index of MARKET_STATUSES */
  status: number;
  outcomes: string[];
  /** ticks */
  tickSize: number;
  closeTime: number;
  disputeUntil: number;
  /** ticks paid per lot of each outcome; null before a proposal */
  payouts: number[] | null;
  closingPrices: ClosingPrice[] | null;
  /** lots; 0 without a maker */
  b: number;
  q: number[];
  ammMillionths: number[];
  books: { outcome: number; bids: [ticks: number, lots: number][]; asks: [ticks: number, lots: number][] }[];
  /** millionths per outcome, −1 none */
  last: number[];
  volumeMicros: number;
  reason: string;
  openOrders: number;
  holders: number;
  settledHolders: number;
  paid: number;
};

/** `millionths` −1 none; `source` an index of PRICE_SOURCES. */
export type ClosingPrice = { millionths: number; source: number };

export type MarketDefinition = {
  title: string;
  criteria: string;
  /** sha256 of `criteria`, hex */
  criteriaHash: string;
  source?: string;
  category?: string;
  outcomes: string[];
  createdBy?: string;
  createdAt?: number;
};
