import { mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, isBuilt } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { ProgramFailed, step } from './steps.mjs';

/** The project's folder, whatever the current one is. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** How long one process waits for another that installs or builds in this folder; then it stops with an error. */
const LOCK_WAIT_MAX_MS = 10 * 60_000;
const LOCK_POLL_MS = 100;

/**
 * Makes the project ready to run: installs when node_modules is not what the lockfile asks for, builds when dist is not
 * what the sources say. Costs some milliseconds when there is nothing to do. False where that is impossible; then the
 * output of what failed has been shown.
 * @returns {Promise<boolean>}
 */
export async function prepare() {
  if (!isSupportedNode()) return false;
  try {
    if (!isInstalled(root) || !isBuilt(root)) await withLock(installAndBuild);
    return true;
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    process.stderr.write(`${error.output.trimEnd()}\n${error.message}\n`);
    return false;
  }
}

async function installAndBuild() {
  if (!isInstalled(root)) await step('Installing dependencies (npm ci)', () => install(root));
  if (!isBuilt(root)) await step('Building (tsc -b)', () => build(root));
}

function isSupportedNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [wantedMajor = 0, wantedMinor = 0] = engines.node.replace('>=', '').split('.').map(Number);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return true;
  process.stderr.write(`Brier needs Node ${engines.node}; this is Node ${process.versions.node}.\n`);
  return false;
}

/**
 * One installer or builder at a time in this folder: tests and servers may be started side by side. The lock of a
 * process that has died is taken over.
 * @param {() => Promise<void>} work
 */
async function withLock(work) {
  const lock = join(root, '.brier/prepare.lock');
  mkdirSync(dirname(lock), { recursive: true });
  const deadline = performance.now() + LOCK_WAIT_MAX_MS;
  const wait = async () => {
    while (!tryLock(lock)) {
      if (performance.now() > deadline) throw new ProgramFailed('Waiting', `Another process holds ${lock}.`);
      await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
  };
  if (!tryLock(lock)) await step('Waiting for another process to install or build', wait);
  const unlock = () => rmSync(lock, { force: true });
  process.on('exit', unlock);
  try {
    await work();
  } finally {
    unlock();
    process.off('exit', unlock);
  }
}

/**
 * @param {string} lock
 * @returns {boolean}
 */
function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (isHeld(lock)) return false;
  rmSync(lock, { force: true });
  return tryLock(lock);
}

/** @param {string} lock */
function isHeld(lock) {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    // The number is written just after the file is made.
    if (holder === 0) return Date.now() - statSync(lock).mtimeMs < 1000;
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

const program = process.argv[1];
if (program && realpathSync(program) === fileURLToPath(import.meta.url)) process.exitCode = (await prepare()) ? 0 : 1; // npm run build
