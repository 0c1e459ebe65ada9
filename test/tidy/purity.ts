import { eachMatch, type SourceFile } from './files.ts';

/** What would make the same commands give another state: time, chance, the machine and its surroundings. */
const IMPURE_ANYWHERE = ['Date', 'process', 'Math\\.random', 'crypto', 'fetch'];
/** What the loop may use, since it waits and measures; the state machine may not. */
const IMPURE_IN_THE_CORE = [
  'performance',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'globalThis',
  'Atomics',
  'SharedArrayBuffer',
];
/** ECMAScript leaves their last bits open, so only the code with a proven error bound may use some of them. */
const INEXACT = 'exp|expm1|log|log1p|log2|log10|pow|sinh?|cosh?|tanh?|asinh?|acosh?|atanh?|atan2|cbrt|hypot';
const INEXACT_IN_LMSR = 'log2|log10|sinh?|cosh?|tanh?|asinh?|acosh?|atanh?|atan2|cbrt|hypot';

/** The engine is handed time and identity and computes the same on every machine. */
export function enginePurity(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.startsWith('src/engines/'))
    .flatMap((file) => {
      const inLoop = file.path.startsWith('src/engines/loop/');
      const names = inLoop ? IMPURE_ANYWHERE : [...IMPURE_ANYWHERE, ...IMPURE_IN_THE_CORE];
      const inexact = file.path.startsWith('src/engines/lmsr/') ? INEXACT_IN_LMSR : INEXACT;
      return [
        // A property or a parameter of that name is something else.
        ...eachMatch(file, file.code, new RegExp(`(?<![.\\w$])(?:${names.join('|')})\\b(?!\\s*:)`, 'g'), impure),
        ...eachMatch(file, file.code, new RegExp(`\\bMath\\s*\\.\\s*(?:${inexact})\\b`, 'g'), notExact),
        ...eachMatch(file, file.code, /\bMath\b(?!\s*\.)/g, () => 'Math may only be used as Math.name'),
      ];
    });
}

function impure(name: string): string {
  return `the engine may not use ${name}`;
}

function notExact(name: string): string {
  return `${name} may differ in its last bit between machines`;
}
