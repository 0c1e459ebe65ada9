import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Scanned, scan } from './scan.ts';

/** A file of the project; `path` is relative to the project's folder and uses `/`. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export interface SourceFile extends TextFile, Scanned {}

const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.brier', 'coverage', 'out', 'vendor']);
const SOURCE = /\.(?:ts|mts|tsx|mjs|js)$/;

/** Every file of the project that is written by hand, by path. */
export function projectPaths(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      return entry.isDirectory() ? projectPaths(root, path) : [path];
    })
    .sort();
}

export function readText(root: string, path: string): TextFile {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

export function isSource(path: string): boolean {
  return SOURCE.test(path);
}

export function source({ path, text }: TextFile): SourceFile {
  return { path, text, ...scan(text) };
}

/** `path:line: message`, as editors understand it. */
export function violation(file: TextFile, offset: number, message: string): string {
  return `${file.path}:${file.text.slice(0, offset).split('\n').length}: ${message}`;
}

/** One violation for every match of a pattern (with the `g` flag) in a view of the file. */
export function eachMatch(file: TextFile, view: string, pattern: RegExp, message: (match: string) => string): string[] {
  return [...view.matchAll(pattern)].map((match) => violation(file, match.index, message(match[0])));
}
