import type { CpuSample } from '../cpu.ts';
import type { Metrics } from '../k6Run.ts';
import type { LoadtestOptions } from '../options.ts';
import type { Second } from '../series.ts';
import type { Utilisation } from '../verdict.ts';

/** Of the load’s seconds, without those of connecting and of comparing at the end. */
export function utilisationOf(run: {
  options: LoadtestOptions;
  cores: number;
  seconds: readonly Second[];
  cpu: readonly CpuSample[];
  result: { metrics: Metrics };
}): Utilisation {
  const { options, cores, seconds, cpu, result } = run;
  const first = seconds.find(({ sent }) => sent > 0)?.at ?? 0;
  const last = first + options.seconds * 1000;
  const samples = cpu.filter(({ at }) => at > first && at <= last + 1000);
  const mean = (of: (sample: CpuSample) => number): number =>
    samples.length === 0 ? 0 : samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const main = mean(({ threads }) => threads[0] ?? 0);
  const other = mean(({ threads }) => threads[1] ?? 0);
  const sent = result.metrics.requests_sent?.values.count ?? 0;
  return {
    cores,
    vus: options.vus,
    k6: mean(({ k6 }) => k6),
    exchange: samples.some(({ threads }) => threads.length > 0 && (threads[0] ?? 0) > 0)
      ? mean(({ exchange }) => exchange)
      : undefined,
    busiestThread: Math.max(main, other),
    isMainBusiest: main >= other,
    machine: mean(({ machine }) => machine),
    others: mean(({ machine, k6, exchange, postgres }) => Math.max(0, machine - k6 - exchange - postgres)),
    offeredPart: Math.min(1, sent / (options.rate * options.seconds)),
    lagP95Ms: result.metrics.generator_lag?.values['p(95)'] ?? 0,
  };
}
