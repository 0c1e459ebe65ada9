import { formatMillionths, formatMoney, formatPrice, formatSize } from '../../protocol/units.ts';
import { bookFields } from '../market-data/bookView.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { lifecycleFields, tickerFields } from '../market-data/tickerView.ts';

/** Markets as JSON texts, from the same fields as the streams’ messages. */
const LOT_SIZE = formatSize(1);

/** `,"name":…`, or nothing for an absent text. */
const optional = (name: string, value: string | number | undefined): string =>
  value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;

function summaryFields(market: MarketState, data: MarketData): string {
  const { title, category, fees } = market.definition;
  return (
    `"id":"${market.slug}","title":${JSON.stringify(title)}${optional('category', category)},"type":"${market.type}",` +
    `"tickSize":"${formatPrice(market.tickSize)}","lotSize":"${LOT_SIZE}",${lifecycleFields(market)},` +
    `${tickerFields(market)}${fees === undefined ? '' : `,"fees":${JSON.stringify(fees)}`},"seq":${data.seq}`
  );
}

export const marketSummaryJson = (market: MarketState, data: MarketData): string => `{${summaryFields(market, data)}}`;

/** Everything about a market that does not change with each trade, and its prices now. */
export function marketJson(market: MarketState, data: MarketData): string {
  const { criteria, source, createdBy, createdAt } = market.definition;
  const liquidity = market.hasMaker ? formatSize(market.b) : undefined;
  return (
    `{${summaryFields(market, data)},"criteria":${JSON.stringify(criteria)}${optional('source', source)}` +
    `${optional('createdBy', createdBy)}${optional('createdAt', createdAt)}${optional('liquidity', liquidity)}` +
    `${makerTerms(market)}}`
  );
}

/** The maker’s prior, its bands, and the volume that switches the book of a hybrid on, where they were given. */
function makerTerms({ definition, quotedOutcomes }: MarketState): string {
  const { prior, bands, hybridThreshold } = definition;
  let text = '';
  if (prior !== undefined) text += `,"prior":{${prior.map((part, i) => `${quotedOutcomes[i]}:"${part}"`).join(',')}}`;
  if (bands !== undefined) {
    text += `,"bands":{"min":"${formatMillionths(bands.min)}","max":"${formatMillionths(bands.max)}"}`;
  }
  if (hybridThreshold !== undefined) text += `,"hybridThreshold":"${formatMoney(hybridThreshold)}"`;
  return text;
}

/** The book as its channel’s snapshot has it. */
export const bookJson = (market: MarketState, data: MarketData, depth: number | undefined): string =>
  `{"market":"${market.slug}","seq":${data.seq},${bookFields(market, depth)}}`;

export type MarketFilter = {
  status?: string | undefined;
  type?: string | undefined;
  category?: string | undefined;
  /** only markets created before this one */
  before?: number | undefined;
  limit: number;
};

/** Newest first. */
export function findMarkets(data: MarketData, filter: MarketFilter): MarketState[] {
  const found: MarketState[] = [];
  const first = Math.min(filter.before ?? Number.POSITIVE_INFINITY, data.markets.length) - 1;
  for (let i = first; i >= 0 && found.length < filter.limit; i--) {
    const market = data.markets[i];
    if (market === undefined) continue;
    if (filter.status !== undefined && market.status !== filter.status) continue;
    if (filter.type !== undefined && market.type !== filter.type) continue;
    if (filter.category !== undefined && market.definition.category !== filter.category) continue;
    found.push(market);
  }
  return found;
}
