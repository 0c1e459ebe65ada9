import { mixedCast } from '../actors/cast.ts';
import { optionsOf } from '../run/options.ts';
import { plan } from '../run/readPlan.ts';
import { runVu } from '../run/runVu.ts';

export { handleSummary } from '../run/summary.ts';
export const options = optionsOf(plan);

/** Of each four sockets two trade, one makes markets, one watches; now and then a connection is lost. */
export default function mixed(): Promise<void> {
  return runVu(plan, mixedCast(plan));
}
