import type * as z from 'zod';
import * as R from '../../engines/records/buffer.ts';
import * as C from '../../engines/records/commands.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { placeFields, quoteFields } from '../../protocol/requests.ts';
import {
  NOT_ON_GRID,
  ORDER_LOTS_MAX,
  OUT_OF_RANGE,
  parseMoney,
  parsePrice,
  parseSize,
  TOO_LARGE,
} from '../../protocol/units.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { limitOf, refusal } from './refusals.ts';

/**
 * Requests become command records here, for WebSocket and HTTP alike. Each function writes one record into the port’s
 * buffer and returns where it is, for `send` or `request`; or what is wrong with the request, with nothing written.
 *
 * Prices and sizes that are no ticks or lots go to the engine as the marks of `protocol/units.ts`: it refuses them in its
 * fixed order, after what comes before them.
 */
type Port = { readonly buffer: R.RecordBuffer };
export type PlaceFields = z.output<z.ZodObject<typeof placeFields>>;
export type QuoteFields = z.output<z.ZodObject<typeof quoteFields>>;
export type OrderRef = { orderId?: string | undefined; clientOrderId?: string | undefined };

/** All markets, in CANCEL_ALL. */
const ALL_MARKETS = -1;
const NOT_AN_AMOUNT = 'must be above 0 and at most 1,000,000,000, to 6 decimals';

/** What is wrong with the fields of an order among themselves, whatever the market. */
export function placeFault(fields: PlaceFields): WireError | undefined {
  const { type, tif, expiresAt, maxCost } = fields;
  const isMarket = type === 'market';
  if (isMarket && (tif === 'GTC' || tif === 'GTD')) return refusal('INVALID_REQUEST', 'tif');
  if ((tif === 'GTD') !== (expiresAt !== undefined)) return refusal('INVALID_REQUEST', 'expiresAt');
  if (!isMarket && fields.price === undefined) return refusal('INVALID_REQUEST', 'price', 'limit orders need a price');
  if (maxCost !== undefined) {
    if (fields.side === 'sell') return refusal('INVALID_REQUEST', 'maxCost');
    if (parseMoney(maxCost) < 1) return refusal('INVALID_REQUEST', 'maxCost', `maxCost ${NOT_AN_AMOUNT}`);
  }
  return undefined;
}

/** `connection`: the number of the armed connection whose end is to cancel the order; 0 none. */
export function encodePlace(
  port: Port,
  market: MarketState | undefined,
  account: number,
  fields: PlaceFields,
  connection = 0,
): number | WireError {
  const fault = placeFault(fields);
  if (fault !== undefined) return fault;
  if (market === undefined) return refusal('UNKNOWN_MARKET', 'market');
  const outcome = outcomeOf(market, fields.outcome);
  if (typeof outcome !== 'number') return outcome;
  const against = fields.against === true;
  if (against && market.outcomes.length === 2) return refusal('INVALID_REQUEST', 'against');

  const { buffer } = port;
  const at = buffer.begin(C.COMMAND.PLACE, C.PLACE_WORDS);
  const { i32, f64 } = buffer;
  i32[at + R.ACCOUNT] = account;
  i32[at + R.MARKET] = market.market;
  const isMarket = fields.type === 'market';
  const tif = fields.tif ?? (isMarket || !market.bookOn ? 'IOC' : 'GTC');
  i32[at + C.PLACE_TERMS] =
    (fields.side === 'buy' ? C.BUY : C.SELL) |
    ((isMarket ? C.MARKET_ORDER : C.LIMIT) << 1) |
    (C.TIF[tif] << 2) |
    (fields.postOnly === true ? C.POST_ONLY : 0) |
    (fields.reduceOnly === true ? C.REDUCE_ONLY : 0) |
    (outcome << 8) |
    (C.STP[fields.stp ?? 'expire-taker'] << 16) |
    (against ? C.AGAINST : 0) |
    (connection << C.CONNECTION_SHIFT);
  i32[at + C.PLACE_PRICE] = fields.price === undefined ? 0 : priceWord(fields.price);
  i32[at + C.PLACE_SIZE] = parseSize(fields.size);
  f64[(at + C.PLACE_MAX_COST) >> 1] = fields.maxCost === undefined ? 0 : parseMoney(fields.maxCost);
  f64[(at + C.PLACE_DEADLINE) >> 1] = instantWord(fields.deadline);
  f64[(at + C.PLACE_EXPIRES_AT) >> 1] = instantWord(fields.expiresAt);
  if (fields.clientOrderId !== undefined) {
    C.writeClientId(buffer, at + C.PLACE_CLIENT_ID_LENGTH, at + C.PLACE_CLIENT_ID, fields.clientOrderId);
  }
  return at;
}

