import { visitor } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

/** Nobody trades: connections come, log in and go. */
export default function loginStorm(): Promise<void> {
  return runVu(plan, { actor: (index, vu, random) => visitor(plan, index, vu, random) });
}
