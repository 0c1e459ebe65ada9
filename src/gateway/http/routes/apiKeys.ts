import * as http from '../../../protocol/http.ts';
import type { ApiKeys } from '../../services/apiKeys.ts';
import { created, noContent, ok, orRefusal } from '../answer.ts';
import { refusals } from '../errorAnswers.ts';
import { type Route, route } from '../route.ts';

const tag = 'api keys';

export type ApiKeyRoutesDeps = { apiKeys: ApiKeys };

/** Keys are made and revoked by access token only, so that a leaked key cannot make others. */
export const apiKeyRoutes = ({ apiKeys }: ApiKeyRoutesDeps): Route[] => [
  route({
    method: 'post',
    path: '/api-keys',
    tag,
    summary: 'Create a key for a bot; its secret is answered this once',
    access: 'account',
    body: http.createApiKey,
    example: { name: 'bot', scopes: ['read', 'trade'] },
    answers: {
      201: { description: 'The key with its secret', schema: http.newApiKeyView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'LIMIT_EXCEEDED'),
    },
    handler: async ({ identity, body }) => orRefusal(await apiKeys.create(identity.account, body), created),
  }),
  route({
    method: 'get',
    path: '/api-keys',
    tag,
    summary: 'Your keys, without their secrets',
    access: 'account',
    answers: { 200: { description: 'Live keys', schema: http.apiKeysView }, ...refusals('UNAUTHENTICATED') },
    handler: async ({ identity }) => ok({ apiKeys: await apiKeys.list(identity.account) }),
  }),
  route({
    method: 'delete',
    path: '/api-keys/:id',
    tag,
    summary: 'Revoke a key; connections that it let in are closed',
    access: 'account',
    answers: { 204: { description: 'Revoked' }, ...refusals('UNAUTHENTICATED', 'NOT_FOUND') },
    handler: async ({ identity, params }) => (await apiKeys.revoke(identity.account, params.id ?? '')) ?? noContent,
  }),
];
