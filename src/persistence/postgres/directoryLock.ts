import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startMark } from './processes.ts';

/** Held by one exchange on one data directory. */
export interface DirectoryLock {
  release(): void;
}

interface Holder {
  pid: number;
  /** See `startMark`: an id alone is reused, in containers at every start. */
  started: string | null;
  token: string;
}

const FILE_NAME = 'lock';
const ATTEMPTS_MAX = 5;
const tokensOfThisProcess = new Set<string>();

/**
 * Takes the data directory for this process, or throws an Error that names the process that has it. The lock of a
 * process that was killed is taken over. PostgreSQL guards the cluster itself as well, and the journal's epoch fences
 * writers, so this is the polite refusal, not the last line of defence.
 */
export function lockDirectory(dataDir: string): DirectoryLock {
  const path = join(dataDir, FILE_NAME);
  const mine: Holder = { pid: process.pid, started: startMark(process.pid), token: randomBytes(8).toString('hex') };
  const draft = `${path}.${mine.token}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (tryLink(draft, path)) {
        tokensOfThisProcess.add(mine.token);
        return { release: () => releaseLock(path, mine.token) };
      }
      const holder = readHolder(path);
      if (holder !== null && isHeld(holder)) {
        throw new Error(
          `The data directory ${dataDir} is in use by process ${holder.pid}. ` +
            'Stop that exchange first, or give this one a data directory of its own.',
        );
      }
      removeStale(path, holder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new Error(`The data directory ${dataDir} could not be locked: ${path} keeps changing.`);
}

/** A hard link appears whole or not at all, and only where nothing is: unlike a file that is opened and then written. */
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isHeld(holder: Holder): boolean {
  if (holder.pid === process.pid && holder.started === null) return tokensOfThisProcess.has(holder.token);
  return isAlive(holder.pid) && startMark(holder.pid) === holder.started;
}

function removeStale(path: string, stale: Holder | null): void {
  const aside = `${path}.stale-${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Someone else has removed it: try again.
  }
  const moved = readHolder(aside);
  // Between our reading and our renaming another process may have taken the lock: give it back.
  if (moved !== null && moved.token !== stale?.token) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function releaseLock(path: string, token: string): void {
  tokensOfThisProcess.delete(token);
  if (readHolder(path)?.token === token) rmSync(path, { force: true });
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}
