import { mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Makes the data directory (0700) and those above it where they are missing, and makes sure that something can be made in it.
 * Throws an Error that names the directory and says why not.
 */
export function makeDataDirectory(path: string): void {
  try {
    makeWithParents(path);
    rmdirSync(mkdtempSync(join(path, '.writable-')));
  } catch (error) {
    throw new Error(`${path} cannot be made or written to: ${(error as Error).message}`);
  }
}

/** Node's own `recursive` repeats itself for ever where the system says ENOENT below a directory that is there, as in /proc. */
function makeWithParents(path: string): void {
  if (isDirectory(path)) return;
  makeWithParents(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another start may have made it in between.
    if (!isDirectory(path)) throw error;
  }
}
