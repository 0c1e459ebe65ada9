import { describe, expect, it } from 'vitest';
import { changelogEntry, documentedEnvironment, environmentNames, resolvingLinks } from './docs.ts';
import { isSource, type SourceFile, source } from './files.ts';
import { exactPaths, importCycles, importsOf, oneImporter, onlyDependencies } from './imports.ts';
import { importDirection } from './layers.ts';
import { decidedScripts, exactVersions, lockfileInStep, portableLockfile } from './packages.ts';
import { enginePurity } from './purity.ts';
import { scan } from './scan.ts';
import { environmentReadOnce, fileLengths, noEscapes, nothingUnfinished, tellingNames } from './text.ts';

/** Every rule is shown something bad, so that a rule that no longer sees anything is noticed. */

const file = (path: string, text: string): SourceFile => source({ path, text });

describe('scan', () => {
  it.each([
    ["a = 'x // y'; // note", "a = '      ';        ", `${' '.repeat(14)}// note`],
    ['a = "\\"Date"; b', 'a = "      "; b', ' '.repeat(15)],
    ['a /* Date */ b', 'a            b', '  /* Date */  '],
    ['`Date $' + '{ f({ a: `x` }) } Date`', '`     $' + '{ f({ a: ` ` }) }     `', ' '.repeat(30)],
    ['x = /["/]\\//.test(y) / 2', 'x = /      /.test(y) / 2', ' '.repeat(24)],
    ["return /'/; // c", 'return / /;     ', '            // c'],
    ['a / b; c / d // e', 'a / b; c / d     ', '             // e'],
    ['#!/usr/bin/env node\nDate', '                   \nDate', '#!/usr/bin/env node\n    '],
    ["'😀'; Date", "'  '; Date", '          '],
  ])('%s', (text, code, comments) => expect(scan(text)).toEqual({ code, comments }));
});

describe('importsOf', () => {
  it.each([
    ["import { a } from 'x';", 'x', false],
    ["import a, * as b from './x.ts';", './x.ts', false],
    ["import type { A } from 'x';", 'x', true],
    ["import { type A } from 'x';", 'x', false],
    ["import {\n  a,\n  b as c,\n} from 'x';", 'x', false],
    ["import 'x';", 'x', false],
    ["export * from 'x';", 'x', false],
    ["export type { A } from 'x';", 'x', true],
    ["const a = await import('x');", 'x', false],
    ["const a = require('x');", 'x', false],
    ["import { from } from 'x';", 'x', false],
  ])('%s', (text, specifier, typeOnly) =>
    expect(importsOf(file('src/a.ts', text))).toMatchObject([{ specifier, typeOnly }]));
  it('reads neither comments nor strings', () =>
    expect(importsOf(file('src/a.ts', `// import 'x'\nconst a = "import 'y'"; export const b = 1;`))).toEqual([]));
  it('counts lines', () =>
    expect(exactPaths([file('src/a.ts', "\n\nimport './b.js';")], () => false)).toEqual([
      "src/a.ts:3: './b.js' names no file",
    ]));
});

