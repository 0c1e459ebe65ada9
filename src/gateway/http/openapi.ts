import * as z from 'zod';
import { orderView, position, wireError } from '../../protocol/answers.ts';
import * as bodies from '../../protocol/http.ts';
import * as views from '../../protocol/httpViews.ts';
import { type Named, Schemas } from '../../protocol/jsonSchemas.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import type { Json, JsonObject } from '../services/json.ts';
import type { Route } from './route.ts';

/** Schemas that the document names once and refers to. */
const NAMED: Named = {
  Error: views.errorView,
  WireError: wireError,
  Login: views.loginView,
  Me: views.meView,
  ApiKey: views.apiKeyView,
  Market: views.marketView,
  MarketSummary: views.marketSummary,
  Book: views.bookView,
  Trade: views.tradeView,
  Quote: views.quoteAnswer,
  Settlement: views.settlementView,
  Lifecycle: views.lifecycleView,
  Order: orderView,
  Fill: views.fillView,
  Position: position,
  LedgerEntry: views.ledgerEntry,
  Audit: views.auditView,
};
const NAMED_BODIES: Named = {
  Credentials: bodies.credentials,
  CreateMarket: bodies.createMarket,
  PlaceOrder: bodies.placeOrder,
  AmendOrder: bodies.amendOrder,
  CreateApiKey: bodies.createApiKey,
};

const SIGNATURE =
  'Hex HMAC-SHA-256 of the timestamp (ms), the method in capitals, path with query, each ended by a line feed, and the body; ' +
  'keyed by the 32 bytes of SHA-256 of the key’s secret. Good once, and within 30 s.';

/** The OpenAPI 3.1 document of the routes. `base` is where they are mounted. */
export function openApiDocument(routes: readonly Route[], base: string): JsonObject {
  const requests = new Schemas('input', NAMED_BODIES);
  const answers = new Schemas('output', NAMED);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:([a-z]+)/gi, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route, requests, answers) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Brier',
      version: PROTOCOL_VERSION,
      description: 'HTTP interface of a prediction-market exchange. Trading at speed goes over the WebSocket `/ws/v1`.',
    },
    servers: [{ url: base }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...answers.components, ...requests.components },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'brier_access' },
        key: { type: 'apiKey', in: 'header', name: 'brier-key' },
        timestamp: { type: 'apiKey', in: 'header', name: 'brier-timestamp' },
        signature: { type: 'apiKey', in: 'header', name: 'brier-signature', description: SIGNATURE },
      },
    },
  };
}

function operation(route: Route, requests: Schemas, answers: Schemas): JsonObject {
  const { access, body, example } = route;
  const byKey = route.scope === undefined ? [] : [{ key: [], timestamp: [], signature: [] }];
  const login = [{ bearer: [] }, { cookie: [] }, ...byKey];
  const roles = typeof access === 'object' ? `Needs the role ${access.join(' or ')}.` : undefined;
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: roles,
    tags: [route.tag],
    security: access === 'public' ? [] : access === 'optional' ? [{}, ...login] : login,
    parameters: [...pathParameters(route), ...queryParameters(route, requests)],
    requestBody: body && {
      required: needsBody(body),
      content: { 'application/json': { schema: requests.of(body), example } },
    },
    responses: responses(route, answers),
  };
}

/** Any route may also say that it is overloaded, that something is away, or that it failed: `default`. */
function responses(route: Route, answers: Schemas): JsonObject {
  const documented = Object.entries(route.answers).map(([status, { description, schema, contentType }]) => {
    const json = schema && { 'application/json': { schema: answers.of(schema) } };
    const content = contentType === undefined ? json : { [contentType]: { schema: { type: 'string' } } };
    return [status, { description, content }];
  });
  const error = {
    description: 'Refused or failed',
    content: { 'application/json': { schema: answers.of(NAMED.Error as z.ZodType) } },
  };
  return { ...Object.fromEntries(documented), default: error };
}

/** Without a required field an empty body does. */
const needsBody = (body: z.ZodType): boolean => !body.safeParse({}).success;

/** `POST /markets/:id/halt` → `postMarketsIdHalt` */
const operationId = ({ method, path }: Route): string =>
  method +
  path
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

const pathParameters = (route: Route): JsonObject[] =>
  route.params.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

function queryParameters(route: Route, requests: Schemas): JsonObject[] {
  if (!(route.query instanceof z.ZodObject)) return [];
  return Object.entries(route.query.shape).map(([name, schema]) => {
    const type = schema as z.ZodType;
    return { name, in: 'query', required: !type.safeParse(undefined).success, schema: requests.of(type) };
  });
}
