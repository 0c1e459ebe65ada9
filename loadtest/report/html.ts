import { chartSvg, escapeHtml } from './chart.ts';
import { chartsOf } from './charts.ts';
import type { Report, Threshold } from './report.ts';
import { STYLE } from './style.ts';

/** The report as one page that needs nothing else. */
export function reportHtml(report: Report): string {
  const { scenario, passed, startedAt, k6, url, options, cores, verdict, thresholds, conservation, notes } = report;
  const title = `Load test: ${scenario}`;
  const settings = Object.entries({ ...options, exchange: url, k6, cores, started: new Date(startedAt).toISOString() });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)} <span class="${passed ? 'ok' : 'broken'}">${passed ? 'passed' : 'failed'}</span></h1>
<p>${escapeHtml(verdict.text)}</p>
${chartsOf(report).map(chartSvg).join('\n')}
<h2>Thresholds</h2>
${table(['metric', 'must be', 'was', ''], thresholds.map(thresholdRow))}
<h2>Money</h2>
${table(
  ['', '$'],
  [
    ['balances before the first order', conservation.before],
    ['balances when all markets had ended', conservation.after],
  ].map((cells) => ({ cells })),
)}
<h2>Latencies in milliseconds</h2>
${table(['', 'min', 'p50', 'p90', 'p95', 'p99', 'max'], trendRows(report))}
<h2>Counts</h2>
${table(['', 'count', 'a second'], counterRows(report))}
<h2>Settings</h2>
${table(
  ['', ''],
  settings.map(([name, value]) => ({ cells: [name, String(value)] })),
)}
${notes.length === 0 ? '' : `<h2>Notes</h2><pre>${escapeHtml(notes.join('\n'))}</pre>`}
</body></html>
`;
}

interface Row {
  cells: string[];
  color?: string;
}

const thresholdRow = ({ metric, rule, value, ok }: Threshold): Row => ({
  cells: [metric, rule, value, ok ? 'holds' : 'broken'],
  color: ok ? 'ok' : 'broken',
});

function trendRows({ metrics }: Report): Row[] {
  const keys = ['min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'];
  return Object.entries(metrics)
    .filter(([, { type }]) => type === 'trend')
    .map(([name, { values }]) => ({ cells: [name, ...keys.map((key) => (values[key] ?? 0).toFixed(2))] }));
}

function counterRows({ metrics }: Report): Row[] {
  return Object.entries(metrics)
    .filter(([, { type }]) => type === 'counter')
    .map(([name, { values }]) => ({ cells: [name, String(values.count ?? 0), (values.rate ?? 0).toFixed(1)] }));
}

function table(head: readonly string[], rows: readonly Row[]): string {
  const row = (tag: 'td' | 'th', cells: readonly string[]): string =>
    cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('');
  const body = rows.map(
    ({ cells, color }) => `<tr${color === undefined ? '' : ` class="${color}"`}>${row('td', cells)}</tr>`,
  );
  return `<table><thead><tr>${row('th', head)}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}