describe('importDirection', () => {
  it.each([
    ['src/protocol/a.ts', '../engines/a.ts'],
    ['src/protocol/a.ts', 'pino'],
    ['src/protocol/a.ts', 'node:fs'],
    ['src/protocol/a.ts', '../config.ts'],
    ['src/engines/a.ts', '../persistence/a.ts'],
    ['src/engines/order-book/a.ts', '../../gateway/a.ts'],
    ['src/engines/a.ts', 'zod'],
    ['src/engines/a.ts', 'node:crypto'],
    ['src/engines/loop/a.ts', 'node:worker_threads'],
    ['src/persistence/a.ts', '../gateway/a.ts'],
    ['src/persistence/a.ts', '../jobs/a.ts'],
    ['src/jobs/a.ts', '../gateway/a.ts'],
    ['src/gateway/a.ts', '../jobs/a.ts'],
    ['src/gateway/a.ts', '../process/a.ts'],
    ['src/process/a.ts', '../sdk/a.ts'],
    ['src/sdk/a.ts', '../engines/a.ts'],
    ['src/sdk/a.ts', 'ioredis'],
    ['src/config.ts', './gateway/a.ts'],
    ['src/gateway/a.ts', '../main.ts'],
    ['src/jobs/a.ts', '../workers/engine.ts'],
    ['src/jobs/a.ts', '../../test/a.ts'],
    ['src/elsewhere/a.ts', './b.ts'],
  ])('refuses %s → %s', (path, specifier) =>
    expect(importDirection([file(path, `import { a } from '${specifier}';`)])).toHaveLength(1));
  it.each([
    ['src/protocol/a.ts', "import { z } from 'zod';"],
    ['src/engines/lmsr/a.ts', "import { Decimal } from 'decimal.js';"],
    ['src/engines/a.ts', "import type { Ticks } from '../protocol/units.ts';"],
    ['src/gateway/a.ts', "import { a } from '../persistence/a.ts';"],
    ['src/jobs/a.ts', "import { a } from '../persistence/a.ts';"],
    ['src/persistence/a.ts', "import postgres from 'postgres';"],
    ['src/persistence/a.ts', "import { a } from '../config.ts';"],
    ['src/process/a.ts', "import { a } from '../gateway/a.ts';"],
    ['src/main.ts', "import { a } from './gateway/a.ts';"],
    ['src/workers/engine.ts', "import { a } from '../gateway/a.ts';"],
  ])('allows %s: %s', (path, text) => expect(importDirection([file(path, text)])).toEqual([]));
});

describe('modules', () => {
  it('oneImporter', () => {
    const files = [
      file('src/a.ts', "import p from 'postgres';"),
      file('src/b.ts', "import type { Sql } from 'postgres';"),
    ];
    expect(oneImporter(files, ['postgres', 'bullmq'])).toEqual([
      "'postgres' is imported by src/a.ts, src/b.ts: wrap it once",
    ]);
    expect(oneImporter([file('src/a.ts', "require('uWebSockets.js'); import '@x/y/z';")], ['@x/y'])).toEqual([]);
  });
  it('onlyDependencies', () =>
    expect(
      onlyDependencies([file('src/a.ts', "import 'tsx/esm';\nimport 'node:fs';\nimport 'zod';")], ['zod']),
    ).toEqual(["src/a.ts:1: 'tsx' is not among the dependencies"]));
  it('importCycles', () => {
    const a = file('src/a.ts', "import './x/b.ts';");
    const b = file('src/x/b.ts', "import { c } from './c.ts';");
    expect(importCycles([a, b, file('src/x/c.ts', "import '../a.ts';")])).toEqual([
      'src/a.ts → src/x/b.ts → src/x/c.ts → src/a.ts',
    ]);
    expect(importCycles([a, b, file('src/x/c.ts', "import type { A } from '../a.ts';")])).toEqual([]);
  });
  it('environmentReadOnce', () => {
    for (const text of ['process.env.A', 'process.env?.A', "process.env['A']"]) {
      expect(environmentReadOnce([file('src/jobs/a.ts', text)]), text).toHaveLength(1);
    }
    expect(environmentReadOnce([file('src/jobs/a.ts', 'spawn(file, { env: { ...process.env } })')])).toEqual([]);
    expect(environmentReadOnce([file('src/config.ts', 'const a = process.env.A;')])).toEqual([]);
  });
});

