import { type AsyncApiDocument, asyncApiDocument } from '../../protocol/asyncapi/document.ts';
import type { JsonObject } from '../services/json.ts';
import { Refusal } from '../services/refusal.ts';
import type { TemplatedApp } from '../uws.ts';
import { mountDocs } from './docsPage.ts';
import { Exchange } from './exchange.ts';
import { type HealthDeps, mountHealth } from './health.ts';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';
import { API_BASE, mountRoutes, type RouterDeps } from './router.ts';
import { type AccountRoutesDeps, accountRoutes } from './routes/account.ts';
import { type ApiKeyRoutesDeps, apiKeyRoutes } from './routes/apiKeys.ts';
import { type AuthRoutesDeps, authRoutes } from './routes/auth.ts';
import { type CalibrationRoutesDeps, calibrationRoutes } from './routes/calibration.ts';
import { type LatencyRoutesDeps, latencyRoutes } from './routes/latency.ts';
import { type LifecycleRoutesDeps, lifecycleRoutes } from './routes/lifecycle.ts';
import { type LimitRoutesDeps, limitRoutes } from './routes/limits.ts';
import { type MarketRoutesDeps, marketRoutes } from './routes/markets.ts';
import { type MetaRoutesDeps, metaRoutes } from './routes/meta.ts';
import { type OperatorRoutesDeps, operatorRoutes } from './routes/operator.ts';
import { type OrderRoutesDeps, orderRoutes } from './routes/orders.ts';

/** Everything that the HTTP side is made of; `main.ts` makes it. */
export type HttpDeps = Omit<RouterDeps, 'observe' | 'draining'> &
  HealthDeps &
  AuthRoutesDeps &
  ApiKeyRoutesDeps &
  MarketRoutesDeps &
  LifecycleRoutesDeps &
  OrderRoutesDeps &
  AccountRoutesDeps &
  OperatorRoutesDeps &
  CalibrationRoutesDeps &
  LimitRoutesDeps &
  LatencyRoutesDeps &
  Omit<MetaRoutesDeps, 'document' | 'webSocket'>;

/** Every route of `/api/v1`: what the router serves and the OpenAPI document describes. */
export function allRoutes(deps: HttpDeps): Route[] {
  const document = (): JsonObject => {
    described ??= openApiDocument(routes, API_BASE);
    return described;
  };
  let described: JsonObject | undefined;
  const routes = [
    ...authRoutes(deps),
    ...apiKeyRoutes(deps),
    ...marketRoutes(deps),
    ...lifecycleRoutes(deps),
    ...orderRoutes(deps),
    ...accountRoutes(deps),
    ...operatorRoutes(deps),
    ...calibrationRoutes(deps),
    ...limitRoutes(deps),
    ...latencyRoutes(deps),
    ...metaRoutes({ ...deps, document, webSocket }),
  ];
  return routes;
}

/** Made on the first request: schemas as JSON take some milliseconds. */
const webSocket = (): AsyncApiDocument => {
  webSocketDescribed ??= asyncApiDocument();
  return webSocketDescribed;
};
let webSocketDescribed: AsyncApiDocument | undefined;

/**
 * Mounts `/api/v1`, `/` and `/docs`, `/asyncapi.json`, `/healthz`, `/readyz` and `/metrics`; and what every other path answers
 * that nobody else has mounted, since the library’s own page for these has no `error` and none of our headers.
 */
export function mountHttp(app: TemplatedApp, deps: HttpDeps): void {
  const { observe } = deps.metrics;
  mountRoutes(app, allRoutes(deps), { ...deps, observe, draining: () => deps.health.draining() });
  mountHealth(app, deps);
  mountDocs(app, deps.log, webSocket);
  app.any('/*', (res, req) => {
    new Exchange(res, req.getMethod() === 'head').answer(new Refusal('NOT_FOUND', 'There is nothing here: see /docs'));
  });
}
