import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareFlows } from './flowComparison.ts';
import { FULL } from './flows.ts';
import { compareSizes } from './sizeComparison.ts';
import { flowTables, sizeTables } from './tables.ts';

const HELP = `npm run bench:engine -- [options]

Runs the same order flows through a C++ ladder, two npm order books and this project’s engine, each in processes of its
own, by turns; then measures how the whole engine’s time a command depends on markets, orders and accounts.
  --quick        flows of ${(100_000).toLocaleString('en')} commands with shallower books, one run of each, smaller sizes
  --count N      commands of a flow, without the prefill (default ${FULL.count.toLocaleString('en')})
  --slow-count N as many of them at most for the npm order books (default 100,000)
  --runs N       processes for each figure, of which the median is shown (default 5)
  --only PART    flows or sizes
  --json         one JSON document instead of the tables`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    count: { type: 'string' },
    'slow-count': { type: 'string' },
    runs: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}

const count = positive(options.count ?? (options.quick ? 100_000 : FULL.count));
const runs = positive(options.runs ?? (options.quick ? 1 : 5));
const plan = {
  count,
  depth: options.quick ? 200 : FULL.depth,
  slowCount: Math.min(count, positive(options['slow-count'] ?? (options.quick ? 20_000 : 100_000))),
  runs,
};
const folder = mkdtempSync(join(tmpdir(), 'brier-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} threads, Node ${process.versions.node}`;
const flows = options.only === 'sizes' ? undefined : await compareFlows(plan, folder, progress);
const sizes = options.only === 'flows' ? undefined : await compareSizes(Math.min(runs, 3), options.quick, progress);
if (options.json) process.stdout.write(`${JSON.stringify({ machine, plan, flows, sizes }, null, 1)}\n`);
else {
  const parts = [`${machine}. Medians of ${runs} processes each.`];
  if (flows !== undefined) parts.push(...flowTables(flows));
  if (sizes !== undefined) parts.push(...sizeTables(sizes));
  process.stdout.write(`${parts.join('\n\n')}\n`);
}
if (flows?.some((flow) => flow.rows.some((row) => !row.digestOk))) process.exitCode = 1;

function positive(text: string | number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  process.stderr.write(`${text} is not a positive whole number\n`);
  process.exit(2);
}

function progress(what: string): void {
  process.stderr.write(`${what}\n`);
}
