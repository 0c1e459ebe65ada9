import * as http from '../../../protocol/http.ts';
import type { EnginePort } from '../../engine-port/enginePort.ts';
import type { MarketData } from '../../market-data/marketData.ts';
import { refusal } from '../../orders/refusals.ts';
import { quoteNow } from '../../services/holdings.ts';
import type { MarketHistory } from '../../services/marketHistory.ts';
import { bookJson, findMarkets, marketJson, marketSummaryJson } from '../../services/marketViews.ts';
import { Refusal } from '../../services/refusal.ts';
import { jsonText, ok, orRefusal } from '../answer.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { refusals } from '../errorAnswers.ts';
import { type Route, route } from '../route.ts';

export type MarketRoutesDeps = { markets: MarketData; marketHistory: MarketHistory; port: EnginePort };

const tag = 'markets';

export function marketRoutes(deps: MarketRoutesDeps): Route[] {
  const { markets, marketHistory } = deps;
  const find = (slug: string | undefined) =>
    markets.bySlug(slug ?? '') ?? Refusal.of(refusal('UNKNOWN_MARKET', 'market'));

  return [
    route({
      method: 'get',
      path: '/markets',
      tag,
      summary: 'Markets, newest first',
      access: 'public',
      query: http.marketsQuery,
      answers: { 200: { description: 'A page', schema: http.marketsView }, ...refusals('INVALID_REQUEST') },
      handler({ query }) {
        const key = readCursor(query.cursor, 1);
        if (key instanceof Refusal) return key;
        const found = findMarkets(markets, { ...query, before: key?.[0], limit: query.limit + 1 });
        const shown = found.slice(0, query.limit);
        const next = found.length > shown.length ? shown.at(-1)?.market : undefined;
        const cursor = next === undefined ? '' : `,"nextCursor":"${writeCursor(next)}"`;
        const list = shown.map((market) => marketSummaryJson(market, markets));
        return jsonText(200, `{"markets":[${list.join(',')}]${cursor}}`);
      },
    }),
    route({
      method: 'get',
      path: '/markets/:id',
      tag,
      summary: 'A market with its resolution criteria and its prices now',
      access: 'public',
      answers: { 200: { description: 'The market', schema: http.marketView }, ...refusals('UNKNOWN_MARKET') },
      handler: ({ params }) => orRefusal(find(params.id), (market) => jsonText(200, marketJson(market, markets))),
    }),
    route({
      method: 'get',
      path: '/markets/:id/book',
      tag,
      summary: 'The order book and the market maker, as the book channel’s snapshot has them',
      access: 'public',
      query: http.bookQuery,
      answers: {
        200: { description: 'The book', schema: http.bookView },
        ...refusals('INVALID_REQUEST', 'UNKNOWN_MARKET'),
      },
      handler: ({ params, query }) =>
        orRefusal(find(params.id), (market) => jsonText(200, bookJson(market, markets, query.depth))),
    }),
    route({
      method: 'get',
      path: '/markets/:id/trades',
      tag,
      summary: 'Trades, newest first',
      access: 'public',
      query: http.tradesQuery,
      answers: {
        200: { description: 'A page', schema: http.tradesView },
        ...refusals('INVALID_REQUEST', 'UNKNOWN_MARKET', 'UNKNOWN_OUTCOME'),
      },
      async handler({ params, query }) {
        const key = readCursor(query.cursor, 2);
        if (key instanceof Refusal) return key;
        const [seq, tradeId] = key ?? [];
        const before = seq === undefined || tradeId === undefined ? undefined : { seq, tradeId };
        const { outcome, limit } = query;
        return orRefusal(await marketHistory.trades(params.id ?? '', { outcome, limit, before }), ({ items, next }) =>
          ok({ trades: items, nextCursor: next && writeCursor(next.seq, next.tradeId) }),
        );
      },
    }),
    route({
      method: 'get',
      path: '/markets/:id/candles',
      tag,
      summary: 'Open, high, low and close of an outcome’s trades by interval, oldest first',
      access: 'public',
      query: http.candlesQuery,
      answers: {
        200: { description: 'Candles', schema: http.candlesView },
        ...refusals('INVALID_REQUEST', 'UNKNOWN_MARKET', 'UNKNOWN_OUTCOME'),
      },
      handler: async ({ params, query }) => orRefusal(await marketHistory.candles(params.id ?? '', query), ok),
    }),
    route({
      method: 'get',
      path: '/markets/:id/prices',
      tag,
      summary: 'Each outcome’s price over time, thinned evenly to the limit, oldest first',
      access: 'public',
      query: http.pricesQuery,
      answers: {
        200: { description: 'Prices', schema: http.pricesView },
        ...refusals('INVALID_REQUEST', 'UNKNOWN_MARKET', 'UNKNOWN_OUTCOME'),
      },
      handler: async ({ params, query }) => orRefusal(await marketHistory.prices(params.id ?? '', query), ok),
    }),
    route({
      method: 'get',
      path: '/markets/:id/quote',
      tag,
      summary: 'What a size would cost or bring now, or what a spend would buy',
      access: 'public',
      query: http.quoteQuery,
      answers: {
        200: { description: 'The quote', schema: http.quoteAnswer },
        ...refusals('INVALID_REQUEST', 'UNKNOWN_MARKET', 'UNKNOWN_OUTCOME', 'MARKET_NOT_OPEN', 'SIZE_INVALID'),
      },
      handler: async ({ params, query }) =>
        orRefusal(await quoteNow(deps, { ...query, market: params.id ?? '' }), (text) => jsonText(200, text)),
    }),
  ];
}
