import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagedBinaries, restoreSymlinks } from '../../src/persistence/postgres/binaries.ts';

describe('the packaged binaries', () => {
  it('are there for this platform', () => {
    for (const program of Object.values(packagedBinaries())) expect(existsSync(program)).toBe(true);
  });

  it('get the symbolic links that npm’s blocked install script did not make, and keep those that exist', () => {
    const root = mkdtempSync(join(tmpdir(), 'brier-symlinks-'));
    mkdirSync(join(root, 'native/lib'), { recursive: true });
    writeFileSync(join(root, 'native/lib/libpq.so.5.18'), 'library');
    const symlinks = ['native/lib/libpq.so', 'native/lib/libpq.so.5'].map((target) => ({
      source: 'native/lib/libpq.so.5.18',
      target,
    }));
    writeFileSync(join(root, 'native/pg-symlinks.json'), JSON.stringify(symlinks));
    restoreSymlinks(root);
    restoreSymlinks(root);
    for (const { target } of symlinks) {
      // Relative, so that the directory may be moved.
      expect(readlinkSync(join(root, target))).toBe('libpq.so.5.18');
      expect(readFileSync(join(root, target), 'utf8')).toBe('library');
    }
    rmSync(root, { recursive: true });
  });
});
