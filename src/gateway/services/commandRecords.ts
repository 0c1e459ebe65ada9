import * as R from '../../engines/records/buffer.ts';
import * as C from '../../engines/records/commands.ts';

/** Operators’ commands and queries as records; each function returns where its record is, for `request`. */
type Buffer = { readonly buffer: R.RecordBuffer };

function begin({ buffer }: Buffer, kind: number, words: number, account: number, market: number): number {
  const at = buffer.begin(kind, words);
  buffer.i32[at + R.ACCOUNT] = account;
  buffer.i32[at + R.MARKET] = market;
  return at;
}

const NO_MARKET = -1;

export function openAccountRecord(port: Buffer, account: number, grantMicros: number): number {
  const at = begin(port, C.COMMAND.OPEN_ACCOUNT, C.AMOUNT + 2, account, NO_MARKET);
  port.buffer.f64[(at + C.AMOUNT) >> 1] = grantMicros;
  return at;
}

/** `account` is who is credited. */
export function depositRecord(port: Buffer, account: number, micros: number, reference: string): number {
  const at = begin(port, C.COMMAND.DEPOSIT, C.AMOUNT + 2 + C.textWords(reference), account, NO_MARKET);
  port.buffer.f64[(at + C.AMOUNT) >> 1] = micros;
  C.writeText(port.buffer, at + C.AMOUNT + 2, reference);
  return at;
}

export type NewMarket = {
  slug: string;
  /** JSON text */
  definition: string;
  type: number;
  outcomes: number;
  /** ticks, or a refusal mark of `protocol/units.ts` */
  tickSize: number;
  closeTime: number;
  /** b in lots, 0 none */
  liquidity: number;
  disputeWindowMs: number;
  /** micros of volume, 0 none */
  hybridThreshold?: number;
  /** basis points, and a number of FEE_BASE */
  fees?: { taker: number; maker: number; base: number };
  /** millionths */
  bands?: { min: number; max: number };
  /** decimal texts in the order of the outcomes */
  prior?: readonly string[];
  risk?: MarketRisk;
};

/** The risk settings of a market: ticks, lots, lots; 0 none, KEEP as it is. */
export type MarketRisk = { collar: number; orderLots: number; positionLots: number };

const priorText = ({ prior }: NewMarket): string => prior?.join(',') ?? '';

export const createMarketWords = (market: NewMarket): number =>
  C.CREATE_TEXT + C.textWords(market.slug) + C.textWords(market.definition) + C.textWords(priorText(market));

export function createMarketRecord(port: Buffer, account: number, market: NewMarket): number {
  const at = begin(port, C.COMMAND.CREATE_MARKET, createMarketWords(market), account, NO_MARKET);
  const { i32, f64 } = port.buffer;
  i32[at + C.CREATE_TYPE] = market.type;
  i32[at + C.CREATE_OUTCOMES] = market.outcomes;
  i32[at + C.CREATE_TICK_SIZE] = market.tickSize;
  f64[(at + C.CREATE_CLOSE_TIME) >> 1] = market.closeTime;
  f64[(at + C.CREATE_LIQUIDITY) >> 1] = market.liquidity;
  f64[(at + C.CREATE_DISPUTE_WINDOW) >> 1] = market.disputeWindowMs;
  f64[(at + C.CREATE_HYBRID_THRESHOLD) >> 1] = market.hybridThreshold ?? 0;
  i32[at + C.CREATE_TAKER_FEE] = market.fees?.taker ?? 0;
  i32[at + C.CREATE_MAKER_FEE] = market.fees?.maker ?? 0;
  i32[at + C.CREATE_FEE_BASE] = market.fees?.base ?? 0;
  i32[at + C.CREATE_BAND_MIN] = market.bands?.min ?? 0;
  i32[at + C.CREATE_BAND_MAX] = market.bands?.max ?? 0;
  writeRisk(i32, at + C.CREATE_RISK, market.risk ?? { collar: 0, orderLots: 0, positionLots: 0 });
  const definitionAt = C.writeText(port.buffer, at + C.CREATE_TEXT, market.slug);
  const priorAt = C.writeText(port.buffer, definitionAt, market.definition);
  C.writeText(port.buffer, priorAt, priorText(market));
  return at;
}

