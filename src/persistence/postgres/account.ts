import { execFileSync, type SpawnOptions, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import type { Binaries } from './binaries.ts';

/** The operating-system account that the server runs under: PostgreSQL refuses to run as root. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/** A program with its arguments and the identity to run it under, ready for `spawn`. */
export interface Launch {
  file: string;
  args: string[];
  identity: Pick<SpawnOptions, 'uid' | 'gid'>;
}

const ACCOUNT_NAME = 'postgres';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account `postgres`, made when it does not exist yet. Only root needs one, and only root can make it.
 * Throws an Error saying what to do where it cannot be made.
 */
export function postgresAccount(): ServerAccount {
  const existing = lookUpAccount();
  if (existing !== null) return existing;
  try {
    execFileSync('groupadd', ['--system', ACCOUNT_NAME], { stdio: 'ignore' });
  } catch {
    // The group may exist without the account; useradd tells.
  }
  try {
    const shell = ['--shell', '/bin/false', '--no-create-home'];
    execFileSync('useradd', ['--system', '--gid', ACCOUNT_NAME, ...shell, ACCOUNT_NAME], { stdio: 'ignore' });
  } catch {
    // Reported below, together with the ways out.
  }
  const made = lookUpAccount();
  if (made !== null) return made;
  throw new Error(
    `PostgreSQL does not run as root, and the account "${ACCOUNT_NAME}" could not be made. ` +
      'Start as another user, make that account, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

/**
 * How to run `program` as `account` (null: as ourselves).
 *
 * Where root keeps the project or the data in a directory that other accounts cannot enter (`/root` is 0700), the
 * server keeps root's right to enter directories as its only capability; the files it makes are the account's still.
 */
export function launch(
  account: ServerAccount | null,
  binaries: Binaries,
  dataDir: string,
  program: string,
  args: string[],
): Launch {
  if (account === null) return { file: program, args, identity: {} };
  if (canEnter(account, [dirname(binaries.postgres), dataDir])) return { file: program, args, identity: account };
  const { uid, gid } = account;
  const capability = '+dac_override';
  const drop = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const keep = [`--inh-caps=${capability}`, `--ambient-caps=${capability}`];
  if (spawnSync('setpriv', [...drop, ...keep, 'true']).status !== 0) {
    throw new Error(
      `The account "${ACCOUNT_NAME}" (uid ${uid}), under which PostgreSQL runs when Brier is started by root, ` +
        `cannot enter ${dirname(binaries.postgres)} or ${dataDir}. Start as another user, move both out of a private ` +
        'directory such as /root, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  return { file: 'setpriv', args: [...drop, ...keep, program, ...args], identity: {} };
}

function canEnter(account: ServerAccount, directories: string[]): boolean {
  const script = 'for directory; do cd "$directory" || exit 1; done';
  return (
    spawnSync('/bin/sh', ['-c', script, 'sh', ...directories], { ...account, cwd: '/', stdio: 'ignore' }).status === 0
  );
}

function lookUpAccount(): ServerAccount | null {
  const id = (flag: string) => Number(execFileSync('id', [flag, ACCOUNT_NAME], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}