describe('enginePurity', () => {
  it.each([
    ['src/engines/a.ts', 'const now = Date.now();'],
    ['src/engines/a.ts', 'const now = new Date();'],
    ['src/engines/a.ts', 'const a = Math.random();'],
    ['src/engines/a.ts', 'process.exit(1);'],
    ['src/engines/a.ts', 'console.log(1);'],
    ['src/engines/a.ts', 'setTimeout(f, 1);'],
    ['src/engines/a.ts', 'performance.now();'],
    ['src/engines/a.ts', 'const a = `$' + '{Date.now()}`;'],
    ['src/engines/order-book/a.ts', 'const a = Math.exp(1);'],
    ['src/engines/hybrid/a.ts', 'const a = Math.log1p(1);'],
    ['src/engines/a.ts', 'const { exp } = Math;'],
    ['src/engines/lmsr/a.ts', 'const a = Math.sinh(1);'],
    ['src/engines/loop/a.ts', 'const a = Date.now();'],
    ['src/engines/loop/a.ts', 'const a = process.hrtime();'],
  ])('refuses %s: %s', (path, text) => expect(enginePurity([file(path, text)])).toHaveLength(1));
  it.each([
    ['src/engines/a.ts', "// Date\nconst a = 'Math.random'; state.process(a); const o = { performance: 1 };"],
    ['src/engines/a.ts', 'const a = Math.floor(Math.sqrt(4)) + Math.max(1, 2);'],
    ['src/engines/lmsr/a.ts', 'const a = Math.log1p(Math.exp(1));'],
    ['src/engines/loop/a.ts', 'Atomics.wait(a, 0, 0); performance.now(); setTimeout(f, 1);'],
    ['src/gateway/a.ts', 'const a = Date.now() + Math.random();'],
  ])('allows %s: %s', (path, text) => expect(enginePurity([file(path, text)])).toEqual([]));
});

describe('files', () => {
  it('fileLengths', () => {
    const long = { path: 'src/a.ts', text: 'a\n'.repeat(401) };
    expect(fileLengths([long], {})).toEqual(['src/a.ts: 401 lines, at most 400']);
    expect(fileLengths([long], { 'src/a.ts': 'one table' })).toEqual([]);
    expect(fileLengths([{ path: 'src/a.ts', text: 'a\n'.repeat(400) }], {})).toEqual([]);
    expect(fileLengths([{ path: 'src/a.ts', text: 'a' }], { 'src/a.ts': 'one table' })).toHaveLength(1);
  });
  it('tellingNames', () => {
    const bad = ['src/utils/a.ts', 'src/a/helper.ts', 'test/test-helpers.ts', 'src/common.ts', 'src/misc/x.ts'];
    expect(tellingNames(bad)).toHaveLength(bad.length);
    expect(tellingNames(['src/engines/commonality.ts', 'docs/utilisation.md'])).toEqual([]);
  });
  it('noEscapes', () => {
    const bad = [
      'let a: any;',
      'f(a as any);',
      'let a: Map<string, any>;',
      '// @ts-ignore',
      'z.any()',
      'let a: any[];',
    ];
    for (const text of bad) expect(noEscapes([file('src/a.ts', text)]), text).toHaveLength(1);
    expect(noEscapes([file('src/a.ts', "Promise.any(a); AbortSignal.any(b); // any\n'any'")])).toEqual([]);
  });
  it('nothingUnfinished', () => {
    const words = ['TO' + 'DO', 'FIX' + 'ME'];
    for (const word of words) {
      const files = [file('src/a.ts', `a(); // ${word}: later`)];
      expect(
        nothingUnfinished(files, ({ text }) => scan(text).comments),
        word,
      ).toHaveLength(1);
    }
    expect(nothingUnfinished([file('a.md', 'mastodons')], ({ text }) => text)).toEqual([]);
  });
  it('isSource', () =>
    expect(['a.ts', 'a.mjs', 'a.json', 'a.md', 'a.sql'].filter(isSource)).toEqual(['a.ts', 'a.mjs']));
});

