import type { JobContext } from './context.ts';
import type { JobMarket } from './ports.ts';
import { propose } from './proposals.ts';

/** Resting orders canceled by one command: a few ms of the engine, so that trading elsewhere goes on in between. */
const SWEEP_BATCH = 1_000;

/**
 * Closes a market that is due and cancels what still rests in it, one command at a time. Does nothing for a market whose
 * close time has moved: the change has planned a job of its own. Rejects with NotTaken where it must be tried again.
 */
export async function closeMarket(context: JobContext, market: JobMarket): Promise<void> {
  const { port } = context;
  if (isTrading(market)) {
    if (market.closeTime > context.now()) return;
    // A conflict says that somebody else has closed it meanwhile.
    await propose(port, 'CLOSE', market.market);
  }
  while (market.openOrders > 0 && !context.swept.has(market.market)) {
    if (context.stopping()) return;
    const { conflict, count } = await propose(port, 'SWEEP_ORDERS', market.market, SWEEP_BATCH);
    if (conflict) return;
    if (count < SWEEP_BATCH) context.swept.add(market.market);
  }
}

const isTrading = ({ status }: JobMarket): boolean => status === 'open' || status === 'halted';
