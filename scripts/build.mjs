import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { run } from './steps.mjs';

const STAMP = 'dist/.built-from';
const BUILD_STATE = 'dist/.tsbuildinfo';
const SETTINGS = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.src.json'];
/** What the compiler makes of a source file. */
const OUTPUT_SUFFIXES = ['.js', '.js.map', '.d.ts'];

/**
 * True when dist was built from these very sources and nothing in it is missing.
 * @param {string} root
 */
export function isBuilt(root) {
  const stamp = join(root, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash(root) && isComplete(root);
}

/**
 * Compiles src to dist, copies what is not TypeScript (SQL, pages) beside it, and removes what no source makes any more.
 * @param {string} root
 */
export async function build(root) {
  const hash = sourceHash(root); // taken first: an edit during the build makes the next build run again
  rmSync(join(root, STAMP), { force: true });
  // The compiler trusts its own state, not the folder: after somebody deleted outputs it would not write them again.
  if (!isComplete(root)) rmSync(join(root, BUILD_STATE), { force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-b', 'tsconfig.src.json'], { cwd: root, name: 'tsc -b' });
  copyAssets(root);
  removeStale(root);
  writeFileSync(join(root, STAMP), hash);
}

/** @param {string} root */
function sourceHash(root) {
  const hash = createHash('sha256');
  for (const file of [...SETTINGS, ...filesBelow(join(root, 'src')).map((name) => join('src', name))]) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** @param {string} root */
function isComplete(root) {
  return filesBelow(join(root, 'src')).every((name) => existsSync(join(root, 'dist', outputOf(name))));
}

/** @param {string} root */
function copyAssets(root) {
  for (const name of filesBelow(join(root, 'src')).filter((name) => !name.endsWith('.ts'))) {
    const to = join(root, 'dist', name);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(root, 'src', name), to);
  }
}

/** @param {string} root */
function removeStale(root) {
  const sources = new Set(filesBelow(join(root, 'src')));
  for (const name of filesBelow(join(root, 'dist'))) {
    const suffix = OUTPUT_SUFFIXES.find((suffix) => name.endsWith(suffix));
    const isMade = suffix !== undefined && sources.has(`${name.slice(0, -suffix.length)}.ts`);
    if (!isMade && !sources.has(name)) rmSync(join(root, 'dist', name));
  }
}

/** @param {string} name below src */
function outputOf(name) {
  return name.endsWith('.ts') ? name.replace(/\.ts$/, '.js') : name;
}

/**
 * Names of all files below a folder, sorted; files whose names begin with a dot are left out.
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + sep.length))
    .sort();
}
