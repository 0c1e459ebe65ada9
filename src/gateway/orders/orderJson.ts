import * as R from '../../engines/records/buffer.ts';
import { outcomeOfTerms, stpOfTerms } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import { CANCEL_REASONS } from '../../protocol/answers.ts';
import { formatAveragePrice, formatPrice, type Lots, type Micros, TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import { selfTradePrevention, timeInForce } from '../../protocol/wire.ts';
import { JsonText, type Piece, piece } from '../jsonText.ts';
import type { MarketState } from '../market-data/marketState.ts';

/**
 * Views of orders and fills as JSON texts, straight from event records, because this is what each answered order costs.
 *
 * Records are in the terms of the book; views are in the client’s. A mirrored order spoke of the second of two outcomes, or
 * against its outcome, so its side flips, its price is 10,000 − price and its money 10,000 × lots − micros.
 */
export type Records = { readonly i32: Int32Array; readonly f64: Float64Array };

export const STP_MODES = selfTradePrevention.options;

const pieces = (field: string, values: readonly string[]) => values.map((value) => piece(`","${field}":"${value}`));
const TYPES = pieces('type', ['limit', 'market']).map((type) => type.subarray(1));
const STATUSES = pieces('status', ['open', 'filled', 'canceled']);
const REASONS = pieces('reason', CANCEL_REASONS);
const TIFS = pieces('tif', timeInForce.options);
const STPS = pieces('stp', STP_MODES).map((stp) => stp.subarray(1));
const LIQUIDITY = pieces('liquidity', ['maker', 'taker']);
const VENUES = pieces('venue', ['book', 'amm']);
const ORDER_ID = piece('{"orderId":"');
const CLIENT_ID = piece('","clientOrderId":"');
const NEXT = piece('",');
const PRICE = piece('","price":"');
const SIZE = piece('","size":"');
const FILLED = piece('","filled":"');
const REMAINING = piece('","remaining":"');
const EXPIRES_AT = piece('","expiresAt":');
const POST_ONLY = piece(',"postOnly":true');
const REDUCE_ONLY = piece(',"reduceOnly":true');
const AVERAGE = piece(',"avgPrice":"');
const FEES = piece(',"fees":"');
const SEQ = piece('","seq":');
const CREATED_AT = piece(',"createdAt":');
const FILLS = piece(',"fills":[');
const TRADE_ID = piece('"tradeId":"');
const FEE = piece('","fee":"');
type Five = [Piece, Piece, Piece, Piece, Piece];
const [QUOTE, COMMA, OPEN, CLOSE, END] = ['"', ',', '{', '}', ']}'].map(piece) as Five;
/** Bytes of an order without its heading, and of a fill: more than they can have. */
const ORDER_BYTES_MAX = 1_024;
const FILL_BYTES_MAX = 512;
const out = new JsonText();

/** Money of `lots` in the client’s terms. */
export const clientMoney = (micros: Micros, lots: Lots, mirrored: boolean): Micros =>
  mirrored ? TICKS_PER_DOLLAR * lots - micros : micros;

/** The price that a fill is reported at: on ticks in the book, the average of an exact amount with the maker. */
export function fillPrice(ticks: number, micros: Micros, lots: Lots, mirrored: boolean): string {
  if (ticks > 0) return formatPrice(mirrored ? TICKS_PER_DOLLAR - ticks : ticks);
  return formatAveragePrice(clientMoney(micros, lots, mirrored), lots);
}

/** The ORDER record of the order that a command was about: the last one with the id in DONE; −1 none. */
export function findOrderRecord(events: Records, from: number, doneAt: number): number {
  const { i32, f64 } = events;
  const id = f64[(doneAt + E.DONE_ORDER) >> 1];
  let found = -1;
  for (let at = from; at < doneAt; at += i32[at] as number) {
    if (i32[at + R.KIND] === E.EVENT.ORDER && f64[(at + E.ORDER_ID) >> 1] === id) found = at;
  }
  return found;
}

/**
 * The order of the ORDER record at `at` as a JSON text; `withFills` adds those of its fills that the command whose events
 * are `events[from … doneAt]` brought.
 */
export function orderJson(
  events: Records,
  at: number,
  market: MarketState,
  withFills = false,
  from = 0,
  doneAt = 0,
): string {
  out.begin();
  writeOrder(out, events, at, market, withFills, from, doneAt);
  return out.end();
}

/** As {@link orderJson}, behind what is written. */
export function writeOrder(
  out: JsonText,
  events: Records,
  at: number,
  market: MarketState,
  withFills: boolean,
  from: number,
  doneAt: number,
): void {
  const { i32, f64 } = events;
  const terms = i32[at + E.ORDER_TERMS] as number;
  const mirrored = (terms & E.MIRRORED) !== 0;
  const size = i32[at + E.ORDER_SIZE] as number;
  const filled = i32[at + E.ORDER_FILLED] as number;
  const status = i32[at + E.ORDER_STATUS] as number;
  const id = f64[(at + E.ORDER_ID) >> 1] as number;
  const heading = market.headingPiece(outcomeOfTerms(terms), terms & 1, mirrored);
  out.reserve(ORDER_BYTES_MAX + heading.length);
  out.put(ORDER_ID);
  out.integer(id);
  const idLength = i32[at + E.ORDER_CLIENT_ID_LENGTH] as number;
  if (idLength > 0) {
    out.put(CLIENT_ID);
    out.packed(i32, at + E.ORDER_CLIENT_ID, idLength);
  }
  out.put(NEXT);
  out.putAny(heading, market.hasAsciiNames);
  out.put(TYPES[(terms >> 1) & 1] as Piece);
  const price = i32[at + E.ORDER_PRICE] as number;
  // Market orders mostly have none.
  if (price > 0) {
    out.put(PRICE);
    out.price(mirrored ? TICKS_PER_DOLLAR - price : price);
  }
  out.put(SIZE);
  out.size(size);
  out.put(FILLED);
  out.size(filled);
  out.put(REMAINING);
  out.size(size - filled);
  out.put(STATUSES[status] as Piece);
  if (status === E.STATUS.CANCELED) out.put(REASONS[i32[at + E.ORDER_REASON] as number] as Piece);
  out.put(TIFS[(terms >> 2) & 7] as Piece);
  const expiresAt = f64[(at + E.ORDER_EXPIRES_AT) >> 1] as number;
  if (expiresAt > 0) {
    out.put(EXPIRES_AT);
    out.integer(expiresAt);
  } else out.put(QUOTE);
  if ((terms & E.POST_ONLY) !== 0) out.put(POST_ONLY);
  if ((terms & E.REDUCE_ONLY) !== 0) out.put(REDUCE_ONLY);
  const stp = stpOfTerms(terms);
  if (stp > 0) {
    out.put(STPS[stp] as Piece);
    out.put(QUOTE);
  }
  if (filled > 0) {
    const money = clientMoney(f64[(at + E.ORDER_FILLED_MICROS) >> 1] as number, filled, mirrored);
    out.put(AVERAGE);
    out.ascii(formatAveragePrice(money, filled));
    out.put(QUOTE);
  }
  out.put(FEES);
  out.money(f64[(at + E.ORDER_FEES) >> 1] as number);
  out.put(SEQ);
  out.integer(f64[(at + R.SEQ) >> 1] as number);
  out.put(CREATED_AT);
  out.integer(f64[(at + E.ORDER_CREATED_AT) >> 1] as number);
  if (!withFills) return out.put(CLOSE);
  out.put(FILLS);
  if (filled > 0) writeFills(out, events, from, doneAt, id, mirrored);
  out.put(END);
}

/** The fills of order `id` among the TRADE records of one command, joined by commas. Legs of sets are not the taker’s fills. */
function writeFills(out: JsonText, events: Records, from: number, doneAt: number, id: number, mirrored: boolean): void {
  const { i32, f64 } = events;
  let isFirst = true;
  for (let at = from; at < doneAt; at += i32[at] as number) {
    if (i32[at + R.KIND] !== E.EVENT.TRADE) continue;
    const taker = f64[(at + E.TRADE_TAKER_ORDER) >> 1] === id;
    if (taker && ((i32[at + E.TRADE_FLAGS] as number) & E.LEG) !== 0) continue;
    if (!taker && f64[(at + E.TRADE_MAKER_ORDER) >> 1] !== id) continue;
    out.reserve(FILL_BYTES_MAX);
    if (!isFirst) out.put(COMMA);
    isFirst = false;
    out.put(OPEN);
    writeFillFields(out, events, at, mirrored, taker);
    out.put(CLOSE);
  }
}

/** `"tradeId":…,"price":…,"size":…,"fee":…,"liquidity":…,"venue":…` of one party of the TRADE record at `at`. */
export function fillFields(events: Records, at: number, mirrored: boolean, taker: boolean): string {
  out.begin();
  writeFillFields(out, events, at, mirrored, taker);
  return out.end();
}

function writeFillFields(out: JsonText, events: Records, at: number, mirrored: boolean, taker: boolean): void {
  const { i32, f64 } = events;
  const lots = i32[at + E.TRADE_LOTS] as number;
  const ticks = i32[at + E.TRADE_PRICE] as number;
  const micros = f64[(at + E.TRADE_MICROS) >> 1] as number;
  // In a call auction both orders have rested.
  const took = taker && ((i32[at + E.TRADE_FLAGS] as number) & E.AUCTION) === 0;
  out.put(TRADE_ID);
  out.integer(f64[(at + E.TRADE_ID) >> 1] as number);
  out.put(PRICE);
  if (ticks > 0) out.price(mirrored ? TICKS_PER_DOLLAR - ticks : ticks);
  else out.ascii(fillPrice(ticks, micros, lots, mirrored));
  out.put(SIZE);
  out.size(lots);
  out.put(FEE);
  out.money(f64[(at + (taker ? E.TRADE_TAKER_FEE : E.TRADE_MAKER_FEE)) >> 1] as number);
  out.put(LIQUIDITY[took ? 1 : 0] as Piece);
  out.put(VENUES[i32[at + E.TRADE_VENUE] === E.BOOK ? 0 : 1] as Piece);
  out.put(QUOTE);
}
