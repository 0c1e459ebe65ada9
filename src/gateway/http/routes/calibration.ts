import type * as z from 'zod';
import * as http from '../../../protocol/http.ts';
import type { CalibrationPort, CalibrationQuery } from '../../services/ports.ts';
import { Refusal } from '../../services/refusal.ts';
import { ok } from '../answer.ts';
import { refusals } from '../errorAnswers.ts';
import { type Route, route } from '../route.ts';

export type CalibrationRoutesDeps = { calibration: CalibrationPort };

const tag = 'calibration';
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** The diagram is a document of its own when it is opened: it may style itself, and nothing else. */
const SVG_POLICY = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };

export const calibrationRoutes = ({ calibration }: CalibrationRoutesDeps): Route[] => [
  route({
    method: 'get',
    path: '/calibration',
    tag,
    summary: 'How prices compare with outcomes: scores and reliability',
    access: 'public',
    query: http.calibrationQuery,
    answers: { 200: { description: 'The report', schema: http.calibrationView }, ...refusals('INVALID_REQUEST') },
    handler: async ({ query }) => ok(await calibration.report(reportQuery(query))),
  }),
  route({
    method: 'get',
    path: '/calibration.svg',
    tag,
    summary: 'The reliability diagram',
    access: 'public',
    query: http.calibrationQuery,
    answers: { 200: { description: 'SVG', contentType: 'image/svg+xml' }, ...refusals('INVALID_REQUEST') },
    handler: async ({ query }) => ({
      status: 200,
      text: { contentType: 'image/svg+xml', content: await calibration.svg(reportQuery(query)) },
      headers: SVG_POLICY,
    }),
  }),
  route({
    method: 'get',
    path: '/calibration/:market',
    tag,
    summary: 'One market’s scores',
    access: 'public',
    answers: { 200: { description: 'The scores', schema: http.calibrationView }, ...refusals('NOT_FOUND') },
    async handler({ params }) {
      const scores = await calibration.market(params.market ?? '');
      return scores === null ? new Refusal('NOT_FOUND', 'The market is not known or not scored yet') : ok(scores);
    },
  }),
];

function reportQuery({ horizon, ...rest }: z.output<typeof http.calibrationQuery>): CalibrationQuery {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return horizon === undefined ? given : { ...given, horizonMs: horizonMs(horizon) };
}

/** `0`, `15m`, `6h`, `1d` */
function horizonMs(horizon: string): number {
  const unit = horizon.slice(-1);
  const count = Number.parseInt(horizon, 10);
  return unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? count * UNIT_MS[unit] : count;
}
