import { MARKET_STATUSES } from '../engines/records/events.ts';
import type { RingPort } from '../gateway/engine-port/ringPort.ts';
import type { Metrics } from '../gateway/http/metrics.ts';
import type { Latency } from '../gateway/latency/latency.ts';
import type { MarketData } from '../gateway/market-data/marketData.ts';
import type { FollowerProgress } from '../persistence/read-model/reads.ts';

/** What an operator watches; read when /metrics is scraped. */
export function registerGauges(
  metrics: Metrics,
  of: {
    port: RingPort;
    markets: MarketData;
    follower: FollowerProgress;
    server: { connections(): number };
    jobs: { readonly failedCount: number };
    latency: Latency;
  },
): void {
  metrics.counter('brier_engine_seq', 'Commands sequenced and committed', () => of.port.seq);
  metrics.gauge('brier_engine_outstanding', 'Commands that wait for their answer', () => of.port.outstanding);
  metrics.gauge('brier_follower_lag', 'Commands that the read model is behind', () =>
    Math.max(0, of.port.seq - of.follower.appliedSeq),
  );
  metrics.gauge('brier_websockets', 'Open WebSocket connections', () => of.server.connections());
  metrics.counter('brier_jobs_failed', 'Jobs that gave up since the start', () => of.jobs.failedCount);
  metrics.percentiles('brier_request_stage_seconds', 'Where the time of requests went in the last minute', () =>
    Object.entries(of.latency.percentiles()),
  );
  metrics.gauges('brier_markets', 'Markets by status', 'status', () =>
    MARKET_STATUSES.map(
      (status) => [status, of.markets.markets.filter((one) => one.status === status).length] as const,
    ),
  );
}
