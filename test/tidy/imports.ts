import { posix } from 'node:path';
import { type SourceFile, violation } from './files.ts';

export interface Import {
  readonly offset: number;
  /** As written: `zod`, `node:fs`, `../units.ts`. */
  readonly specifier: string;
  /** Erased by the compiler: `import type`, `export type`. */
  readonly typeOnly: boolean;
}

const FORMS = [
  /\b(?:import|export)\s+(?<type>type\s+(?!from\b))?[\w$*\s{},]+?\bfrom\s*(?=['"])/g,
  /(?<![.\w$])import\s*(?=['"])/g,
  /(?<![.\w$])(?:import|require|require\.resolve)\s*\(\s*(?=['"])/g,
];

/** Static and dynamic imports, re-exports and `require` calls with a literal name, in the order of the text. */
export function importsOf(file: SourceFile): Import[] {
  return FORMS.flatMap((form) => [...file.code.matchAll(form)])
    .map((match) => {
      const quoteAt = match.index + match[0].length;
      const end = file.text.indexOf(file.text[quoteAt] ?? '', quoteAt + 1);
      return {
        offset: match.index,
        specifier: file.text.slice(quoteAt + 1, end),
        typeOnly: match.groups?.type !== undefined,
      };
    })
    .sort((a, b) => a.offset - b.offset);
}

/** The path that a relative import means, else undefined. */
export function targetOf(file: SourceFile, { specifier }: Import): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : undefined;
}

/** The package of a bare import (`a` of `a/b`, `@a/b` of `@a/b/c`), else undefined. */
export function packageOf({ specifier }: Import): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** Relative imports name the file that exists, `.ts` included, so that every runner finds it without guessing. */
export function exactPaths(files: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((found) => {
      const target = targetOf(file, found);
      if (target === undefined || exists(target)) return [];
      return [violation(file, found.offset, `'${found.specifier}' names no file`)];
    }),
  );
}

/** Each of these packages is wrapped once: at most one file imports it, its types included. */
export function oneImporter(files: readonly SourceFile[], packages: readonly string[]): string[] {
  return packages.flatMap((name) => {
    const importers = files.filter((file) => importsOf(file).some((found) => packageOf(found) === name));
    return importers.length > 1
      ? [`'${name}' is imported by ${importers.map(({ path }) => path).join(', ')}: wrap it once`]
      : [];
  });
}

/** What runs in production is installed in production: src imports only `dependencies` and Node's own, with `node:`. */
export function onlyDependencies(files: readonly SourceFile[], dependencies: readonly string[]): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((found) => {
      const name = packageOf(found);
      if (name === undefined || dependencies.includes(name)) return [];
      return [violation(file, found.offset, `'${name}' is not among the dependencies`)];
    }),
  );
}

/** Files that import each other in a circle depend on the order in which they are loaded. Types may go round. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: SourceFile, trail: readonly string[]) => {
    const begin = trail.indexOf(file.path);
    if (begin !== -1) cycles.push([...trail.slice(begin), file.path].join(' → '));
    if (begin !== -1 || done.has(file.path)) return;
    for (const found of importsOf(file)) {
      const next = found.typeOnly ? undefined : byPath.get(targetOf(file, found) ?? '');
      if (next) visit(next, [...trail, file.path]);
    }
    done.add(file.path);
  };
  for (const file of files) visit(file, []);
  return cycles;
}