/** The three settings follow each other, here as in CONFIGURE_MARKET. */
function writeRisk(i32: Int32Array, at: number, { collar, orderLots, positionLots }: MarketRisk): void {
  i32[at] = collar;
  i32[at + C.RISK_ORDER_LOTS - C.RISK_COLLAR] = orderLots;
  i32[at + C.RISK_POSITION_LOTS - C.RISK_COLLAR] = positionLots;
}

/** `book` switches the book of a hybrid on. */
export function configureRecord(
  port: Buffer,
  account: number,
  market: number,
  risk: MarketRisk,
  book: boolean,
): number {
  const at = begin(port, C.COMMAND.CONFIGURE_MARKET, C.CONFIGURE_WORDS, account, market);
  writeRisk(port.buffer.i32, at + C.RISK_COLLAR, risk);
  port.buffer.i32[at + C.CONFIGURE_BOOK] = book ? 1 : C.KEEP;
  return at;
}

/** `b` in lots */
export function topUpRecord(port: Buffer, account: number, market: number, b: number): number {
  const at = begin(port, C.COMMAND.TOP_UP, C.TOP_UP_B + 2, account, market);
  port.buffer.f64[(at + C.TOP_UP_B) >> 1] = b;
  return at;
}

/** `account` is whom it is about; `openOrders` null is the usual limit; what is undefined stays. */
export function accountRiskRecord(
  port: Buffer,
  account: number,
  blocked: boolean | undefined,
  openOrders: number | null | undefined,
): number {
  const at = begin(port, C.COMMAND.SET_ACCOUNT_RISK, C.ACCOUNT_OPEN_ORDERS + 1, account, NO_MARKET);
  port.buffer.i32[at + C.ACCOUNT_BLOCKED] = blocked === undefined ? C.KEEP : Number(blocked);
  port.buffer.i32[at + C.ACCOUNT_OPEN_ORDERS] = openOrders === undefined ? C.KEEP : (openOrders ?? 0);
  return at;
}

export function closeTimeRecord(port: Buffer, account: number, market: number, closeTime: number): number {
  const at = begin(port, C.COMMAND.SET_CLOSE_TIME, C.CLOSE_TIME + 2, account, market);
  port.buffer.f64[(at + C.CLOSE_TIME) >> 1] = closeTime;
  return at;
}

/** `auction`: HALT collects orders for the RESUME. */
export function stepRecord(
  port: Buffer,
  kind: 'HALT' | 'RESUME' | 'CLOSE',
  account: number,
  market: number,
  auction = false,
): number {
  const at = begin(port, C.COMMAND[kind], C.HALT_AUCTION + 1, account, market);
  if (auction) port.buffer.i32[at + C.HALT_AUCTION] = 1;
  return at;
}

export function reasonRecord(
  port: Buffer,
  kind: 'DISPUTE' | 'VOID',
  account: number,
  market: number,
  reason: string,
): number {
  const at = begin(port, C.COMMAND[kind], R.BODY + C.textWords(reason), account, market);
  C.writeText(port.buffer, at + R.BODY, reason);
  return at;
}

/** With `payouts` (ticks per lot of each outcome) a proposal; QUERY_SETTLEMENT without asks for what was decided. */
export function payoutsRecord(
  port: Buffer,
  kind: 'RESOLVE' | 'QUERY_SETTLEMENT',
  account: number,
  market: number,
  payouts: readonly number[],
): number {
  const at = begin(port, C.COMMAND[kind], C.RESOLVE_PAYOUTS + payouts.length, account, market);
  port.buffer.i32[at + C.RESOLVE_COUNT] = payouts.length;
  port.buffer.i32.set(payouts, at + C.RESOLVE_PAYOUTS);
  return at;
}

export const auditRecord = (port: Buffer): number => begin(port, C.COMMAND.QUERY_AUDIT, R.BODY, 0, NO_MARKET);
