import { maker, trader, watcher } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

const STORM_MS = 800;

/** Half of the sockets watch, the others trade or make markets; all are lost at once, or one, every second or so. */
export default function reconnectStorm(): Promise<void> {
  return runVu(plan, {
    actor: (index, vu, random) => {
      if (index % 2 === 1) return watcher(plan, index, vu);
      return (index % 4 === 2 ? maker : trader)(plan, index, vu, random);
    },
    storms: { everyMs: STORM_MS },
  });
}
