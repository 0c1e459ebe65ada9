import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDataDirectory } from '../../src/persistence/dataDirectory.ts';

const MODULE = new URL('../../src/persistence/dataDirectory.ts', import.meta.url).href;
/** Nobody’s, on every system: no permission stops root. */
const NOBODY = 65_534;
const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;
if (!canMount) console.warn('nothing can be mounted here: a read-only file system is not tested');

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'brier-data-directory-'));
  writeFileSync(join(base, 'file'), '');
  symlinkSync(join(base, 'nothing'), join(base, 'link to nothing'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

test('it is made with those above it, for its owner alone, and nothing is left in it', () => {
  const path = join(base, 'a', 'b');
  makeDataDirectory(path);
  for (const made of [path, join(base, 'a')]) expect(statSync(made).mode & 0o777).toBe(0o700);
  expect(readdirSync(path)).toEqual([]);
});

test('one that is there, behind a link too, stays as it is', () => {
  const path = join(base, 'there');
  mkdirSync(path);
  chmodSync(path, 0o755);
  symlinkSync(path, join(base, 'link'));
  makeDataDirectory(join(base, 'link'));
  expect(statSync(path).mode & 0o777).toBe(0o755);
});

test.each(['file', 'file/below', 'link to nothing'])('%s is none: the error names it and says why', (name) => {
  const path = join(base, name);
  expect(() => makeDataDirectory(path)).toThrow(`${path} cannot be made or written to: E`);
  expect(() => makeDataDirectory(path)).toThrow(/EEXIST|ENOTDIR/);
});

test('one that may not be written to is refused', () => {
  const path = join(base, 'closed');
  chmodSync(base, 0o755);
  mkdirSync(path, { mode: 0o555 });
  const make = `const { makeDataDirectory } = await import('${MODULE}');
    if (process.geteuid() === 0) process.seteuid(${NOBODY});
    makeDataDirectory(process.env.DIRECTORY)`;
  for (const directory of [path, join(path, 'below')]) {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', make], {
      encoding: 'utf8',
      env: { ...process.env, DIRECTORY: directory },
    });
    expect(status).toBe(1);
    expect(stderr).toContain(`${directory} cannot be made or written to: EACCES`);
  }
});

test.skipIf(!canMount)('one on a read-only file system is refused', () => {
  const path = join(base, 'read-only');
  mkdirSync(path);
  const make = `(await import('${MODULE}')).makeDataDirectory(process.env.DIRECTORY)`;
  for (const directory of [path, join(path, 'below')]) {
    const { status, stderr } = spawnSync(
      'unshare',
      ['-m', 'sh', '-c', `mount -t tmpfs -o ro none "${path}" && exec "$@"`, 'sh', process.execPath].concat(
        ...[['--import', 'tsx', '--input-type=module', '--eval', make]],
      ),
      { encoding: 'utf8', env: { ...process.env, DIRECTORY: directory } },
    );
    expect(status).toBe(1);
    expect(stderr).toContain(`${directory} cannot be made or written to: EROFS`);
  }
});