/** A price of 0 must not become “none”, which it is in the record of a market order. */
function priceWord(text: string): number {
  const ticks = parsePrice(text);
  return ticks === OUT_OF_RANGE ? TOO_LARGE : ticks;
}

/** 0 is “none” in the record, and long past for a client. */
const instantWord = (time: number | undefined): number => (time === undefined ? 0 : Math.max(1, time));

/** `YES` where a market of `YES` and `NO` is spoken to without an outcome; other markets need one. */
export function outcomeOf(market: MarketState, name: string | undefined): number | WireError {
  if (name === undefined) {
    const yes = market.outcomes.length === 2 ? market.outcomeIndex('YES') : -1;
    return yes >= 0 ? yes : refusal('INVALID_REQUEST', 'outcome', 'this market needs an outcome');
  }
  const outcome = market.outcomeIndex(name);
  return outcome >= 0 ? outcome : refusal('UNKNOWN_OUTCOME', 'outcome');
}

/** What is wrong with a reference: it must be one of the two ids, not both. */
export function refFault(ref: OrderRef): WireError | undefined {
  if (ref.orderId !== undefined && ref.clientOrderId !== undefined) {
    return refusal('INVALID_REQUEST', 'clientOrderId', 'name the order by orderId or by clientOrderId, not both');
  }
  if (ref.orderId === undefined && ref.clientOrderId === undefined) {
    return refusal('INVALID_REQUEST', 'orderId', 'name the order by orderId or clientOrderId');
  }
  return undefined;
}

/** The number of an order id on the wire; 0: no order has it. */
export function orderNumber(id: string): number {
  const number = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : 0;
  return Number.isSafeInteger(number) ? number : 0;
}

/** A record that names an order of the account. */
function beginRef(port: Port, kind: number, account: number, market: number, ref: OrderRef): number | WireError {
  const id = ref.orderId === undefined ? 0 : orderNumber(ref.orderId);
  if (ref.orderId !== undefined && id === 0) return refusal('UNKNOWN_ORDER', 'orderId');
  const { buffer } = port;
  const at = buffer.begin(kind, C.REF_WORDS);
  buffer.i32[at + R.ACCOUNT] = account;
  buffer.i32[at + R.MARKET] = market;
  buffer.f64[(at + C.REF_ORDER) >> 1] = id;
  if (ref.clientOrderId !== undefined) {
    C.writeClientId(buffer, at + C.REF_CLIENT_ID_LENGTH, at + C.REF_CLIENT_ID, ref.clientOrderId);
  }
  return at;
}

export type AmendFields = OrderRef & { price?: string | undefined; size?: string | undefined };

export function amendFault(fields: AmendFields): WireError | undefined {
  const fault = refFault(fields);
  if (fault !== undefined || fields.price !== undefined || fields.size !== undefined) return fault;
  return refusal('INVALID_REQUEST', 'size', 'give a new price, a new size or both');
}

