import * as http from '../../../protocol/http.ts';
import { type Latency, WINDOW_MS } from '../../latency/latency.ts';
import { ok } from '../answer.ts';
import { type Route, route } from '../route.ts';

export type LatencyRoutesDeps = { latency: Latency };

export const latencyRoutes = (deps: LatencyRoutesDeps): Route[] => [
  route({
    method: 'get',
    path: '/latency',
    tag: 'meta',
    summary: 'Where the time of recent requests went',
    access: 'public',
    answers: { 200: { description: 'Percentiles in microseconds', schema: http.latencyView } },
    handler: () => ok({ windowMs: WINDOW_MS, stages: deps.latency.percentiles() }),
  }),
];
