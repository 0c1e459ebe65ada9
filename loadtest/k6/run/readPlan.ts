import type { Plan } from './plan.ts';

/** The plan of this run, in the file that the runner names. k6 opens files while it loads scripts, and only then. */
export const plan: Plan = JSON.parse(open(planPath()));

function planPath(): string {
  const path = __ENV.BRIER_LOADTEST_PLAN;
  if (path === undefined) throw new Error('scenarios are run by: npm run loadtest -- SCENARIO');
  return path;
}
