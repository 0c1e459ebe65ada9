import { trader, watcher } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

/** Every eighth socket trades, so that there is something to watch; the others watch. */
export default function marketData(): Promise<void> {
  return runVu(plan, {
    actor: (index, vu, random) => (index % 8 === 0 ? trader(plan, index, vu, random) : watcher(plan, index, vu)),
  });
}
