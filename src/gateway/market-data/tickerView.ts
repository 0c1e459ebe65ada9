import { PRICE_SOURCES } from '../../engines/records/events.ts';
import { formatMillionths, formatMoney, formatPrice, formatSize, TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import type { MarketState } from './marketState.ts';

/** Best bid and ask of an outcome in ticks, 0 none; with one book of two outcomes those of the second mirror the first. */
export function topOf(market: MarketState, outcome: number): { bid: number; ask: number } {
  const book = market.books[market.mirrors ? 0 : outcome];
  if (book === undefined) return { bid: 0, ask: 0 };
  const bid = book.bids.best;
  const ask = book.asks.best;
  if (!market.mirrors || outcome === 0) return { bid, ask };
  return { bid: ask === 0 ? 0 : TICKS_PER_DOLLAR - ask, ask: bid === 0 ? 0 : TICKS_PER_DOLLAR - bid };
}

/** The fields of a ticker, `"outcomes":[…],"volume":…`: equal while nothing has changed. */
export function tickerFields(market: MarketState): string {
  let outcomes = '';
  for (let i = 0; i < market.outcomes.length; i++) {
    const { bid, ask } = topOf(market, i);
    const last = market.last[i] as number;
    outcomes += `${i > 0 ? ',' : ''}{"outcome":${market.quotedOutcomes[i]}`;
    if (bid > 0) outcomes += `,"bid":"${formatPrice(bid)}"`;
    if (ask > 0) outcomes += `,"ask":"${formatPrice(ask)}"`;
    if (last >= 0) outcomes += `,"last":"${formatMillionths(last)}"`;
    if (bid > 0 && ask > 0) outcomes += `,"mid":"${formatMillionths((bid + ask) * 50)}"`;
    if (market.hasMaker) outcomes += `,"ammPrice":"${formatMillionths(market.ammMillionths[i] as number)}"`;
    outcomes += '}';
  }
  return `"outcomes":[${outcomes}],"volume":"${formatMoney(market.volumeMicros)}"`;
}

/** The fields of a market’s state as its channel tells it: `"status":…,"closeTime":…,"criteriaHash":…`, and what is decided. */
export function lifecycleFields(market: MarketState): string {
  let text = `"status":"${market.status}","closeTime":${market.closeTime},"criteriaHash":${JSON.stringify(
    market.definition.criteriaHash ?? '',
  )}`;
  const { payouts, closingPrices } = market;
  if (payouts !== null) {
    const each = payouts.map((ticks, i) => `${market.quotedOutcomes[i]}:"${formatPrice(ticks)}"`);
    text += `,"resolution":{${each.join(',')}}`;
  }
  if (market.status === 'proposed' || market.status === 'disputed') text += `,"disputeUntil":${market.disputeUntil}`;
  if (closingPrices !== null) {
    const each = closingPrices.map(({ millionths, source }, i) => {
      const price = millionths < 0 ? 'null' : `"${formatMillionths(millionths)}"`;
      return `{"outcome":${market.quotedOutcomes[i]},"price":${price},"source":"${PRICE_SOURCES[source] ?? 'none'}"}`;
    });
    text += `,"closingPrices":[${each.join(',')}]`;
  }
  if (market.reason !== '') text += `,"reason":${JSON.stringify(market.reason)}`;
  return text + settingFields(market);
}

/** What may change while a market trades, as far as it applies: `,"book":…`, `"auction"`, and the limits that are set. */
function settingFields(market: MarketState): string {
  let text = '';
  if (market.type === 'hybrid') text += `,"book":${market.bookOn}`;
  if (market.auction) text += ',"auction":true';
  if (market.collar > 0) text += `,"collar":"${formatPrice(market.collar)}"`;
  if (market.orderLots > 0) text += `,"maxOrderSize":"${formatSize(market.orderLots)}"`;
  if (market.positionLots > 0) text += `,"positionLimit":"${formatSize(market.positionLots)}"`;
  return text;
}
