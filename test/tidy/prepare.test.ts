import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build, isBuilt } from '../../scripts/build.mjs';
import { isInstalled } from '../../scripts/install.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.src.json', 'scripts'];

/** A small project with our scripts and settings, in a path with a space; packages are borrowed. */
let project: string;
const inProject = (path: string) => join(project, path);
const write = (path: string, text: string) => {
  mkdirSync(dirname(inProject(path)), { recursive: true });
  writeFileSync(inProject(path), text);
};

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'brier prepare-'));
  for (const name of COPIED) cpSync(join(root, name), inProject(name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), inProject('node_modules'));
  write('src/main.ts', 'export const answer: number = 42;\n');
});
afterEach(() => rmSync(project, { recursive: true }));

describe('build', () => {
  it('runs when a source has changed, and removes what no source makes any more', async () => {
    write('src/area/old.ts', 'export const old = 1;\n');
    write('src/area/table.sql', 'select 1;\n');
    expect(isBuilt(project)).toBe(false);
    await build(project);
    expect(isBuilt(project)).toBe(true);
    expect(readFileSync(inProject('dist/area/table.sql'), 'utf8')).toBe('select 1;\n');

    rmSync(inProject('src/area'), { recursive: true });
    write('src/main.ts', 'export const answer: number = 43;\n');
    expect(isBuilt(project)).toBe(false);
    await build(project);
    expect(readFileSync(inProject('dist/main.js'), 'utf8')).toContain('43');
    for (const gone of ['old.js', 'old.js.map', 'old.d.ts', 'table.sql']) {
      expect(existsSync(inProject(`dist/area/${gone}`)), gone).toBe(false);
    }
  });

  it('makes again what was deleted from dist', async () => {
    await build(project);
    rmSync(inProject('dist/main.js'));
    expect(isBuilt(project)).toBe(false);
    await build(project);
    expect(isBuilt(project)).toBe(true);
  });

  it('does not count as built after an error', async () => {
    write('src/main.ts', 'export const answer: number = "42";\n');
    await expect(build(project)).rejects.toMatchObject({ output: expect.stringContaining('src/main.ts(1,14)') });
    expect(isBuilt(project)).toBe(false);
  });
});

describe('isInstalled', () => {
  const lock = (version: string, optional = false) =>
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version, integrity: `of ${version}`, optional } } });

  it('compares what is installed with what is locked', () => {
    rmSync(inProject('node_modules'));
    write('package-lock.json', lock('1.0.0'));
    expect(isInstalled(project)).toBe(false);
    write('node_modules/.package-lock.json', lock('1.0.0'));
    expect(isInstalled(project)).toBe(true);
    write('package-lock.json', lock('1.0.1'));
    expect(isInstalled(project)).toBe(false);
  });
  it('misses no package that is for another platform', () => {
    rmSync(inProject('node_modules'));
    write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
    write('package-lock.json', lock('1.0.0', true));
    expect(isInstalled(project)).toBe(true);
    write('package-lock.json', lock('1.0.0'));
    expect(isInstalled(project)).toBe(false);
  });
});

describe('start', () => {
  it('becomes the server, which hears one signal once and whose exit code is passed on', async () => {
    // The marker signal is sent after the repeated one, so that it is heard after it.
    write(
      'src/main.ts',
      `let heard = 0;
      const waiting = setInterval(() => {}, 1000);
      process.on('SIGTERM', () => {
        console.log('heard', ++heard, process.argv[1] === new URL(import.meta.url).pathname.replaceAll('%20', ' '));
        process.kill(process.pid, 'SIGTERM');
        setImmediate(() => process.kill(process.pid, 'SIGWINCH'));
      });
      process.on('SIGWINCH', () => {
        clearInterval(waiting);
        process.exitCode = 40 + heard;
      });
      process.kill(process.pid, 'SIGTERM');\n`,
    );
    const started = await start();
    expect(started).toEqual({ code: 41, out: 'heard 1 true\n', err: expect.stringMatching(/^Building .* s\n$/) });
    const again = await start();
    expect(again).toEqual({ code: 41, out: 'heard 1 true\n', err: '' });
  });

  it('says what does not compile, and does not start', async () => {
    write('src/main.ts', "console.log('started'); export const answer: number = '';\n");
    const { code, out, err } = await start();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('src/main.ts(1,38)');
  });

  it('refuses an old Node in one line', async () => {
    write('package.json', JSON.stringify({ engines: { node: '>=999.1' } }));
    const { code, err } = await start();
    expect({ code, err }).toEqual({
      code: 1,
      err: `Brier needs Node >=999.1; this is Node ${process.versions.node}.\n`,
    });
  });
});

/** Starts the project's server from another folder and waits for its end. Never lets it install: packages are borrowed. */
async function start(): Promise<{ code: number | null; out: string; err: string }> {
  expect(isInstalled(project)).toBe(true);
  const child = spawn(process.execPath, [inProject('scripts/start.mjs')], { cwd: tmpdir() });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { code, out, err };
}
