import * as http from '../../../protocol/http.ts';
import type { History } from '../../services/history.ts';
import { Refusal } from '../../services/refusal.ts';
import type { Trading } from '../../services/trading.ts';
import { jsonText, ok, orRefusal } from '../answer.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { refusals } from '../errorAnswers.ts';
import { type Route, route } from '../route.ts';

export type OrderRoutesDeps = { trading: Trading; history: History };

const tag = 'orders';

export const orderRoutes = ({ trading, history }: OrderRoutesDeps): Route[] => [
  route({
    method: 'post',
    path: '/orders',
    tag,
    summary: 'Place an order; with a clientOrderId it is safe to repeat',
    access: 'account',
    scope: 'trade',
    body: http.placeOrder,
    example: { market: 'rain', side: 'buy', outcome: 'YES', type: 'market', size: '10' },
    answers: {
      200: { description: 'A repeat: the order as it stands now', schema: http.orderAnswer },
      201: { description: 'Committed, with its fills', schema: http.orderAnswer },
      ...refusals(
        'INVALID_REQUEST',
        'UNAUTHENTICATED',
        'RATE_LIMITED',
        'OVERLOADED',
        'UNKNOWN_MARKET',
        'MARKET_NOT_OPEN',
        'INSUFFICIENT_FUNDS',
        'CLIENT_ORDER_ID_CONFLICT',
      ),
    },
    handler: async ({ identity, body }) =>
      orRefusal(await trading.place(identity.account, body), ({ text, duplicate }) =>
        jsonText(duplicate ? 200 : 201, text),
      ),
  }),
  route({
    method: 'get',
    path: '/orders',
    tag,
    summary: 'Your orders, open and finished, newest first',
    access: 'account',
    scope: 'read',
    query: http.ordersQuery,
    answers: {
      200: { description: 'A page', schema: http.ordersView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'UNKNOWN_MARKET', 'UNAVAILABLE'),
    },
    async handler({ identity, query }) {
      const key = readCursor(query.cursor, 2);
      if (key instanceof Refusal) return key;
      const [createdSeq = 0, orderId = 0] = key ?? [];
      const before = key && { createdSeq, orderId };
      const { market, status, limit } = query;
      const found = await history.orders(identity.account, { market, status, limit, before });
      return orRefusal(found, ({ items, next }) =>
        ok({ orders: items, nextCursor: next && writeCursor(next.createdSeq, next.orderId) }),
      );
    },
  }),
  route({
    method: 'delete',
    path: '/orders',
    tag,
    summary: 'Cancel all your orders, in one market or in all',
    access: 'account',
    scope: 'trade',
    cancels: true,
    query: http.cancelAllQuery,
    answers: {
      200: { description: 'How many', schema: http.cancelAllView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'UNKNOWN_MARKET', 'OVERLOADED'),
    },
    handler: async ({ identity, query }) =>
      orRefusal(await trading.cancelAll(identity.account, query.market), (canceled) => ok({ canceled })),
  }),
  route({
    method: 'get',
    path: '/orders/:id',
    tag,
    summary: 'One of your orders, with its fills',
    access: 'account',
    scope: 'read',
    answers: {
      200: { description: 'The order', schema: http.orderAnswer },
      ...refusals('UNAUTHENTICATED', 'UNKNOWN_ORDER', 'UNAVAILABLE'),
    },
    handler: async ({ identity, params }) =>
      orRefusal(await history.order(identity.account, params.id ?? ''), (order) => ok({ order })),
  }),
  route({
    method: 'patch',
    path: '/orders/:id',
    tag,
    summary: 'Change price or total size; a smaller size keeps priority',
    access: 'account',
    scope: 'trade',
    body: http.amendOrder,
    example: { price: '0.55', size: '8' },
    answers: {
      200: { description: 'Amended', schema: http.amendAnswer },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'UNKNOWN_ORDER', 'INSUFFICIENT_FUNDS', 'OVERLOADED'),
    },
    handler: async ({ identity, params, body }) =>
      orRefusal(await trading.amend(identity.account, params.id ?? '', body), (text) => jsonText(200, text)),
  }),
  route({
    method: 'delete',
    path: '/orders/:id',
    tag,
    summary: 'Cancel an order',
    access: 'account',
    scope: 'trade',
    cancels: true,
    answers: {
      200: { description: 'The order as it ended', schema: http.orderAnswer },
      ...refusals('UNAUTHENTICATED', 'UNKNOWN_ORDER', 'OVERLOADED'),
    },
    handler: async ({ identity, params }) =>
      orRefusal(await trading.cancel(identity.account, params.id ?? ''), (text) => jsonText(200, text)),
  }),
  route({
    method: 'get',
    path: '/fills',
    tag,
    summary: 'Your fills, newest first',
    access: 'account',
    scope: 'read',
    query: http.fillsQuery,
    answers: {
      200: { description: 'A page', schema: http.fillsView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'UNKNOWN_MARKET', 'UNAVAILABLE'),
    },
    async handler({ identity, query }) {
      const key = readCursor(query.cursor, 3);
      if (key instanceof Refusal) return key;
      const [seq = 0, tradeId = 0, orderId = 0] = key ?? [];
      const before = key && { seq, tradeId, orderId };
      const { market, limit } = query;
      const found = await history.fills(identity.account, { market, orderId: query.orderId, limit, before });
      return orRefusal(found, ({ items, next }) =>
        ok({ fills: items, nextCursor: next && writeCursor(next.seq, next.tradeId, next.orderId) }),
      );
    },
  }),
];
