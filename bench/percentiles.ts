export type Latency = { p50: number; p99: number; p999: number };

/** Percentiles of samples in milliseconds (nearest rank). Sorts in place. */
export function percentiles(samples: Float64Array): Latency {
  samples.sort();
  const at = (part: number): number => samples[Math.min(samples.length - 1, Math.ceil(part * samples.length) - 1)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}

export const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
