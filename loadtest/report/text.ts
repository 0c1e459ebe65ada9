import type { Metrics } from '../k6Run.ts';
import type { Report } from './report.ts';

/** The report in a few lines, for a terminal. */
export function reportText(report: Report): string {
  const { passed, scenario, metrics, thresholds, conservation, verdict, notes } = report;
  const broken = thresholds.filter(({ ok }) => !ok);
  const count = (name: string): number => metrics[name]?.values.count ?? 0;
  return [
    `${scenario}: ${passed ? 'passed' : 'FAILED'}, ${thresholds.length - broken.length} of ${thresholds.length} thresholds hold`,
    `requests     ${count('requests_sent')} sent, ${count('answers')} answered, ${count('refusals')} refused by the rules of trading`,
    `streams      ${count('stream_messages')} messages, ${count('resumes')} resumes, ${count('snapshots_again')} snapshots in place of messages`,
    latencyText('ack', metrics, 'ack_latency'),
    ...(metrics.delivery_latency ? [latencyText('delivery', metrics, 'delivery_latency')] : []),
    ...(metrics.resume_latency ? [latencyText('resume', metrics, 'resume_latency')] : []),
    `money        $${conservation.before} before, $${conservation.after} after: ${conservation.isConserved ? 'equal' : 'NOT EQUAL'}`,
    `limit        ${verdict.text}`,
    ...broken.map(({ metric, rule, value }) => `broken       ${metric} is ${value}, not ${rule}`),
    ...(passed ? [] : notes.slice(0, 10).map((note) => `             ${note.slice(0, 300)}`)),
  ].join('\n');
}

function latencyText(what: string, metrics: Metrics, name: string): string {
  const values = metrics[name]?.values ?? {};
  const ms = (key: string): string => `${(values[key] ?? 0).toFixed(2)} ms`;
  return `${what.padEnd(12)} p50 ${ms('med')}, p95 ${ms('p(95)')}, p99 ${ms('p(99)')}, max ${ms('max')}`;
}
