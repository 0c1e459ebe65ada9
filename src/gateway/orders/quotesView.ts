import type { GroupJson, QuotesJson, RestingQuote } from '../../engines/queries/quotes.ts';
import { SEQ, TIME } from '../../engines/records/buffer.ts';
import { outcomeOfTerms } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import { CANCEL_REASONS, type QuoteGroupState, type QuoteState } from '../../protocol/answers.ts';
import { formatPrice, formatSize, TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from './orderJson.ts';

const STATUSES = ['open', 'filled', 'canceled'] as const;

/** A quote as QUERY_QUOTES or its ORDER event gives it, in the terms of the book. */
type QuoteValues = Pick<RestingQuote, 'terms' | 'price' | 'remaining'>;
/** A group as QUERY_QUOTES or its event gives it: lots and ms; `frozenUntil` 0 none, −1 or Infinity until it is reset. */
type GroupValues = Omit<GroupJson, 'group'>;

/** A side of a quote that rests, in its client’s terms. */
export function quoteView({ terms, price, remaining }: QuoteValues, market: MarketState, group: string): QuoteState {
  const mirrored = (terms & E.MIRRORED) !== 0;
  const { outcome, side, against } = market.clientTerms(outcomeOfTerms(terms), terms & 1, mirrored);
  return {
    group,
    market: market.slug,
    outcome,
    ...(against && { against }),
    side: side === 'buy' ? 'bid' : 'ask',
    price: formatPrice(mirrored ? TICKS_PER_DOLLAR - price : price),
    size: formatSize(remaining),
    status: 'open',
  };
}

/** The fields of a message about the quote of the ORDER record at `at`. */
export function quoteFields({ i32 }: Records, at: number, market: MarketState, group: string): string {
  const price = i32[at + E.ORDER_PRICE] as number;
  const remaining = (i32[at + E.ORDER_SIZE] as number) - (i32[at + E.ORDER_FILLED] as number);
  const view = quoteView({ terms: i32[at + E.ORDER_TERMS] as number, price, remaining }, market, group);
  const status = i32[at + E.ORDER_STATUS] as number;
  view.status = STATUSES[status as 0];
  if (status === E.STATUS.CANCELED) view.reason = CANCEL_REASONS[i32[at + E.ORDER_REASON] as 0];
  return `"quote":${JSON.stringify(view)}`;
}

/** A group at `time`. */
export function groupView(group: GroupValues, time: number): QuoteGroupState {
  const { frozenUntil, delta } = group;
  const untilReset = frozenUntil < 0 || frozenUntil === Number.POSITIVE_INFINITY;
  return {
    group: group.name,
    protection:
      group.windowMs === 0
        ? null
        : {
            windowMs: group.windowMs,
            frozenMs: group.frozenMs,
            ...(group.sizeLimit > 0 && { maxSize: formatSize(group.sizeLimit) }),
            ...(group.deltaLimit > 0 && { maxDelta: formatSize(group.deltaLimit) }),
          },
    filled: formatSize(group.filled),
    delta: delta < 0 ? `-${formatSize(-delta)}` : formatSize(delta),
    ...(untilReset ? { frozenUntil: null } : frozenUntil > time && { frozenUntil }),
  };
}

/** The group of the QUOTE_GROUP record at `at`. */
export function groupOfRecord({ i32, f64 }: Records, at: number, name: string): QuoteGroupState {
  const f64At = (word: number): number => f64[(at + word) >> 1] as number;
  const values: GroupValues = {
    name,
    windowMs: f64At(E.GROUP_WINDOW),
    frozenMs: f64At(E.GROUP_FROZEN),
    sizeLimit: i32[at + E.GROUP_SIZE_LIMIT] as number,
    deltaLimit: i32[at + E.GROUP_DELTA_LIMIT] as number,
    frozenUntil: f64At(E.GROUP_FROZEN_UNTIL),
    filled: f64At(E.GROUP_FILLED),
    delta: f64At(E.GROUP_DELTA),
  };
  return groupView(values, f64At(TIME));
}

/** The fields of a message about the QUOTE_GROUP record at `at`. */
export function protectionFields(records: Records, at: number, name: string): string {
  const cause = E.GROUP_CAUSES[records.i32[at + E.GROUP_CAUSE] as 0];
  return `"type":"protection","cause":"${cause}","group":${JSON.stringify(groupOfRecord(records, at, name))}`;
}

/** The answer of a QUOTE_GROUP command whose event is at `at`. */
export const groupAnswer = (records: Records, at: number, name: string): string =>
  `${JSON.stringify(groupOfRecord(records, at, name)).slice(1, -1)},"seq":${records.f64[(at + SEQ) >> 1]}`;

/** All quotes of an account, or those in one market, and its groups. */
export function quotesView(
  data: MarketData,
  account: number,
  { quotes, groups }: Pick<QuotesJson, 'quotes' | 'groups'>,
  time: number,
  market: number | undefined,
): { quotes: QuoteState[]; groups: QuoteGroupState[] } {
  const chosen = market === undefined ? quotes : quotes.filter((quote) => quote.market === market);
  return {
    quotes: chosen.map((quote) =>
      quoteView(quote, data.markets[quote.market] as MarketState, data.accounts.groupName(account, quote.group)),
    ),
    groups: groups.map((group) => groupView(group, time)),
  };
}
