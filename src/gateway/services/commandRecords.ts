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
};

export const createMarketWords = ({ slug, definition }: NewMarket): number =>
  C.CREATE_TEXT + C.textWords(slug) + C.textWords(definition) + 1;

export function createMarketRecord(port: Buffer, account: number, market: NewMarket): number {
  const at = begin(port, C.COMMAND.CREATE_MARKET, createMarketWords(market), account, NO_MARKET);
  const { i32, f64 } = port.buffer;
  i32[at + C.CREATE_TYPE] = market.type;
  i32[at + C.CREATE_OUTCOMES] = market.outcomes;
  i32[at + C.CREATE_TICK_SIZE] = market.tickSize;
  f64[(at + C.CREATE_CLOSE_TIME) >> 1] = market.closeTime;
  f64[(at + C.CREATE_LIQUIDITY) >> 1] = market.liquidity;
  f64[(at + C.CREATE_DISPUTE_WINDOW) >> 1] = market.disputeWindowMs;
  const definitionAt = C.writeText(port.buffer, at + C.CREATE_TEXT, market.slug);
  C.writeText(port.buffer, definitionAt, market.definition);
  return at;
}

export function closeTimeRecord(port: Buffer, account: number, market: number, closeTime: number): number {
  const at = begin(port, C.COMMAND.SET_CLOSE_TIME, C.CLOSE_TIME + 2, account, market);
  port.buffer.f64[(at + C.CLOSE_TIME) >> 1] = closeTime;
  return at;
}

/** A step without fields. */
export const stepRecord = (port: Buffer, kind: 'HALT' | 'RESUME' | 'CLOSE', account: number, market: number): number =>
  begin(port, C.COMMAND[kind], C.HALT_AUCTION + 1, account, market);

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
