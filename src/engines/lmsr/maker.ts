import type { Market } from '../market.ts';
import { BUY } from '../records/commands.ts';
import { fundingCeil } from './lmsr.ts';
import { pricesMillionths } from './price.ts';

/**
 * The maker of a market: a holder like any other, with shares and cash of its own, that sells at LMSR prices. Its cash was
 * funded with the worst loss, so it can always mint what it sells.
 */

/** Locks the worst loss in the maker’s cash; returns it. */
export function fundMaker(market: Market): number {
  market.ammFunding = fundingCeil(market.q, market.outcomes, market.b);
  market.ammCash = market.ammFunding;
  return market.ammFunding;
}

/** Marginal prices in millionths, each rounded to the nearest. */
export const makerPrices = (market: Market): Float64Array => pricesMillionths(market.q, market.outcomes, market.b);

/** The price in millionths after a trade that is only considered. */
export function makerPriceAfter(market: Market, outcome: number, side: number, lots: number): number {
  const q = market.q.slice();
  q[outcome] = (q[outcome] as number) + (side === BUY ? lots : -lots);
  return pricesMillionths(q, market.outcomes, market.b)[outcome] as number;
}

/** The maker sells: its own shares first, minted ones for the rest. */
export function makerGives(market: Market, outcome: number, lots: number, cost: number): void {
  const shares = market.ammShares;
  market.q[outcome] = (market.q[outcome] as number) + lots;
  market.ammCash += cost;
  const own = Math.min(lots, shares[outcome] as number);
  shares[outcome] = (shares[outcome] as number) - own;
  const minted = lots - own;
  if (minted === 0) return;
  market.supply += minted;
  market.escrow += 10_000 * minted;
  market.ammCash -= 10_000 * minted;
  for (let j = 0; j < market.outcomes; j++) if (j !== outcome) shares[j] = (shares[j] as number) + minted;
}

/** The maker buys, and merges the complete sets that it then has. */
export function makerTakes(market: Market, outcome: number, lots: number, proceeds: number): void {
  const shares = market.ammShares;
  market.q[outcome] = (market.q[outcome] as number) - lots;
  market.ammCash -= proceeds;
  shares[outcome] = (shares[outcome] as number) + lots;
  let sets = Number.POSITIVE_INFINITY;
  for (let j = 0; j < market.outcomes; j++) sets = Math.min(sets, shares[j] as number);
  if (sets === 0) return;
  for (let j = 0; j < market.outcomes; j++) shares[j] = (shares[j] as number) - sets;
  market.supply -= sets;
  market.escrow -= 10_000 * sets;
  market.ammCash += 10_000 * sets;
}
