import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds in seconds: a commit takes a third of a millisecond, a password hash fifty. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** How finely the lag of the event loop is measured: at the library’s 10 ms an idle server would wake a hundred times a second. */
const LAG_PRECISION_MS = 100;

/** Microseconds. */
type Quantiles = { count: number; p50: number; p90: number; p99: number; p999: number; max: number };

/** What /metrics tells. Hot paths keep plain numbers of their own; they are read when somebody scrapes. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'brier_http_request_duration_seconds',
    help: 'HTTP requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  }

  /** A value that goes up and down, read at each scrape. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** A total since the start of the process, read at each scrape. */
  counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** A value for each of several labels, read at each scrape. The labels must be few and fixed. */
  gauges(name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [value, amount] of read()) this.set({ [label]: value }, amount);
      },
    });
  }

  /** Percentiles of several stages in seconds, read at each scrape; a stage of which nothing was measured is left out. */
  percentiles(name: string, help: string, read: () => Iterable<readonly [stage: string, quantiles: Quantiles]>): void {
    new Gauge({
      name,
      help,
      labelNames: ['stage', 'quantile'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [stage, { count, p50, p90, p99, p999, max }] of read()) {
          if (count === 0) continue;
          const micros = { '0.5': p50, '0.9': p90, '0.99': p99, '0.999': p999, '1': max };
          for (const [quantile, value] of Object.entries(micros)) this.set({ stage, quantile }, value / 1_000_000);
        }
      },
    });
  }

  readonly observe = (request: { method: string; path: string; status: number; seconds: number }): void => {
    const { method, path, status, seconds } = request;
    this.requests.observe({ method, route: path, status }, seconds);
  };

  /** In the Prometheus text format. */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
