import { eachMatch, type SourceFile, type TextFile } from './files.ts';

const LINES_MAX = 400;
/** Files that may be longer, each with the reason. */
const LONG_FILES: Readonly<Record<string, string>> = {};
const EMPTY_WORDS = /^(?:utils?|helpers?|commons?|misc)$/i;
const UNFINISHED = /\b(?:TODO|FIXME|XXX|HACK)\b/g;

/** A file can be held in the head. */
export function fileLengths(files: readonly TextFile[], exceptions = LONG_FILES): string[] {
  const lengths = new Map(files.map(({ path, text }) => [path, text.trimEnd().split('\n').length]));
  const tooLong = [...lengths]
    .filter(([path, lines]) => lines > LINES_MAX && exceptions[path] === undefined)
    .map(([path, lines]) => `${path}: ${lines} lines, at most ${LINES_MAX}`);
  const stale = Object.keys(exceptions)
    .filter((path) => (lengths.get(path) ?? 0) <= LINES_MAX)
    .map((path) => `${path}: needs no exception from the length limit`);
  return [...tooLong, ...stale];
}

/** A name says what is inside. */
export function tellingNames(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const empty = path.split(/[/._-]/).find((word) => EMPTY_WORDS.test(word));
    return empty === undefined ? [] : [`${path}: '${empty}' does not say what is inside`];
  });
}

/** What is left to do is in the tracker, not in the code. `view` chooses where to look. */
export function nothingUnfinished(files: readonly TextFile[], view: (file: TextFile) => string): string[] {
  return files.flatMap((file) => eachMatch(file, view(file), UNFINISHED, (word) => `${word} is left`));
}

/** The compiler sees everything: no escape from its types, no silenced error. */
export function noEscapes(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [
    ...eachMatch(file, file.code, /(?<![.\w$])any\b(?!\s*[(:])/g, () => "'any' hides errors"),
    ...eachMatch(file, file.code, /\bz\s*\.\s*any\s*\(/g, () => 'z.any() hides errors'),
    ...eachMatch(file, file.comments, /@ts-(?:ignore|nocheck)/g, (found) => `${found} hides errors`),
  ]);
}

/**
 * The environment is read once, in config.ts; where a variable is read elsewhere nobody validates or documents it.
 * Handing the whole environment to a child process is something else.
 */
export function environmentReadOnce(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.startsWith('src/') && path !== 'src/config.ts' && path !== 'src/main.ts')
    .flatMap((file) =>
      eachMatch(file, file.code, /\bprocess\s*\.\s*env\s*(?:\?\.|[.[])/g, () => 'read it in src/config.ts'),
    );
}
