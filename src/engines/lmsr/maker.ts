import { deliver, receive } from '../accounts/positions.ts';
import { emitAmm, emitTrade } from '../emit.ts';
import { assert } from '../growth.ts';
import type { Market } from '../market.ts';
import { addFilled, setLast } from '../order-book/match.ts';
import { HOLDER, ROW } from '../order-book/orders.ts';
import { BUY } from '../records/commands.ts';
import { AMM } from '../records/events.ts';
import type { State } from '../state.ts';
import { buyCostCeil, fundingCeil, lotsForSpend, lotsToBuyUpTo, lotsToSellDownTo, sellProceedsFloor } from './lmsr.ts';
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

/** Lots, and the money for them: a cost rounded up or proceeds rounded down, once. */
export type AmmOffer = { lots: number; micros: number };
const offered: AmmOffer = { lots: 0, micros: 0 };

/**
 * How much of `lots` the maker trades while its price stays within `limit` (millionths) and the cost within `budget`.
 * Reused: read it before the next call.
 */
export function offer(
  market: Market,
  outcome: number,
  side: number,
  limit: number,
  lots: number,
  budget: number,
): AmmOffer {
  const { q, outcomes: n, b } = market;
  if (side === BUY) {
    offered.lots = Math.min(lots, lotsToBuyUpTo(q, n, b, outcome, limit));
    if (budget !== Number.POSITIVE_INFINITY)
      offered.lots = Math.min(offered.lots, lotsForSpend(q, n, b, outcome, budget));
    offered.micros = offered.lots === 0 ? 0 : buyCostCeil(q, n, b, outcome, offered.lots);
  } else {
    offered.lots = Math.min(lots, lotsToSellDownTo(q, n, b, outcome, limit));
    offered.micros = offered.lots === 0 ? 0 : sellProceedsFloor(q, n, b, outcome, offered.lots);
  }
  return offered;
}

/** The price in millionths after a trade that is only considered. */
export function makerPriceAfter(market: Market, outcome: number, side: number, lots: number): number {
  const q = market.q.slice();
  q[outcome] = (q[outcome] as number) + (side === BUY ? lots : -lots);
  return pricesMillionths(q, market.outcomes, market.b)[outcome] as number;
}

/** Trades `lots` between an order and the maker. Everything has been checked. Returns the lots. */
export function fillFromAmm(
  state: State,
  market: Market,
  outcome: number,
  side: number,
  slot: number,
  lots: number,
): number {
  const { q, outcomes: n, b } = market;
  const micros = side === BUY ? buyCostCeil(q, n, b, outcome, lots) : sellProceedsFloor(q, n, b, outcome, lots);
  const holder = state.orders.rows[slot * ROW + HOLDER] as number;
  if (side === BUY) {
    makerGives(market, outcome, lots, micros);
    receive(state, market, holder, outcome, lots, micros);
  } else {
    makerTakes(market, outcome, lots, micros);
    deliver(state, market, holder, outcome, lots, micros);
  }
  assert(market.ammCash >= 0, 'the maker can pay');
  addFilled(state, slot, lots, micros);
  const account = market.holders.accounts[holder] as number;
  emitTrade(state, market, account, AMM, outcome, side, lots, 0, micros, state.orders.id(slot), 0, 0);
  market.volume += micros;
  setLast(market, outcome, Math.round((micros * 100) / lots));
  emitAmm(state, market, makerPrices(market));
  return lots;
}

function makerGives(market: Market, outcome: number, lots: number, cost: number): void {
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

function makerTakes(market: Market, outcome: number, lots: number, proceeds: number): void {
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
