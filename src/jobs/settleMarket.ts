import type { JobContext } from './context.ts';
import type { JobMarket } from './ports.ts';
import { NotTaken, propose } from './proposals.ts';

/** Holders paid by one command: below a millisecond of the engine, so that trading goes on in between. */
const SETTLE_BATCH = 300;
/** The job’s progress is a row in a database: it is written at most this often. */
const PROGRESS_EVERY_MS = 500;

export type SettlementProgress = { settled: number; steps: number; paidMicros: number };

/**
 * Pays the holders of a market whose outcome is decided, one command at a time. The cursor is the engine’s: whoever comes
 * second finds it moved and pays nobody twice. Resolves with the last command’s seq when it has ended the settlement here,
 * null where there was nothing to do or the process stops. Rejects with NotTaken where it must be tried again.
 */
export async function settleMarket(
  context: JobContext,
  market: JobMarket,
  progress: (value: SettlementProgress) => Promise<void>,
): Promise<number | null> {
  let told = performance.now();
  let seq: number | null = null;
  while (isDecided(market, context.now()) && !market.settlementDone) {
    if (context.stopping()) return null;
    const reply = await propose(context.port, 'SETTLE_BATCH', market.market, SETTLE_BATCH);
    if (reply.conflict) {
      // The engine’s clock is behind ours, or somebody disputed it just now.
      if (isDecided(market, context.now())) throw new NotTaken(`market ${market.slug} cannot be settled yet`);
      return null;
    }
    seq = reply.seq;
    if (performance.now() - told < PROGRESS_EVERY_MS) continue;
    told = performance.now();
    await progress({ settled: market.settled, steps: market.settlementSteps, paidMicros: market.paid });
  }
  return seq;
}

function isDecided({ status, disputeUntil }: JobMarket, now: number): boolean {
  return status === 'resolved' || status === 'voided' || (status === 'proposed' && now >= disputeUntil);
}
