import * as R from '../../engines/records/buffer.ts';
import { readClientId } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import { formatMillionths, formatMoney, formatPrice, formatSize } from '../../protocol/units.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { fillFields, fillPrice, type Records, STP_MODES } from '../orders/orderJson.ts';

// The insides of stream messages, made from event records: the same for what just happened and for what is resumed.

/** Prices of one side and outcome → lots, the last record of each price: reused. */
const changed = new Map<number, number>();
const PRICES = 10_001;

/**
 * The fields of a book delta from its LEVEL records and, with `ammAt` ≥ 0, its last AMM record. Levels are absolute, so the last
 * record of a price is what counts.
 */
export function bookDeltaFields(
  records: Records,
  levels: readonly number[],
  ammAt: number,
  market: MarketState,
): string {
  const { i32, f64 } = records;
  changed.clear();
  for (const at of levels) {
    const key = ((i32[at + E.LEVEL_OUTCOME] as number) * 2 + (i32[at + E.LEVEL_SIDE] as number)) * PRICES;
    changed.set(key + (i32[at + E.LEVEL_PRICE] as number), f64[(at + E.LEVEL_LOTS) >> 1] as number);
  }
  const sides: string[] = [];
  for (const [key, lots] of changed) {
    const side = Math.floor(key / PRICES);
    const level = levelJson(key - side * PRICES, lots);
    sides[side] = sides[side] === undefined ? level : `${sides[side]},${level}`;
  }
  return bookSides(market, sides) + (ammAt < 0 ? '' : ammField(records, ammAt, market));
}

/** `["0.55","10.00"]`; `["0.55","0"]` removes the level. */
export const levelJson = (price: number, lots: number): string =>
  `["${formatPrice(price)}","${lots === 0 ? '0' : formatSize(lots)}"]`;

/** `"bids":…,"asks":…` of one book or, in `"books"`, of those that changed; `sides` by outcome × 2 + side. */
export function bookSides(market: MarketState, sides: readonly (string | undefined)[]): string {
  if (market.books.length <= 1) return `"bids":[${sides[0] ?? ''}],"asks":[${sides[1] ?? ''}]`;
  let books = '';
  for (let outcome = 0; outcome < market.books.length; outcome++) {
    const bids = sides[outcome * 2];
    const asks = sides[outcome * 2 + 1];
    if (bids === undefined && asks === undefined) continue;
    books += `${books === '' ? '' : ','}{"outcome":${market.quotedOutcomes[outcome]},"bids":[${bids ?? ''}],"asks":[${
      asks ?? ''
    }]}`;
  }
  return `"bids":[],"asks":[],"books":[${books}]`;
}

function ammField({ i32, f64 }: Records, at: number, market: MarketState): string {
  const n = i32[at + E.AMM_OUTCOMES] as number;
  let prices = '';
  for (let i = 0; i < n; i++) {
    const price = f64[((at + E.AMM_PER_OUTCOME) >> 1) + n + i] as number;
    prices += `${i > 0 ? ',' : ''}${market.quotedOutcomes[i]}:"${formatMillionths(price)}"`;
  }
  return `,"amm":{"prices":{${prices}},"b":"${formatSize(f64[(at + E.AMM_B) >> 1] as number)}"}`;
}

/** The fields of a public trade, in the terms of the book. */
export function tradeFields({ i32, f64 }: Records, at: number, market: MarketState): string {
  const lots = i32[at + E.TRADE_LOTS] as number;
  const price = fillPrice(i32[at + E.TRADE_PRICE] as number, f64[(at + E.TRADE_MICROS) >> 1] as number, lots, false);
  return `"tradeId":"${f64[(at + E.TRADE_ID) >> 1]}","outcome":${
    market.quotedOutcomes[i32[at + E.TRADE_OUTCOME] as number]
  },"price":"${price}","size":"${formatSize(lots)}","side":"${i32[at + E.TRADE_SIDE] === 0 ? 'buy' : 'sell'}","venue":"${
    i32[at + E.TRADE_VENUE] === E.BOOK ? 'book' : 'amm'
  }","time":${f64[(at + R.TIME) >> 1]}`;
}

/** The fields of one party’s fill, in its own terms. `orderAt`: the ORDER record of its order, −1 none. */
export function fillMessageFields(
  records: Records,
  at: number,
  taker: boolean,
  orderAt: number,
  market: MarketState,
): string {
  const { i32, f64 } = records;
  const mirrored = ((i32[at + E.TRADE_FLAGS] as number) & (taker ? E.TAKER_MIRRORED : E.MAKER_MIRRORED)) !== 0;
  const bookSide = (i32[at + E.TRADE_SIDE] as number) ^ (taker ? 0 : 1);
  const outcome = i32[at + E.TRADE_OUTCOME] as number;
  const idLength = orderAt < 0 ? 0 : (i32[orderAt + E.ORDER_CLIENT_ID_LENGTH] as number);
  const clientOrderId =
    idLength === 0 ? '' : `"clientOrderId":"${readClientId(i32, orderAt + E.ORDER_CLIENT_ID, idLength)}",`;
  const orderId = f64[(at + (taker ? E.TRADE_TAKER_ORDER : E.TRADE_MAKER_ORDER)) >> 1];
  return `"orderId":"${orderId}",${clientOrderId}${market.heading(outcome, bookSide, mirrored)},"time":${
    f64[(at + R.TIME) >> 1]
  },${fillFields(records, at, mirrored, taker)}`;
}

/** The fields of a self-trade that was prevented, in the terms of the book. */
export function selfTradeFields({ i32, f64 }: Records, at: number, market: MarketState): string {
  const outcome = market.quotedOutcomes[i32[at + E.SELF_TRADE_OUTCOME] as number];
  const price = formatPrice(i32[at + E.SELF_TRADE_PRICE] as number);
  const size = formatSize(i32[at + E.SELF_TRADE_LOTS] as number);
  const stp = STP_MODES[i32[at + E.SELF_TRADE_MODE] as number];
  return (
    `"type":"self-trade","selfTrade":{"market":"${market.slug}","outcome":${outcome},"price":"${price}",` +
    `"size":"${size}","stp":"${stp}","orderId":"${f64[(at + E.SELF_TRADE_TAKER_ORDER) >> 1]}",` +
    `"restingOrderId":"${f64[(at + E.SELF_TRADE_MAKER_ORDER) >> 1]}"}`
  );
}

/** `"balance":…,"available":…,"held":…` of a BALANCE record. */
export const balanceFields = (balance: number, held: number): string =>
  `"balance":"${formatMoney(balance)}","available":"${formatMoney(balance - held)}","held":"${formatMoney(held)}"`;
