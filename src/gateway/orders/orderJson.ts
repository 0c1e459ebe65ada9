import * as R from '../../engines/records/buffer.ts';
import { outcomeOfTerms, readClientId, stpOfTerms } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import { CANCEL_REASONS } from '../../protocol/answers.ts';
import {
  formatAveragePrice,
  formatMoney,
  formatPrice,
  formatSize,
  type Lots,
  type Micros,
  TICKS_PER_DOLLAR,
} from '../../protocol/units.ts';
import { selfTradePrevention, timeInForce } from '../../protocol/wire.ts';
import type { MarketState } from '../market-data/marketState.ts';

/**
 * Views of orders and fills as JSON texts, straight from event records. Concatenated by hand, because this is what each
 * answered order costs: 0.65 µs for a resting order, where building the object and JSON.stringify take 1.35 µs.
 *
 * Records are in the terms of the book; views are in the client’s. A mirrored order spoke of the second of two outcomes, or
 * against its outcome, so its side flips, its price is 10,000 − price and its money 10,000 × lots − micros.
 */
export type Records = { readonly i32: Int32Array; readonly f64: Float64Array };

const TYPES = ['limit', 'market'] as const;
const TIFS = timeInForce.options;
export const STP_MODES = selfTradePrevention.options;
const STATUSES = ['open', 'filled', 'canceled'] as const;

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
  const { i32, f64 } = events;
  const terms = i32[at + E.ORDER_TERMS] as number;
  const mirrored = (terms & E.MIRRORED) !== 0;
  const size = i32[at + E.ORDER_SIZE] as number;
  const filled = i32[at + E.ORDER_FILLED] as number;
  const status = i32[at + E.ORDER_STATUS] as number;
  const id = f64[(at + E.ORDER_ID) >> 1] as number;
  let text = `{"orderId":"${id}"`;
  const idLength = i32[at + E.ORDER_CLIENT_ID_LENGTH] as number;
  if (idLength > 0) text += `,"clientOrderId":"${readClientId(i32, at + E.ORDER_CLIENT_ID, idLength)}"`;
  const type = (terms >> 1) & 1;
  text += `,${market.heading(outcomeOfTerms(terms), terms & 1, mirrored)},"type":"${TYPES[type as 0]}"`;
  const price = i32[at + E.ORDER_PRICE] as number;
  // Market orders mostly have none.
  if (price > 0) text += `,"price":"${formatPrice(mirrored ? TICKS_PER_DOLLAR - price : price)}"`;
  text += `,"size":"${formatSize(size)}","filled":"${formatSize(filled)}","remaining":"${formatSize(
    size - filled,
  )}","status":"${STATUSES[status as 0]}"`;
  if (status === E.STATUS.CANCELED) text += `,"reason":"${CANCEL_REASONS[i32[at + E.ORDER_REASON] as 0]}"`;
  text += `,"tif":"${TIFS[((terms >> 2) & 7) as 0]}"`;
  const expiresAt = f64[(at + E.ORDER_EXPIRES_AT) >> 1] as number;
  if (expiresAt > 0) text += `,"expiresAt":${expiresAt}`;
  if ((terms & E.POST_ONLY) !== 0) text += ',"postOnly":true';
  if ((terms & E.REDUCE_ONLY) !== 0) text += ',"reduceOnly":true';
  const stp = stpOfTerms(terms);
  if (stp > 0) text += `,"stp":"${STP_MODES[stp]}"`;
  if (filled > 0) {
    const money = clientMoney(f64[(at + E.ORDER_FILLED_MICROS) >> 1] as number, filled, mirrored);
    text += `,"avgPrice":"${formatAveragePrice(money, filled)}"`;
  }
  text += `,"fees":"${formatMoney(f64[(at + E.ORDER_FEES) >> 1] as number)}","seq":${
    f64[(at + R.SEQ) >> 1]
  },"createdAt":${f64[(at + E.ORDER_CREATED_AT) >> 1]}`;
  if (!withFills) return `${text}}`;
  return `${text},"fills":[${filled > 0 ? fillsJson(events, from, doneAt, id, mirrored) : ''}]}`;
}

/** The fills of order `id` among the TRADE records of one command, joined by commas. Legs of sets are not the taker’s fills. */
function fillsJson(events: Records, from: number, doneAt: number, id: number, mirrored: boolean): string {
  const { i32, f64 } = events;
  let text = '';
  for (let at = from; at < doneAt; at += i32[at] as number) {
    if (i32[at + R.KIND] !== E.EVENT.TRADE) continue;
    const taker = f64[(at + E.TRADE_TAKER_ORDER) >> 1] === id;
    if (taker && ((i32[at + E.TRADE_FLAGS] as number) & E.LEG) !== 0) continue;
    if (!taker && f64[(at + E.TRADE_MAKER_ORDER) >> 1] !== id) continue;
    text += `${text === '' ? '' : ','}{${fillFields(events, at, mirrored, taker)}}`;
  }
  return text;
}

/** `"tradeId":…,"price":…,"size":…,"fee":…,"liquidity":…,"venue":…` of one party of the TRADE record at `at`. */
export function fillFields(events: Records, at: number, mirrored: boolean, taker: boolean): string {
  const { i32, f64 } = events;
  const lots = i32[at + E.TRADE_LOTS] as number;
  const micros = f64[(at + E.TRADE_MICROS) >> 1] as number;
  const fee = f64[(at + (taker ? E.TRADE_TAKER_FEE : E.TRADE_MAKER_FEE)) >> 1] as number;
  // In a call auction both orders have rested.
  const liquidity = taker && ((i32[at + E.TRADE_FLAGS] as number) & E.AUCTION) === 0 ? 'taker' : 'maker';
  return `"tradeId":"${f64[(at + E.TRADE_ID) >> 1]}","price":"${fillPrice(
    i32[at + E.TRADE_PRICE] as number,
    micros,
    lots,
    mirrored,
  )}","size":"${formatSize(lots)}","fee":"${formatMoney(fee)}","liquidity":"${liquidity}","venue":"${
    i32[at + E.TRADE_VENUE] === E.BOOK ? 'book' : 'amm'
  }"`;
}
