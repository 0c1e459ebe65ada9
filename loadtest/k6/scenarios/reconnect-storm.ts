import { trader, watcher } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

const STORM_MS = 800;

/** Half of the sockets trade, half watch, and all of them are lost at once, or one, every second or so. */
export default function reconnectStorm(): Promise<void> {
  return runVu(plan, {
    actor: (index, vu, random) => (index % 2 === 0 ? trader(plan, index, vu, random) : watcher(plan, index, vu)),
    storms: { everyMs: STORM_MS },
  });
}
