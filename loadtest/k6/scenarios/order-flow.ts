import { trader, watcher } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

/** Traders, and one watcher a VU. */
export default function orderFlow(): Promise<void> {
  return runVu(plan, {
    actor: (index, vu, random) => (index === 0 ? watcher(plan, index, vu) : trader(plan, index, vu, random)),
  });
}
