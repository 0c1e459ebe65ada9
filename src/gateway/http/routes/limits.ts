import * as http from '../../../protocol/http.ts';
import { COSTS } from '../../limits/costs.ts';
import { publishedLimits } from '../../limits/published.ts';
import type { RateLimits } from '../../limits/rateLimits.ts';
import { ok } from '../answer.ts';
import { type Route, route } from '../route.ts';

export type LimitRoutesDeps = { limits: RateLimits };

export const limitRoutes = (deps: LimitRoutesDeps): Route[] => [
  route({
    method: 'get',
    path: '/limits',
    tag: 'meta',
    summary: 'Every limit with its value, and what each operation costs',
    access: 'public',
    answers: { 200: { description: 'The limits of this server', schema: http.limitsView } },
    handler() {
      const { enabled, limits } = deps.limits;
      return ok({ rateLimits: enabled, limits: publishedLimits(limits), costs: { ...COSTS } });
    },
  }),
];
