import { maker, trader, watcher } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

/** Two market makers, then a trader who takes from them, and so on; the first socket watches. */
export default function marketMaker(): Promise<void> {
  return runVu(plan, {
    actor: (index, vu, random) => {
      if (index === 0) return watcher(plan, index, vu);
      return (index % 3 === 0 ? trader : maker)(plan, index, vu, random);
    },
  });
}
