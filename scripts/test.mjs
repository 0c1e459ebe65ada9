import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';
import { ProgramFailed, run, step } from './steps.mjs';
import { summarize, summaryLine } from './summary.mjs';

/**
 * `npm test`: installs, builds, checks (format and lint, unused code, types), then runs the tests; arguments go to
 * vitest. A failed check does not stop the rest and counts as one failure. The last line is the summary.
 */

const CHECKS = [
  { name: 'Lint (biome)', args: ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--colors=off', '.'] },
  { name: 'Unused code (knip)', args: ['knip/bin/knip.js', '--no-progress', '--no-config-hints'] },
  { name: 'Types (tsc)', args: ['typescript/bin/tsc', '-p', 'tsconfig.tools.json', '--pretty', 'false'] },
];

/** What failed besides tests. @type {string[]} */
const failures = [];
let outcome = { passed: 0, failed: 0, skipped: 0 };
if (await prepare()) {
  for (const { name, args } of CHECKS) {
    if (!(await passes(name, args))) failures.push(name);
  }
  outcome = await runTests(process.argv.slice(2));
} else {
  failures.push('Install and build');
}
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
const failed = outcome.failed + failures.length;
process.exitCode = failed === 0 ? 0 : 1;
process.stdout.write(`${summaryLine({ ...outcome, failed })}\n`);

/**
 * @param {string} name
 * @param {readonly string[]} args the program below node_modules, and its arguments
 */
async function passes(name, [program = '', ...args]) {
  try {
    await step(name, () => run(process.execPath, [join(root, 'node_modules', program), ...args], { cwd: root, name }));
    return true;
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    process.stdout.write(`${error.output.trimEnd()}\n`);
    return false;
  }
}

/**
 * What fails without being a test's fault goes to `failures`.
 * @param {readonly string[]} args
 * @returns {Promise<import('./summary.mjs').Outcome>}
 */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'brier-test-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const code = await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      process.on('SIGTERM', () => child.kill('SIGTERM'));
      process.on('SIGINT', () => child.kill('SIGINT'));
      child.on('error', reject);
      child.on('close', resolve);
    });
    const counted = existsSync(report)
      ? summarize(JSON.parse(readFileSync(report, 'utf8')))
      : { passed: 0, failed: 0, skipped: 0 };
    // Without a report, or after an error outside all tests, only the exit code tells.
    if (counted.failed === 0 && (code !== 0 || !existsSync(report))) failures.push(`Tests (vitest ended with ${code})`);
    return counted;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
