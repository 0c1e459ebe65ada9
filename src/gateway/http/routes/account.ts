import * as http from '../../../protocol/http.ts';
import type { EnginePort } from '../../engine-port/enginePort.ts';
import type { MarketData } from '../../market-data/marketData.ts';
import type { History } from '../../services/history.ts';
import { accountNow, positionsNow, quotesNow } from '../../services/holdings.ts';
import { Refusal } from '../../services/refusal.ts';
import { ok, orRefusal } from '../answer.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { refusals } from '../errorAnswers.ts';
import { type Route, route } from '../route.ts';

export type AccountRoutesDeps = { port: EnginePort; markets: MarketData; history: History };

const tag = 'account';

export const accountRoutes = (deps: AccountRoutesDeps): Route[] => [
  route({
    method: 'get',
    path: '/account',
    tag,
    summary: 'Your balance, positions and open orders now',
    access: 'account',
    scope: 'read',
    answers: {
      200: { description: 'The account', schema: http.accountAnswer },
      ...refusals('UNAUTHENTICATED', 'OVERLOADED'),
    },
    handler: async ({ identity }) => orRefusal(await accountNow(deps, identity.account), ok),
  }),
  route({
    method: 'get',
    path: '/positions',
    tag,
    summary: 'Your positions now',
    access: 'account',
    scope: 'read',
    query: http.positionsQuery,
    answers: {
      200: { description: 'Outcomes of which you hold shares', schema: http.positionsView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'OVERLOADED'),
    },
    handler: async ({ identity, query }) => orRefusal(await positionsNow(deps, identity.account, query.market), ok),
  }),
  route({
    method: 'get',
    path: '/quotes',
    tag,
    summary: 'Your quotes now, and how your quote groups stand',
    access: 'account',
    scope: 'read',
    query: http.quotesQuery,
    answers: {
      200: { description: 'The sides that rest', schema: http.quotesView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'UNKNOWN_MARKET', 'OVERLOADED'),
    },
    handler: async ({ identity, query }) => orRefusal(await quotesNow(deps, identity.account, query.market), ok),
  }),
  route({
    method: 'get',
    path: '/ledger',
    tag,
    summary: 'Every change of your balance, newest first',
    access: 'account',
    scope: 'read',
    query: http.ledgerQuery,
    answers: {
      200: { description: 'A page', schema: http.ledgerView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'UNAVAILABLE'),
    },
    async handler({ identity, query }) {
      const key = readCursor(query.cursor, 1);
      if (key instanceof Refusal) return key;
      const found = await deps.history.ledger(identity.account, { before: key?.[0], limit: query.limit });
      return orRefusal(found, ({ items, next }) =>
        ok({ entries: items, nextCursor: next === undefined ? undefined : writeCursor(next) }),
      );
    },
  }),
];
