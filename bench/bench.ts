import { parseArgs } from 'node:util';
import { hottest } from './exchange/profiles.ts';
import { ROWS, runBench } from './exchange/run.ts';
import { table } from './exchange/table.ts';

const HELP = `npm run bench -- [--quick] [--only NAME,…] [--json] [--profile FOLDER]

Measures the exchange from outside, beside bare uWebSockets.js and bare commits of the same PostgreSQL in the same run, and
says what each process and thread used of the processor meanwhile. Medians of three runs where a row has several.
  --quick            shorter, each measured once
  --only NAME,…      these rows alone:
${ROWS.map(({ name, about }) => `    ${name.padEnd(12)} ${about}`).join('\n')}
  --json             one JSON document instead of the table
  --profile FOLDER   a .cpuprofile of each thread of the exchange, and its hottest functions; together with --only
The load comes from a process of its own that sends frames built before. Everything runs on loopback in temporary
directories, without rate limits, and stops by itself.
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const startedAt = Date.now();
const report = await runBench({
  scale: options.quick ? 'quick' : 'full',
  repeats: options.quick ? 1 : 3,
  ...(options.only !== undefined && { only: options.only.split(',') }),
  ...(options.profile !== undefined && { profile: options.profile }),
  say: (text) => process.stderr.write(`${text}\n`),
});
process.stdout.write(options.json ? `${JSON.stringify(report, null, 1)}\n` : table(report));
if (report.failed !== undefined) process.exitCode = 1;
if (options.profile !== undefined) process.stderr.write(hottest(options.profile, startedAt));
