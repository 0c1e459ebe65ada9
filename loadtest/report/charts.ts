import type { Chart, Line } from './chart.ts';
import type { Report } from './report.ts';

/** Latency, rates, processors and memory over the time of the run. */
export function chartsOf({ startedAt, seconds, cpu, cores }: Report): Chart[] {
  const lineOf =
    <T extends { at: number }>(rows: readonly T[]) =>
    (name: string, color: string, of: (row: T) => number): Line => ({
      name,
      color,
      points: rows.map((row) => [Math.round((row.at - startedAt) / 100) / 10, of(row)]),
    });
  const load = lineOf(seconds);
  const use = lineOf(cpu);
  return [
    {
      title: 'Acknowledgement latency',
      unit: ' ms',
      isLogarithmic: true,
      lines: [
        load('p50', 'c1', ({ p50Ms }) => p50Ms),
        load('p95', 'c2', ({ p95Ms }) => p95Ms),
        load('p99', 'c3', ({ p99Ms }) => p99Ms),
        load('lateness of k6’s timers, the most', 'c5', ({ lagMs }) => lagMs),
      ],
    },
    {
      title: 'Requests a second',
      unit: '',
      lines: [
        load('sent', 'c1', ({ sent }) => sent),
        load('answered', 'c2', ({ answers }) => answers),
        load('refused by the rules of trading', 'c4', ({ refused }) => refused),
        load('failed', 'c3', ({ failed }) => failed),
      ],
    },
    {
      title: 'Stream messages a second',
      unit: '',
      lines: [load('received', 'c1', ({ messages }) => messages), load('faults', 'c3', ({ faults }) => faults)],
    },
    {
      title: `Processors in use, of ${cores}`,
      unit: '',
      lines: [
        use('exchange', 'c1', ({ exchange }) => exchange),
        use('its main thread', 'c2', ({ threads }) => threads[0] ?? 0),
        use('its busiest worker', 'c6', ({ threads }) => threads[1] ?? 0),
        use('PostgreSQL', 'c4', ({ postgres }) => postgres),
        use('k6', 'c3', ({ k6 }) => k6),
        use('the machine', 'c5', ({ machine }) => machine),
      ],
    },
    {
      title: 'Resident memory',
      unit: ' MiB',
      lines: [use('exchange', 'c1', ({ exchangeMiB }) => exchangeMiB), use('k6', 'c3', ({ k6MiB }) => k6MiB)],
    },
  ];
}
