import type { CANCEL_REASONS } from '../../src/protocol/answers.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';

/**
 * The whole state of the reference exchange: plain arrays, found by looking. Money is in micros, sizes in lots, prices in
 * ticks, all as BigInt. Nothing is kept that follows from something else: what an order holds, the totals of a level and
 * what an account has available are added up from the orders whenever they are asked for.
 */
export type Side = 'buy' | 'sell';
export type Tif = 'GTC' | 'GTD' | 'IOC' | 'FOK';
export type Stp = 'expire-taker' | 'expire-maker' | 'expire-both' | 'decrement';
export type CancelReason = (typeof CANCEL_REASONS)[number];
export type Status = 'open' | 'halted' | 'closed' | 'proposed' | 'disputed' | 'resolved' | 'voided';

/** In the terms of its book: a mirrored order stands on the other side, at 10,000 − price. */
export type Order = {
  id: number;
  account: number;
  market: number;
  outcome: number;
  side: Side;
  type: 'limit' | 'market';
  tif: Tif;
  stp: Stp;
  postOnly: boolean;
  reduceOnly: boolean;
  mirrored: boolean;
  price: bigint;
  size: bigint;
  filled: bigint;
  filledMicros: bigint;
  /** Lots that shares collateralise; cash does the rest. */
  covered: bigint;
  /** The exact fee of its fills, in 10⁻⁸ micros, and what has been charged: that, rounded up. */
  feeExact: bigint;
  fees: bigint;
  status: 'open' | 'filled' | 'canceled';
  reason: CancelReason | undefined;
  /** False before it rests and after its end. */
  resting: boolean;
  /** Rests unmatched until the auction. */
  collected: boolean;
  /** Its turn among the orders of a price: a later one came to rest later. */
  turn: number;
  expiresAt: number;
  createdAt: number;
  clientId: string | undefined;
  /** Its account's quote group; 0: it is no quote. */
  group: number;
  /** Its account's connection whose end cancels it; 0 none. */
  connection: number;
  /** The number that the engine gave it: orders that expire at the same time go in its order. */
  engineId: number;
};

export type Holder = { account: number; shares: bigint[]; paid: bigint };
export type Maker = { b: bigint; q: bigint[]; shares: bigint[]; cash: bigint; funding: bigint };
export type FeeBase = 'notional' | 'variance';

export type Market = {
  index: number;
  slug: string;
  type: 'book' | 'lmsr' | 'hybrid';
  outcomes: number;
  tickSize: bigint;
  closeTime: number;
  disputeWindow: number;
  disputeUntil: number;
  status: Status;
  /** Halted, and orders are collected for the reopening. */
  auction: boolean;
  /** Orders can rest. */
  bookOn: boolean;
  threshold: bigint;
  takerFee: bigint;
  makerFee: bigint;
  feeBase: FeeBase;
  /** The maker's prices, in millionths. */
  bandMin: bigint;
  bandMax: bigint;
  /** 0 none. */
  collar: bigint;
  orderLots: bigint;
  positionLots: bigint;
  /** Last price of each outcome in millionths. */
  last: (bigint | undefined)[];
  volume: bigint;
  escrow: bigint;
  fees: bigint;
  amm: Maker | undefined;
  /** In the order in which they came. */
  holders: Holder[];
  payouts: bigint[] | undefined;
  settled: number;
  settlementDone: boolean;
};

export type Account = { number: number; balance: bigint; blocked: boolean; openOrders: number; markets: number[] };
export type ClientId = {
  account: number;
  id: string;
  request: string;
  order: number;
  endedAt: number | undefined;
  ended: number;
};

