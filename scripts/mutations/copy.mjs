import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verdictOf } from './mutate.mjs';

/** Not copied: what is made, what is installed (linked instead), and what no test reads. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.brier', 'coverage', 'out']);
/** A bug can make a loop endless. The tests that are named take seconds. */
const RUN_MAX_MS = 180_000;

/**
 * A copy of the project under the system's temporary directory, in which tests are run and sources are changed.
 * @param {string} root
 */
export function copyProject(root) {
  const folder = mkdtempSync(join(tmpdir(), 'brier-mutations-'));
  for (const name of readdirSync(root)) {
    if (!LEFT_OUT.has(name)) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let running;
  /** Vitest has workers of its own: all of its process group ends. */
  const kill = () => {
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    try {
      process.kill(-running.pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  };
  /**
   * @param {readonly string[]} tests
   * @param {readonly string[]} flags
   * @returns {Promise<{ report: import('./mutate.mjs').Report | undefined, timedOut: boolean, output: string, code: number | null }>}
   */
  const once = (tests, flags) =>
    new Promise((resolve, reject) => {
      const reportFile = join(folder, 'report.json');
      rmSync(reportFile, { force: true });
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
      const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
      const child = spawn(process.execPath, [vitest, 'run', ...flags, ...reporters, ...tests], {
        cwd: folder,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running = child;
      let output = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        kill();
      }, RUN_MAX_MS);
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined;
        resolve({ report, timedOut, output, code });
      });
    });

  return {
    folder,
    remove: () => {
      kill();
      rmSync(folder, { recursive: true, force: true });
    },
    /**
     * Runs tests until one fails. A run that ends at the first failure does not always say which it was: then all of them.
     * @param {readonly string[]} tests
     * @returns {Promise<{ report: import('./mutate.mjs').Report | undefined, timedOut: boolean, output: string }>}
     */
    run: async (tests) => {
      const first = await once(tests, ['--bail=1']);
      return first.code !== 0 && verdictOf(first) === 'SURVIVED' ? once(tests, []) : first;
    },
  };
}
