import { mixedCast } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

/** Of each eight sockets four trade, two make markets, two watch; now and then a connection is lost. */
export default function mixed(): Promise<void> {
  return runVu(plan, mixedCast(plan));
}