describe('packages', () => {
  const manifest = { version: '1.0.0', dependencies: { a: '1.2.3' }, devDependencies: {} };
  it('exactVersions', () => {
    for (const version of [
      '^1.2.3',
      '~1.2.3',
      '1.2',
      '*',
      'latest',
      'npm:b@^1.0.0',
      'github:a/b',
      'github:a/b#v1.0.0',
    ]) {
      expect(exactVersions({ ...manifest, dependencies: { a: version } }), version).toHaveLength(1);
    }
    const dependencies = {
      a: '1.2.3',
      b: '18.4.0-beta.17',
      c: 'npm:uwebsockets@3.0.6',
      d: 'npm:@x/y@1.0.0',
      e: `github:a/b#${'0a'.repeat(20)}`,
    };
    expect(exactVersions({ ...manifest, dependencies })).toEqual([]);
    expect(exactVersions({ ...manifest, overrides: { a: '>1' } })).toHaveLength(1);
  });
  it('portableLockfile', () => {
    const packages = { '': {}, 'node_modules/a': { integrity: 'sha512-x' } };
    expect(portableLockfile({ packages })).toEqual([]);
    const commit = { resolved: `git+ssh://git@example.com/a/b.git#${'0a'.repeat(20)}` };
    expect(portableLockfile({ packages: { ...packages, 'node_modules/b': commit } })).toEqual([]);
    const elsewhere = { resolved: 'https://example.com/a.tgz' };
    expect(portableLockfile({ packages: { ...packages, 'node_modules/b': elsewhere } })).toHaveLength(2);
  });
  it('lockfileInStep', () => {
    expect(lockfileInStep(manifest, { packages: { '': { dependencies: { a: '1.2.3' } } } })).toEqual([]);
    expect(lockfileInStep(manifest, { packages: { '': { dependencies: { a: '1.2.4' } } } })).toHaveLength(1);
    expect(lockfileInStep(manifest, { packages: { '': { devDependencies: { a: '1.2.3' } } } })).toHaveLength(2);
  });
  it('decidedScripts', () => {
    const packages = { 'node_modules/b/node_modules/@x/a': { hasInstallScript: true } };
    expect(decidedScripts({ ...manifest, allowScripts: { '@x/a': false } }, { packages })).toEqual([]);
    expect(decidedScripts(manifest, { packages })).toEqual(['@x/a: not in allowScripts']);
    expect(decidedScripts({ ...manifest, allowScripts: { c: true } }, { packages: {} })).toHaveLength(1);
  });
});

describe('pages', () => {
  const exists = (path: string) => ['README.md', 'docs/a.md', 'docs', 'docs/a.png'].includes(path);
  const other = { path: 'docs/a.md', text: '# One `two`: three!\n\n## Same\n\n## Same\n\n```\n# no\n```\n' };
  const links = (text: string) => resolvingLinks([{ path: 'README.md', text }, other], exists);
  it('resolvingLinks', () => {
    const good = '[a](docs/a.md#one-two-three) [b](docs/) ![c](docs/a.png) [d](https://x.y/z) [e](docs/a.md#same-1)';
    expect(links(good)).toEqual([]);
    expect(links('# Top\n[a](#top)\n\n```\n[x](nowhere.md)\n```\n')).toEqual([]);
    const bad = [
      '[a](b.md)',
      '[a](docs/a.md#four)',
      '[a](#b)',
      '![a](b.png)',
      '<img src="b.png">',
      '[a](docs/a.md#no)',
    ];
    for (const text of bad) expect(links(text), text).toHaveLength(1);
    expect(links('\n\n[a](b.md)')).toEqual(["README.md:3: 'b.md' leads nowhere"]);
  });
  it('documentedEnvironment', () => {
    const text = `const schema = z.object({ DATABASE_URL: z.string() });\nread('BRIER_PORT'); env.REDIS_URL; const MAX = 'x';`;
    const config = file('src/config.ts', text);
    expect(environmentNames(config)).toEqual(['BRIER_PORT', 'DATABASE_URL', 'REDIS_URL']);
    const readme = { path: 'README.md', text: '`DATABASE_URL` and `REDIS_URL`, not BRIER_PORTS' };
    expect(documentedEnvironment(config, readme)).toEqual([
      'README.md: does not mention BRIER_PORT, which src/config.ts reads',
    ]);
  });
  it('changelogEntry', () => {
    const text = '# Changelog\n\n## [Unreleased]\n\n- a\n\n## [0.2.0]\n\n## [0.1.0] - 2026-01-01\n\n- b\n';
    expect(changelogEntry({ path: 'CHANGELOG.md', text }, '0.1.0')).toEqual([]);
    expect(changelogEntry({ path: 'CHANGELOG.md', text }, '0.2.0')).toHaveLength(1);
    expect(changelogEntry({ path: 'CHANGELOG.md', text }, '0.3.0')).toHaveLength(1);
  });
});
