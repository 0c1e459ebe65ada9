import * as http from '../../../protocol/http.ts';
import type { EnginePort } from '../../engine-port/enginePort.ts';
import { auditNow } from '../../services/holdings.ts';
import type { Operations } from '../../services/operations.ts';
import type { JobsPort } from '../../services/ports.ts';
import { noContent, ok, orRefusal } from '../answer.ts';
import { refusals } from '../errorAnswers.ts';
import { type Route, route } from '../route.ts';
import type { Log } from '../router.ts';

export type OperatorRoutesDeps = { operations: Operations; port: EnginePort; jobs: JobsPort; log: Pick<Log, 'info'> };

const tag = 'operator';
const access = ['operator'] as const;

export const operatorRoutes = ({ operations, port, jobs, log }: OperatorRoutesDeps): Route[] => [
  route({
    method: 'post',
    path: '/accounts/:username/deposits',
    tag,
    summary: 'Credit an account; the reference makes it safe to repeat',
    access,
    body: http.deposit,
    example: { amount: '100', reference: 'wire-1' },
    answers: {
      200: { description: 'A repeat: it was credited before', schema: http.depositView },
      201: { description: 'Credited', schema: http.depositView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'LIMIT_EXCEEDED'),
    },
    handler: async ({ params, body, identity }) =>
      orRefusal(await operations.deposit(params.username ?? '', body), ({ body: answer, duplicate }) => {
        log.info({ by: identity.username, deposit: answer }, 'deposit');
        return { status: duplicate ? 200 : 201, body: answer };
      }),
  }),
  route({
    method: 'post',
    path: '/accounts/:username/risk',
    tag,
    summary: 'Block an account or let it trade again, or limit its open orders; a block cancels those it has',
    access,
    body: http.accountRisk,
    example: { blocked: false, openOrders: 100 },
    answers: {
      200: { description: 'Set', schema: http.riskView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'OVERLOADED'),
    },
    handler: async ({ params, body, identity }) =>
      orRefusal(await operations.setRisk(params.username ?? '', body), (answer) => {
        log.info({ by: identity.username, body, risk: answer }, 'account risk');
        return ok(answer);
      }),
  }),
  route({
    method: 'put',
    path: '/accounts/:username/roles',
    tag,
    summary: 'Replace an account’s roles; its sessions end',
    access,
    body: http.changeRoles,
    example: { roles: ['trader', 'resolver'] },
    answers: {
      200: { description: 'Changed', schema: http.rolesView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT'),
    },
    handler: async ({ params, body, identity }) =>
      orRefusal(await operations.setRoles(identity, params.username ?? '', body.roles), (answer) => {
        log.info({ by: identity.username, roles: answer }, 'roles changed');
        return ok(answer);
      }),
  }),
  route({
    method: 'delete',
    path: '/accounts/:username/sessions',
    tag,
    summary: 'End every session of an account, its sockets included',
    access,
    answers: { 204: { description: 'Ended' }, ...refusals('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') },
    handler: async ({ params }) => (await operations.endSessions(params.username ?? '')) ?? noContent,
  }),
  route({
    method: 'get',
    path: '/audit',
    tag,
    summary: 'Where all money is, and whether it adds up',
    access,
    answers: { 200: { description: 'The sums', schema: http.auditView }, ...refusals('UNAUTHENTICATED', 'FORBIDDEN') },
    handler: async () => orRefusal(await auditNow(port), ok),
  }),
  route({
    method: 'get',
    path: '/jobs/failures',
    tag,
    summary: 'Jobs that gave up, newest first',
    access,
    query: http.failuresQuery,
    answers: {
      200: { description: 'Failures', schema: http.jobFailuresView },
      ...refusals('INVALID_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN'),
    },
    handler: async ({ query }) => ok({ failures: await jobs.failures(query.limit) }),
  }),
];
