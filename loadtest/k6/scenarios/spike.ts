import { trader, watcher } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

/** Times the rate, in the middle third. */
const PEAK = 10;

/** Ten times the rate from a third of the time to two thirds of it. */
export default function spike(): Promise<void> {
  return runVu(plan, {
    actor: (index, vu, random) => (index === 0 ? watcher(plan, index, vu) : trader(plan, index, vu, random)),
    rateAt: (part) => (part > 1 / 3 && part < 2 / 3 ? PEAK : 1),
  });
}
