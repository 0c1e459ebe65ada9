import * as R from '../../engines/records/buffer.ts';
import * as C from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { QuoteEntry, Request } from '../../protocol/requests.ts';
import { NOT_A_DECIMAL, OUT_OF_RANGE, parsePrice, parseSize } from '../../protocol/units.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { outcomeOf } from './encode.ts';
import type { Records } from './orderJson.ts';
import { engineRefusal, refusal } from './refusals.ts';

type Port = { readonly buffer: R.RecordBuffer };
type Of<Op extends Request['op']> = Extract<Request, { op: Op }>;

/** Not about one market. */
const MANY_MARKETS = -1;

/**
 * A mass quote of which some cannot be sent (an unknown market, say): their errors by their place in the request. The others
 * are the record at `at`, in their order; −1: there are none.
 */
export type PartOfQuotes = { at: number; errors: (WireError | undefined)[] };

/** Writes a QUOTES record: where it is, or what of the request it is not. */
export function encodeQuotes(
  { buffer }: Port,
  data: MarketData,
  account: number,
  connection: number,
  { group, quotes, deadline }: Of<'quotes'>,
): number | PartOfQuotes {
  const at = buffer.begin(C.COMMAND.QUOTES, C.QUOTES_ITEMS + C.QUOTE_WORDS * quotes.length);
  const { i32, f64 } = buffer;
  let item = at + C.QUOTES_ITEMS;
  let errors: (WireError | undefined)[] | undefined;
  for (let i = 0; i < quotes.length; i++) {
    const quote = quotes[i] as QuoteEntry;
    const fault = writeQuote(i32, item, data.bySlug(quote.market), quote);
    if (fault === undefined) item += C.QUOTE_WORDS;
    else {
      errors ??= new Array<undefined>(quotes.length).fill(undefined);
      errors[i] = { ...fault, field: `quotes.${i}.${fault.field}` };
    }
  }
  const count = (item - at - C.QUOTES_ITEMS) / C.QUOTE_WORDS;
  if (count === 0) {
    buffer.clear();
    return { at: -1, errors: errors ?? [] };
  }
  i32[at + R.LENGTH] = item - at;
  buffer.words = item;
  i32[at + R.ACCOUNT] = account;
  i32[at + R.MARKET] = MANY_MARKETS;
  i32[at + C.QUOTES_CONNECTION] = connection;
  i32[at + C.QUOTES_COUNT] = count;
  // 0 is “none” in the record, and long past for a client.
  f64[(at + C.QUOTES_DEADLINE) >> 1] = deadline === undefined ? 0 : Math.max(1, deadline);
  C.writeClientId(buffer, at + C.GROUP_NAME_LENGTH, at + C.GROUP_NAME, group);
  return errors === undefined ? at : { at, errors };
}

/** One item of a QUOTES record, or what is wrong with it; nothing is written then that would count. */
function writeQuote(
  i32: Int32Array,
  item: number,
  market: MarketState | undefined,
  { outcome: name, against, bid, ask }: QuoteEntry,
): WireError | undefined {
  if (market === undefined) return refusal('UNKNOWN_MARKET', 'market');
  const outcome = outcomeOf(market, name);
  if (typeof outcome !== 'number') return outcome;
  if (against === true && market.outcomes.length === 2) return refusal('INVALID_REQUEST', 'against');
  i32[item + C.QUOTE_MARKET] = market.market;
  i32[item + C.QUOTE_TERMS] = (outcome << 8) | (against === true ? C.AGAINST : 0);
  writeSide(i32, item + C.QUOTE_BID_PRICE, item + C.QUOTE_BID_SIZE, bid);
  writeSide(i32, item + C.QUOTE_ASK_PRICE, item + C.QUOTE_ASK_SIZE, ask);
  return undefined;
}

function writeSide(i32: Int32Array, priceAt: number, sizeAt: number, side: QuoteEntry['bid']): void {
  if (side === undefined || side === null) {
    i32[priceAt] = 0;
    i32[sizeAt] = side === undefined ? C.KEEP : 0;
    return;
  }
  i32[priceAt] = parsePrice(side.price);
  const lots = parseSize(side.size);
  // 0 removes the side: a size that is none must not.
  i32[sizeAt] = lots === OUT_OF_RANGE ? NOT_A_DECIMAL : lots;
}

const TAKEN = '{"ok":true}';
/** By their number: the results of a mass quote that was taken whole. */
const ALL_TAKEN: string[] = [];

function allTaken(count: number): string {
  let text = ALL_TAKEN[count];
  if (text === undefined) {
    text = `"results":[${new Array<string>(count).fill(TAKEN).join(',')}]`;
    ALL_TAKEN[count] = text;
  }
  return text;
}

/** Whether a refusal is about a quote as a whole, not about one side of it. */
const isOfWhole = ({ code, field }: WireError): boolean =>
  code === 'UNKNOWN_MARKET' || code === 'UNKNOWN_OUTCOME' || (code === 'INVALID_REQUEST' && field === 'outcome');

/** A refusal in the terms of a quote: it has no tif that a market without a book could object to. */
const ofQuote = (error: WireError): WireError =>
  error.field === 'tif'
    ? refusal('INVALID_REQUEST', 'market', 'the market has no book yet: it takes no quotes')
    : error;

