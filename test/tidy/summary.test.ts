import { describe, expect, it } from 'vitest';
import { summarize, summaryLine } from '../../scripts/summary.mjs';

const tests = (...statuses: string[]) => statuses.map((status) => ({ status }));

describe('the summary of a test run', () => {
  it('counts tests; what neither passed nor failed was skipped', () => {
    const assertionResults = tests('passed', 'failed', 'passed', 'skipped', 'pending', 'todo');
    expect(summarize({ testResults: [{ status: 'failed', assertionResults }] })).toEqual({
      passed: 2,
      failed: 1,
      skipped: 3,
    });
  });
  it('counts a file that did not load as a failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: tests('passed') },
      { status: 'passed', assertionResults: tests('passed') },
    ];
    expect(summarize({ testResults })).toEqual({ passed: 2, failed: 2, skipped: 0 });
  });
  it('is one plain line', () => {
    expect(summaryLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(summaryLine({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped');
  });
});
