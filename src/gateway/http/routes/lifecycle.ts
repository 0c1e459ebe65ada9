import type * as z from 'zod';
import type { Sql } from '../../../persistence/postgres/connect.ts';
import * as http from '../../../protocol/http.ts';
import type { Role } from '../../../protocol/wire.ts';
import type { Identity } from '../../auth/identity.ts';
import type { EnginePort } from '../../engine-port/enginePort.ts';
import type { MarketData } from '../../market-data/marketData.ts';
import type { JsonObject } from '../../services/json.ts';
import type { Lifecycle, Step } from '../../services/lifecycle.ts';
import { type MarketCreationDeps, openMarket } from '../../services/marketCreation.ts';
import { marketJson } from '../../services/marketViews.ts';
import type { Refusal } from '../../services/refusal.ts';
import { settlementReport } from '../../services/settlement.ts';
import { jsonText, ok, orRefusal } from '../answer.ts';
import { refusals } from '../errorAnswers.ts';
import { type Route, route } from '../route.ts';
import type { Log } from '../router.ts';

export type LifecycleRoutesDeps = MarketCreationDeps & {
  lifecycle: Lifecycle;
  markets: MarketData;
  port: EnginePort;
  sql: Sql;
  log: Pick<Log, 'info'>;
};

const tag = 'lifecycle';
const OPERATOR = ['operator'] as const;
const RESOLVER = ['resolver', 'operator'] as const;

export function lifecycleRoutes(deps: LifecycleRoutesDeps): Route[] {
  const { lifecycle, markets } = deps;

  /** 202 where a job carries out the rest. Who did what, and why, goes to the log. */
  const stepRoute = <Body extends z.ZodType>(spec: {
    action: string;
    summary: string;
    access: readonly Role[];
    body: Body;
    example: NoInfer<z.input<Body>> & JsonObject;
    step(by: Identity, slug: string, body: z.output<Body>): Promise<Step | Refusal>;
  }): Route =>
    route({
      method: 'post',
      path: `/markets/:id/${spec.action}`,
      tag,
      summary: spec.summary,
      access: spec.access,
      body: spec.body,
      example: spec.example,
      answers: {
        200: { description: 'Done', schema: http.lifecycleView },
        202: { description: 'Decided; a job carries out the rest', schema: http.lifecycleView },
        ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'UNKNOWN_MARKET', 'CONFLICT', 'OVERLOADED'),
      },
      async handler({ identity, params, body, head }) {
        const market = params.id ?? '';
        return orRefusal(await spec.step(identity, market, body), (step) => {
          const { action } = spec;
          deps.log.info({ market, action, by: identity.username, body, requestId: head.requestId }, 'market step');
          return jsonText(step.pending ? 202 : 200, stepJson(step));
        });
      },
    });

  const stepJson = ({ market, seq }: Pick<Step, 'market' | 'seq'>): string =>
    `{"market":${marketJson(market, markets)},"seq":${seq}}`;

  return [
    route({
      method: 'post',
      path: '/markets',
      tag,
      summary: 'Create and open a market; a market maker is funded by the house',
      access: OPERATOR,
      body: http.createMarket,
      example: {
        id: 'rain',
        title: 'Rain tomorrow?',
        criteria: 'Rain at noon',
        type: 'lmsr',
        liquidity: '100',
        closeTime: Date.UTC(2100, 0, 1),
      },
      answers: {
        201: { description: 'Open', schema: http.lifecycleView },
        ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'CONFLICT', 'LIMIT_EXCEEDED', 'OVERLOADED'),
      },
      handler: async ({ identity, body }) =>
        orRefusal(await openMarket(deps, identity, body), (created) => jsonText(201, stepJson(created))),
    }),
    route({
      method: 'patch',
      path: '/markets/:id',
      tag,
      summary: 'Move the close time of a market that is open or halted',
      access: OPERATOR,
      body: http.changeCloseTime,
      example: { closeTime: Date.UTC(2100, 0, 2) },
      answers: {
        200: { description: 'Moved', schema: http.lifecycleView },
        ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'UNKNOWN_MARKET', 'CONFLICT'),
      },
      handler: async ({ identity, params, body }) =>
        orRefusal(await lifecycle.setCloseTime(identity, params.id ?? '', body.closeTime), (step) =>
          jsonText(200, stepJson(step)),
        ),
    }),
    stepRoute({
      action: 'halt',
      summary: 'Stop trading for now; orders stay, and with an auction new ones are collected for the reopening',
      access: OPERATOR,
      body: http.haltMarket,
      example: { reason: 'A storm' },
      step: (by, slug, { auction }) => lifecycle.halt(by, slug, auction),
    }),
    stepRoute({
      action: 'resume',
      summary: 'Trade again after a halt; what an auction collected is uncrossed at one price',
      access: OPERATOR,
      body: http.optionalReason,
      example: { reason: 'The storm is over' },
      step: (by, slug) => lifecycle.resume(by, slug),
    }),
    stepRoute({
      action: 'configure',
      summary: 'Change the limits of a market, or give a hybrid its book',
      access: OPERATOR,
      body: http.configureMarket,
      example: { maxOrderSize: '500' },
      step: (by, slug, body) => lifecycle.configure(by, slug, body),
    }),
    stepRoute({
      action: 'top-up',
      summary: 'Raise the liquidity of a market maker without moving its prices; the house pays',
      access: OPERATOR,
      body: http.topUp,
      example: { liquidity: '200' },
      step: (by, slug, { liquidity }) => lifecycle.topUp(by, slug, liquidity),
    }),
    stepRoute({
      action: 'close',
      summary: 'End trading before the close time; resting orders are canceled',
      access: OPERATOR,
      body: http.optionalReason,
      example: { reason: 'It rains already' },
      step: (by, slug) => lifecycle.close(by, slug),
    }),
    stepRoute({
      action: 'resolve',
      summary: 'Propose the outcome of a closed market; after the dispute window it is paid',
      access: RESOLVER,
      body: http.resolveMarket,
      example: { outcome: 'YES' },
      step: (by, slug, body) => lifecycle.resolve(by, slug, body),
    }),
    stepRoute({
      action: 'dispute',
      summary: 'Contest a proposed outcome within its window',
      access: RESOLVER,
      body: http.reason,
      example: { reason: 'It was sleet' },
      step: (by, slug, { reason }) => lifecycle.dispute(by, slug, reason),
    }),
    stepRoute({
      action: 'void',
      summary: 'Call the market off; everybody gets back what they paid in',
      access: RESOLVER,
      body: http.reason,
      example: { reason: 'Nobody looked' },
      step: (by, slug, { reason }) => lifecycle.void(by, slug, reason),
    }),
    route({
      method: 'get',
      path: '/markets/:id/settlement',
      tag,
      summary:
        'What settling on an outcome would pay (dry run), or how far settlement is; with the proof that it is exact',
      access: RESOLVER,
      query: http.settlementQuery,
      answers: {
        200: { description: 'The report', schema: http.settlementView },
        ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'UNKNOWN_MARKET', 'UNKNOWN_OUTCOME'),
      },
      handler: async ({ params, query }) => orRefusal(await settlementReport(deps, params.id ?? '', query.outcome), ok),
    }),
  ];
}
