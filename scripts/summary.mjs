/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Outcome
 * @typedef {{ status: string, assertionResults: { status: string }[] }} TestFile
 * @typedef {{ testResults: TestFile[] }} VitestReport what vitest's JSON reporter writes, as far as it is read here
 */

/**
 * Counts tests. A file that failed without a failed test (it did not load, or a hook threw) counts as one failure.
 * @param {VitestReport} report
 * @returns {Outcome}
 */
export function summarize(report) {
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    const failedBefore = outcome.failed;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') outcome.passed++;
      else if (status === 'failed') outcome.failed++;
      else outcome.skipped++;
    }
    if (file.status === 'failed' && outcome.failed === failedBefore) outcome.failed++;
  }
  return outcome;
}

/** @param {Outcome} outcome */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
