/**
 * A deliberate bug: in `file` the text `find`, which is there exactly once, becomes `replace`, and at least one of `tests`
 * (what vitest takes: files or folders) must fail.
 * @typedef {{ name: string, file: string, find: string, replace: string, tests: readonly string[] }} Mutation
 */

/**
 * The source with the bug in it; undefined when `find` is not there exactly once, because the source has changed.
 * @param {string} source
 * @param {Pick<Mutation, 'find' | 'replace'>} mutation
 */
export function mutate(source, { find, replace }) {
  const parts = source.split(find);
  return parts.length === 2 ? parts.join(replace) : undefined;
}

/**
 * What became of a bug. `broken`: no test failed, but a file could not be run, so the bug proves nothing. `stale`: its
 * text is not there exactly once.
 * @typedef {'killed' | 'killed (no end)' | 'SURVIVED' | 'BROKEN' | 'STALE'} Verdict
 */

/**
 * What vitest's JSON reporter writes, as far as it is read here.
 * @typedef {{ testResults: { status: string, assertionResults: { status: string, fullName?: string }[] }[] }} Report
 */

/**
 * @param {{ report: Report | undefined, timedOut: boolean }} run what vitest reported, if it did
 * @returns {Verdict}
 */
export function verdictOf({ report, timedOut }) {
  const results = report?.testResults ?? [];
  if (results.some((file) => file.assertionResults.some(({ status }) => status === 'failed'))) return 'killed';
  if (timedOut) return 'killed (no end)';
  if (report === undefined || results.length === 0 || results.some(({ status }) => status === 'failed'))
    return 'BROKEN';
  return 'SURVIVED';
}

/**
 * The first test that noticed, or ''.
 * @param {Report | undefined} report
 */
export function killerOf(report) {
  const tests = (report?.testResults ?? []).flatMap((file) => file.assertionResults);
  return tests.find(({ status }) => status === 'failed')?.fullName ?? '';
}

/** @param {Verdict} verdict */
export const isKilled = (verdict) => verdict.startsWith('killed');
