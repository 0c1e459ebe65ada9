import type { Options } from 'k6/options';
import { FAULTS } from './metrics.ts';
import type { Plan } from './plan.ts';

/** After its duration a run may take so long to be answered, to compare and to close; then it is ended. */
const FINISH_SECONDS_MAX = 150;

/** How much longer a login by password may take than other answers. */
const PASSWORD_TIMES = 4;

/** One iteration a VU, which ends by itself; correctness is exact, latency and errors are as the plan allows. */
export function optionsOf({ scenario, vus, durationMs, limits }: Plan): Options {
  const { p95Ms, p99Ms, errorRate } = limits;
  return {
    scenarios: {
      [scenario]: {
        executor: 'per-vu-iterations',
        vus,
        iterations: 1,
        maxDuration: `${Math.ceil(durationMs / 1000) + FINISH_SECONDS_MAX}s`,
        gracefulStop: '1s',
      },
    },
    thresholds: {
      ...Object.fromEntries(FAULTS.map((name) => [name, ['count==0']])),
      vus_finished: [`count==${vus}`],
      answers: ['count>0'],
      stream_messages: ['count>0'],
      request_errors: [`rate<=${errorRate}`],
      // Hashes wait for each other.
      ...(scenario === 'login-storm' ? { password_latency: [`p(99)<=${p99Ms * PASSWORD_TIMES}`] } : {}),
      ack_latency: [`p(95)<=${p95Ms}`, `p(99)<=${p99Ms}`],
    },
    summaryTrendStats: ['min', 'avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
    // Every tag costs time at every sample.
    systemTags: [],
    noVUConnectionReuse: false,
  };
}
