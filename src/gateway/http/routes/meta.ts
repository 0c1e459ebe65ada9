import * as http from '../../../protocol/http.ts';
import type { EnginePort } from '../../engine-port/enginePort.ts';
import type { JsonObject } from '../../services/json.ts';
import { ok } from '../answer.ts';
import { type Route, route } from '../route.ts';

const tag = 'meta';

export type MetaRoutesDeps = {
  clock: () => number;
  port: Pick<EnginePort, 'seq' | 'time'>;
  /** The OpenAPI document of all routes, these included. */
  document: () => JsonObject;
  /** The AsyncAPI document of the WebSocket. */
  webSocket: () => JsonObject;
};

export const metaRoutes = (deps: MetaRoutesDeps): Route[] => [
  route({
    method: 'get',
    path: '/time',
    tag,
    summary: 'The server’s clock, and how far the engine is',
    access: 'public',
    answers: { 200: { description: 'Now', schema: http.timeView } },
    handler: () => ok({ time: deps.clock(), engineTime: deps.port.time, seq: deps.port.seq }),
  }),
  route({
    method: 'get',
    path: '/openapi.json',
    tag,
    summary: 'This description',
    access: 'public',
    answers: { 200: { description: 'OpenAPI 3.1', contentType: 'application/json' } },
    handler: () => ok(deps.document()),
  }),
  route({
    method: 'get',
    path: '/asyncapi.json',
    tag,
    summary: 'The description of the WebSocket',
    access: 'public',
    answers: { 200: { description: 'AsyncAPI 3.0', contentType: 'application/json' } },
    handler: () => ok(deps.webSocket()),
  }),
];
