import type { FollowerProgress } from '../../persistence/read-model/reads.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { HealthPort } from '../services/ports.ts';
import { Refusal } from '../services/refusal.ts';
import type { HttpResponse, TemplatedApp } from '../uws.ts';
import type { Answer } from './answer.ts';
import { Exchange } from './exchange.ts';
import type { Metrics } from './metrics.ts';
import type { Log } from './router.ts';

/** Further behind than this many commands, history is stale enough to send readers elsewhere. */
export const FOLLOWER_LAG_MAX = 100_000;

export type HealthDeps = {
  health: HealthPort;
  port: Pick<EnginePort, 'seq'>;
  follower: Pick<FollowerProgress, 'appliedSeq'>;
  metrics: Metrics;
  log: Log;
};

/** `/healthz`: the process turns its loop. `/readyz`: it can serve. `/metrics`: what it measured. */
export function mountHealth(app: TemplatedApp, deps: HealthDeps): void {
  const serve = (path: string, answer: () => Promise<Answer>) => {
    const handler = (head: boolean) => (res: HttpResponse) => {
      const exchange = new Exchange(res, head);
      answer().then(
        (result) => exchange.answer(result),
        (error: unknown) => {
          deps.log.error({ err: error, path }, 'a probe failed');
          exchange.answer(new Refusal('INTERNAL', 'The server failed'));
        },
      );
    };
    app.get(path, handler(false)).head(path, handler(true));
  };
  serve('/healthz', async () => ({ status: 200, body: { status: 'ok' } }));
  serve('/readyz', async () => readiness(deps));
  serve('/metrics', async () => {
    const { metrics } = deps;
    return { status: 200, text: { contentType: metrics.contentType, content: await metrics.render() } };
  });
}

async function readiness({ health, port, follower }: HealthDeps): Promise<Answer> {
  const checks = {
    engine: health.leading(),
    journal: await health.journalReachable(),
    notDraining: !health.draining(),
    follower: port.seq - follower.appliedSeq <= FOLLOWER_LAG_MAX,
  };
  const ready = Object.values(checks).every(Boolean);
  return { status: ready ? 200 : 503, body: { ready, checks } };
}