/** A named group of quotes, and what protects it. Sizes in lots, times in ms; 0 none. */
export type Group = {
  account: number;
  /** From 1, in its account. */
  number: number;
  name: string;
  window: number;
  frozen: number;
  sizeLimit: bigint;
  deltaLimit: bigint;
  /** Infinity: until it is reset. */
  frozenUntil: number;
  /** When the window under way began. */
  began: number | undefined;
  filled: bigint;
  delta: bigint;
  /** Hit by the command under way. */
  tripped: boolean;
};
export type GroupReport = {
  account: number;
  number: number;
  name: string;
  cause: 'created' | 'configured' | 'tripped' | 'reset';
  limits: number[];
  frozenUntil: number;
  filled: number;
  delta: number;
};
export type Connections = { account: number; armsAtLogin: boolean; armed: number[]; cancelAt: number };
export type ConnectionReport = { account: number; armsAtLogin: boolean; armed: number; cancelAt: number };

/** A maker's or the sets' number in place of an account: as in `records/events.ts`. */
export type Trade = {
  market: number;
  outcome: number;
  side: Side;
  lots: bigint;
  price: bigint;
  micros: bigint;
  taker: number;
  maker: number;
  venue: 'book' | 'amm';
  takerOrder: number;
  makerOrder: number;
  takerFee: bigint;
  makerFee: bigint;
  flags: number;
};
export type SelfTrade = {
  market: number;
  account: number;
  outcome: number;
  price: bigint;
  lots: bigint;
  mode: Stp;
  takerOrder: number;
  makerOrder: number;
};

export type State = {
  time: number;
  accounts: Account[];
  markets: Market[];
  /** Open orders, and those that ended with the last command or that a client id remembers. */
  orders: Order[];
  clientIds: ClientId[];
  deposits: { reference: string; account: number; amount: bigint }[];
  /** In the order in which they were made. */
  groups: Group[];
  /** Account and number of each that the command under way has tripped. */
  trips: number[];
  connections: Connections[];
  feeTotal: bigint;
  depositTotal: bigint;
  nextOrder: number;
  nextTurn: number;
  nextEnd: number;
  /** What the command under way did. */
  trades: Trade[];
  selfTrades: SelfTrade[];
  groupReports: GroupReport[];
  connectionReports: ConnectionReport[];
};

export type Refusal = { code: ErrorCode; field: string; limit?: string; value?: number };
export type Done = {
  refused?: Refusal;
  /** Number of the order that was placed, amended or canceled. */
  order?: number;
  count?: number;
  duplicate?: boolean;
  keptPriority?: boolean;
  /** Of a part of a command: what its DONE counts in place of its place. */
  part?: number;
};

export const DOLLAR = 10_000n;
export const refuse = (code: ErrorCode, field = ''): Done => ({ refused: { code, field } });
export const refuseLimit = (limit: string, value: number | bigint, field: string): Done => ({
  refused: { code: 'LIMIT_EXCEEDED', field, limit, value: Number(value) },
});

export const least = (...of: bigint[]): bigint => of.reduce((a, b) => (b < a ? b : a));
export const most = (...of: bigint[]): bigint => of.reduce((a, b) => (b > a ? b : a));
export const sum = (of: bigint[]): bigint => of.reduce((a, b) => a + b, 0n);
/** Of integers, for a positive divisor. */
export const floorDiv = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));
export const ceilDiv = (a: bigint, b: bigint): bigint => -floorDiv(-a, b);

export const HOUSE = 0;
export const emptyState = (): State => ({
  time: 0,
  accounts: [{ number: HOUSE, balance: 0n, blocked: false, openOrders: 0, markets: [] }],
  markets: [],
  orders: [],
  clientIds: [],
  deposits: [],
  groups: [],
  trips: [],
  connections: [],
  feeTotal: 0n,
  depositTotal: 0n,
  nextOrder: 1,
  nextTurn: 1,
  nextEnd: 1,
  trades: [],
  selfTrades: [],
  groupReports: [],
  connectionReports: [],
});

export const accountOf = (state: State, number: number): Account | undefined =>
  state.accounts.find((account) => account.number === number);
/** An account that is known to exist. */
export const theAccount = (state: State, number: number): Account => {
  const account = accountOf(state, number);
  if (account === undefined) throw new Error(`no account ${number}`);
  return account;
};
export const theMarket = (state: State, order: Order): Market => state.markets[order.market] as Market;
export const remaining = (order: Order): bigint => order.size - order.filled;
export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');