type Result = { ok: false; error?: WireError; bid?: WireError; ask?: WireError };

/** `"results":[…]` of a mass quote of `count` quotes, whose events are `events[from … doneAt]`, all or (`errors`) some of it. */
export function quoteResults(
  events: Records,
  from: number,
  doneAt: number,
  count: number,
  errors: readonly (WireError | undefined)[] | undefined,
): string {
  const { i32 } = events;
  if (errors === undefined && i32[doneAt + E.DONE_COUNT] === 0) return allTaken(count);
  const results = errors?.map(wholeResult) ?? new Array<Result | undefined>(count).fill(undefined);
  // The places in the request of those that were sent.
  const places = errors === undefined ? undefined : errors.flatMap((error, i) => (error === undefined ? [i] : []));
  for (let at = from; at < doneAt; at += i32[at + R.LENGTH] as number) {
    if (i32[at + R.KIND] !== E.EVENT.DONE) continue;
    const sent = i32[at + E.DONE_COUNT] as number;
    const i = places === undefined ? sent >> 1 : (places[sent >> 1] as number);
    const error = ofQuote(engineRefusal(events, at));
    if (isOfWhole(error)) results[i] = wholeResult(within(`quotes.${i}`, error));
    else {
      const side = (sent & 1) === 0 ? 'bid' : 'ask';
      const result: Result = results[i] ?? { ok: false };
      const ofSide = error.field === 'price' || error.field === 'size';
      result[side] = within(ofSide ? `quotes.${i}.${side}` : `quotes.${i}`, error);
      results[i] = result;
    }
  }
  return resultsText(results);
}

/** `"results":[…]` where nothing could be sent. */
export const unsentResults = (errors: readonly (WireError | undefined)[]): string =>
  resultsText(errors.map(wholeResult));

const resultsText = (results: readonly (Result | undefined)[]): string =>
  `"results":[${results.map((result) => (result === undefined ? TAKEN : JSON.stringify(result))).join(',')}]`;

const wholeResult = (error: WireError | undefined): Result | undefined =>
  error === undefined ? undefined : { ok: false, error };

const within = (object: string, error: WireError): WireError =>
  error.field === undefined ? error : { ...error, field: `${object}.${error.field}` };

/** Without a group all of them, without a market in all. */
export function encodeCancelQuotes(
  { buffer }: Port,
  market: MarketState | undefined,
  account: number,
  group: string | undefined,
): number {
  const at = buffer.begin(C.COMMAND.CANCEL_QUOTES, C.CANCEL_QUOTES_WORDS);
  buffer.i32[at + R.ACCOUNT] = account;
  buffer.i32[at + R.MARKET] = market === undefined ? MANY_MARKETS : market.market;
  if (group !== undefined) C.writeClientId(buffer, at + C.GROUP_NAME_LENGTH, at + C.GROUP_NAME, group);
  return at;
}

/** What is wrong with a protection, whatever the group. */
export function protectionFault({ protection }: Of<'quoteGroup'>): WireError | undefined {
  if (protection === undefined || protection === null) return undefined;
  const { maxSize, maxDelta } = protection;
  if (maxSize === undefined && maxDelta === undefined) return refusal('INVALID_REQUEST', 'protection');
  for (const [name, size] of [
    ['maxSize', maxSize],
    ['maxDelta', maxDelta],
  ] as const) {
    if (size !== undefined && parseSize(size) < 1) {
      return refusal(
        'INVALID_REQUEST',
        `protection.${name}`,
        `${name} must be above 0 and at most 10,000,000, to 2 decimals`,
      );
    }
  }
  return undefined;
}

export function encodeQuoteGroup(port: Port, account: number, request: Of<'quoteGroup'>): number | WireError {
  const fault = protectionFault(request);
  if (fault !== undefined) return fault;
  const { group, protection, reset } = request;
  const { buffer } = port;
  const at = buffer.begin(C.COMMAND.QUOTE_GROUP, C.QUOTE_GROUP_WORDS);
  const { i32, f64 } = buffer;
  i32[at + R.ACCOUNT] = account;
  i32[at + R.MARKET] = MANY_MARKETS;
  C.writeClientId(buffer, at + C.GROUP_NAME_LENGTH, at + C.GROUP_NAME, group);
  const window = protection === undefined ? C.KEEP : (protection?.windowMs ?? 0);
  f64[(at + C.PROTECTION_WINDOW) >> 1] = window;
  f64[(at + C.PROTECTION_FROZEN) >> 1] = protection?.frozenMs ?? 0;
  i32[at + C.PROTECTION_SIZE] = protection?.maxSize === undefined ? 0 : parseSize(protection.maxSize);
  i32[at + C.PROTECTION_DELTA] = protection?.maxDelta === undefined ? 0 : parseSize(protection.maxDelta);
  i32[at + C.PROTECTION_RESET] = reset === true ? 1 : 0;
  return at;
}

export function encodeQuotesQuery({ buffer }: Port, account: number): number {
  const at = buffer.begin(C.COMMAND.QUERY_QUOTES, R.BODY);
  buffer.i32[at + R.ACCOUNT] = account;
  return at;
}
