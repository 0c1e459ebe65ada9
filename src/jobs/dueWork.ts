import type { JobMarket } from './ports.ts';

/** `at` in ms; 0: at once. */
export type Work = { job: 'close' | 'settle'; at: number };

/**
 * What jobs have to do for a market, by its state alone: the same answer plans a job when something changed and finds one
 * that was lost. `swept`: its resting orders are known to be canceled (market data counts them only at changes of status).
 */
export function workOf(market: JobMarket, swept: boolean): Work[] {
  const sweep: Work[] = market.openOrders > 0 && !swept ? [{ job: 'close', at: 0 }] : [];
  switch (market.status) {
    case 'open':
    case 'halted':
      return [{ job: 'close', at: market.closeTime }];
    case 'closed':
    case 'disputed':
      return sweep;
    case 'proposed':
      return [...sweep, { job: 'settle', at: market.disputeUntil }];
    case 'resolved':
    case 'voided':
      return market.settlementDone ? [] : [{ job: 'settle', at: 0 }];
  }
}
