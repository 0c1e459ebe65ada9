import { mixedCast } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

/** As mixed, for a long time. */
export default function soak(): Promise<void> {
  return runVu(plan, mixedCast(plan));
}
