import type { HttpClient } from '../src/sdk/index.ts';
import { holdings, type RunAccount } from './accounts.ts';
import type { PlanMarket } from './k6/run/plan.ts';
import { endMarkets } from './markets.ts';
import { audit, dollars } from './replay/audit.ts';

/** Whether the run’s accounts end with the money that they began with, to the micro. */
export interface Conservation {
  before: string;
  after: string;
  /** Positions and open orders that are left when all markets have ended; 0. */
  leftOver: number;
  /** What the exchange holds in all is what was ever paid in. */
  exchangeConserved: boolean;
  isConserved: boolean;
}

/**
 * Ends every market of the run and compares. The run’s accounts trade with each other alone, in books without fees: what
 * one pays another gets, minted sets are paid by those who hold them, and a market that has ended has paid out exactly
 * what was paid in for its shares. So the balances’ sum must be what it was before the first order.
 */
export async function checkConservation(
  operator: HttpClient,
  { accounts, markets, before }: { accounts: readonly RunAccount[]; markets: readonly PlanMarket[]; before: bigint },
): Promise<Conservation> {
  await endMarkets(operator, markets);
  const { balance, positions, orders } = await holdings(accounts);
  const { total, paidIn } = await audit(operator);
  const leftOver = positions + orders;
  return {
    before: dollars(before),
    after: dollars(balance),
    leftOver,
    exchangeConserved: total === paidIn,
    isConserved: balance === before && leftOver === 0 && total === paidIn,
  };
}
