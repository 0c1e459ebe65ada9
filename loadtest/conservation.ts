import { auditView } from '../src/protocol/httpViews.ts';
import type { HttpClient } from '../src/sdk/index.ts';
import { holdings, type RunAccount } from './accounts.ts';
import type { PlanMarket } from './k6/run/plan.ts';
import { endMarkets } from './markets.ts';
import { dollars, micros } from './replay/audit.ts';
import { patiently } from './replay/patience.ts';

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
  const exchangeConserved = await isExchangeConserved(operator);
  const leftOver = positions + orders;
  return {
    before: dollars(before),
    after: dollars(balance),
    leftOver,
    exchangeConserved,
    isConserved: balance === before && leftOver === 0 && exchangeConserved,
  };
}

/** Adds up what the exchange says it holds, so that its own word is not what is believed. */
async function isExchangeConserved(operator: HttpClient): Promise<boolean> {
  const { deposits, withdrawals, cash, held, escrow, amm, fees, house } = auditView.parse(
    await patiently(() => operator.get('/audit')),
  );
  const total = [cash, held, escrow, amm, fees, house].reduce((sum, part) => sum + micros(part), 0n);
  return total === micros(deposits) - micros(withdrawals);
}