export function encodeAmend(
  port: Port,
  market: MarketState | undefined,
  account: number,
  fields: AmendFields,
): number | WireError {
  const fault = amendFault(fields);
  if (fault !== undefined) return fault;
  if (market === undefined) return refusal('UNKNOWN_MARKET', 'market');
  const at = beginRef(port, C.COMMAND.AMEND, account, market.market, fields);
  if (typeof at !== 'number') return at;
  const { i32 } = port.buffer;
  i32[at + C.REF_PRICE] = fields.price === undefined ? C.KEEP : parsePrice(fields.price);
  i32[at + C.REF_SIZE] = fields.size === undefined ? C.KEEP : parseSize(fields.size);
  return at;
}

export function encodeCancel(
  port: Port,
  market: MarketState | undefined,
  account: number,
  ref: OrderRef,
): number | WireError {
  const fault = refFault(ref);
  if (fault !== undefined) return fault;
  if (market === undefined) return refusal('UNKNOWN_MARKET', 'market');
  return beginRef(port, C.COMMAND.CANCEL, account, market.market, ref);
}

/** Without a market: the account’s orders in all of them. */
export function encodeCancelAll(port: Port, market: MarketState | undefined, account: number): number {
  const at = port.buffer.begin(C.COMMAND.CANCEL_ALL, R.BODY);
  port.buffer.i32[at + R.ACCOUNT] = account;
  port.buffer.i32[at + R.MARKET] = market === undefined ? ALL_MARKETS : market.market;
  return at;
}

export const encodeOrderQuery = (port: Port, account: number, ref: OrderRef): number | WireError =>
  refFault(ref) ?? beginRef(port, C.COMMAND.QUERY_ORDER, account, 0, ref);

export function encodeAccountQuery(port: Port, account: number): number {
  const at = port.buffer.begin(C.COMMAND.QUERY_ACCOUNT, R.BODY);
  port.buffer.i32[at + R.ACCOUNT] = account;
  return at;
}

/** Why the engine would refuse an order of this size, which is none. */
function wrongSize(lots: number): WireError {
  if (lots === TOO_LARGE) return { ...refusal('LIMIT_EXCEEDED', 'size'), limit: limitOf('orderLots', ORDER_LOTS_MAX) };
  return refusal(lots === NOT_ON_GRID ? 'SIZE_NOT_ON_LOT' : 'SIZE_INVALID', 'size');
}

/** By size or by spend; a query has no fixed order of refusal, so all is checked here. */
export function encodeQuote(port: Port, market: MarketState | undefined, fields: QuoteFields): number | WireError {
  if ((fields.size === undefined) === (fields.spend === undefined)) {
    return refusal('INVALID_REQUEST', fields.size === undefined ? 'size' : 'spend', 'give either size or spend');
  }
  if (fields.spend !== undefined && fields.side === 'sell') {
    return refusal('INVALID_REQUEST', 'spend', 'spend goes with buys; give the size to sell');
  }
  if (market === undefined) return refusal('UNKNOWN_MARKET', 'market');
  const outcome = outcomeOf(market, fields.outcome);
  if (typeof outcome !== 'number') return outcome;
  const lots = fields.size === undefined ? 0 : parseSize(fields.size);
  if (fields.size !== undefined && lots < 1) return wrongSize(lots);
  const spend = fields.spend === undefined ? 0 : parseMoney(fields.spend);
  if (fields.spend !== undefined && spend < 1) {
    return refusal('INVALID_REQUEST', 'spend', `spend ${NOT_AN_AMOUNT}`);
  }
  const { buffer } = port;
  const at = buffer.begin(C.COMMAND.QUERY_QUOTE, C.QUOTE_SPEND + 2);
  buffer.i32[at + R.MARKET] = market.market;
  buffer.i32[at + C.QUOTE_SIDE] = fields.side === 'buy' ? C.BUY : C.SELL;
  buffer.i32[at + C.QUOTE_OUTCOME] = outcome;
  buffer.i32[at + C.QUOTE_SIZE] = lots;
  buffer.f64[(at + C.QUOTE_SPEND) >> 1] = spend;
  return at;
}
