import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from '../prepare.mjs';
import { step } from '../steps.mjs';
import { copyProject } from './copy.mjs';
import { mutations } from './list/index.mjs';
import { isKilled, killerOf, mutate, verdictOf } from './mutate.mjs';

/**
 * `npm run test:mutations [-- WORD …]`: puts one deliberate bug after the other (those with a WORD in their name or file)
 * into a copy of the project and runs the tests that should notice. Exit code 0 when every one is killed.
 */

if (!(await prepare())) process.exit(1);
const words = process.argv.slice(2);
const chosen = mutations.filter(
  ({ name, file }) => words.length === 0 || words.some((word) => `${name} ${file}`.includes(word)),
);
const copy = copyProject(root);
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.on(signal, () => {
    copy.remove();
    process.exit(code);
  });
}
try {
  process.exitCode = (await testsPass()) && (await allKilled()) ? 0 : 1;
} finally {
  copy.remove();
}

/** Without a bug nothing may fail, or every bug would seem to be noticed. */
async function testsPass() {
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))];
  const { report, timedOut, output } = await step('The tests without a bug', () => copy.run(tests));
  if (verdictOf({ report, timedOut }) === 'SURVIVED') return true;
  process.stdout.write(`${output.trimEnd()}\nThe tests fail without a bug: nothing can be said about bugs.\n`);
  return false;
}

async function allKilled() {
  let killed = 0;
  for (const [index, mutation] of chosen.entries()) {
    const begun = performance.now();
    const { verdict, by } = await verdictOn(mutation);
    if (isKilled(verdict)) killed++;
    const seconds = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
    const number = `${index + 1}/${chosen.length}`;
    const { name, file } = mutation;
    process.stdout.write(`${number.padStart(7)}  ${verdict.padEnd(8)} ${seconds.padStart(7)}  ${name}  (${file})\n`);
    if (by !== '') process.stdout.write(`${' '.repeat(28)}by: ${by}\n`);
  }
  process.stdout.write(`${killed} of ${chosen.length} deliberate bugs killed\n`);
  return killed === chosen.length && killed > 0;
}

/**
 * @param {import('./mutate.mjs').Mutation} mutation
 * @returns {Promise<{ verdict: import('./mutate.mjs').Verdict, by: string }>}
 */
async function verdictOn(mutation) {
  const file = join(copy.folder, mutation.file);
  const source = readFileSync(file, 'utf8');
  const mutated = mutate(source, mutation);
  if (mutated === undefined) return { verdict: 'STALE', by: '' };
  writeFileSync(file, mutated);
  try {
    const run = await copy.run(mutation.tests);
    return { verdict: verdictOf(run), by: killerOf(run.report) };
  } finally {
    writeFileSync(file, source);
  }
}
