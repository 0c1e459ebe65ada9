import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './steps.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lockfile
 */

/**
 * True when node_modules holds what package-lock.json asks for. npm writes node_modules/.package-lock.json last, so an
 * interrupted install, another branch's install and one without development packages are all found out, while an
 * install that somebody made by hand is accepted and needs no network.
 * @param {string} root
 */
export function isInstalled(root) {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = readLockfile(join(root, 'package-lock.json'));
  const installed = readLockfile(installedFile);
  return Object.entries(wanted.packages).every(([path, locked]) => {
    if (path === '') return true;
    const found = installed.packages[path];
    if (!found) return locked.optional === true; // built for another platform
    return found.version === locked.version && found.integrity === locked.integrity;
  });
}

/**
 * `npm ci`, with development packages (the compiler is one) whatever NODE_ENV says. No package's install script is
 * run: npm 12 would block them, and what is installed should not depend on which npm it is. None is needed: the native
 * packages bring what they compiled, and the server makes the embedded PostgreSQL's library links itself.
 * @param {string} root
 */
export async function install(root) {
  const args = ['ci', '--include=dev', '--ignore-scripts', '--prefer-offline', '--no-progress', '--loglevel=warn'];
  const npmCli = process.env.npm_execpath;
  if (npmCli && basename(npmCli) === 'npm-cli.js') {
    await run(process.execPath, [npmCli, ...args], { cwd: root, name: 'npm ci' });
  } else {
    await run('npm', args, { cwd: root, name: 'npm ci' });
  }
}

/**
 * @param {string} file
 * @returns {Lockfile}
 */
function readLockfile(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
