import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mutations } from '../../scripts/mutations/list/index.mjs';
import { isKilled, mutate, verdictOf } from '../../scripts/mutations/mutate.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the list of deliberate bugs', () => {
  it('is long enough, and each has its own name', () => {
    expect(mutations.length).toBeGreaterThanOrEqual(25);
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });
  it.each(mutations)('fits the sources: $name', ({ file, find, replace, tests }) => {
    const source = readFileSync(`${root}${file}`, 'utf8');
    const mutated = mutate(source, { find, replace });
    expect(mutated, `'${find}' is not in ${file} exactly once`).toBeDefined();
    expect(mutated).not.toBe(source);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
  });
});

describe('a deliberate bug', () => {
  it('is put in where its text is, once', () => {
    expect(mutate('a < b && c', { find: 'a < b', replace: 'a <= b' })).toBe('a <= b && c');
    expect(mutate('a > b', { find: 'a < b', replace: '$&' })).toBeUndefined();
    expect(mutate('a < b; a < b', { find: 'a < b', replace: 'a <= b' })).toBeUndefined();
    expect(mutate('f(x);', { find: 'f(x)', replace: "g('$&')" })).toBe("g('$&');");
  });

  const file = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((status) => ({ status })),
  });
  it.each([
    { of: 'a failed test', results: [file('failed', 'passed', 'failed')], verdict: 'killed' },
    { of: 'passed tests', results: [file('passed', 'passed', 'skipped')], verdict: 'SURVIVED' },
    { of: 'a file that does not load', results: [file('failed')], verdict: 'BROKEN' },
    { of: 'no tests at all', results: [], verdict: 'BROKEN' },
  ])('is judged by $of: $verdict', ({ results, verdict }) => {
    const found = verdictOf({ report: { testResults: results }, timedOut: false });
    expect(found).toBe(verdict);
    expect(isKilled(found)).toBe(verdict === 'killed');
  });
  it('is judged by tests that do not end, and by a run that reports nothing', () => {
    expect(verdictOf({ report: undefined, timedOut: true })).toBe('killed (no end)');
    expect(verdictOf({ report: undefined, timedOut: false })).toBe('BROKEN');
  });
});
