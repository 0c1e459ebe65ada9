import type { Lots, Micros } from '../../protocol/units.ts';
import { costCeil } from './cost.ts';
import { topUpCeil, worstLossCeil } from './funding.ts';
import { quoteUnits } from './quote.ts';
import { unitsForSpend, unitsToLevel } from './size.ts';

/**
 * Hanson's logarithmic market scoring rule in the exchange's units (R. Hanson, "Combinatorial information market
 * design", 2003): a maker that always quotes, with prices that are probabilities and a loss bounded by its liquidity.
 *
 *     C(q) = b·ln Σ e^{q_i/b}        p_i = e^{q_i/b} / Σ e^{q_j/b}        a trade q → q′ costs C(q′) − C(q)
 *
 * q_i, in lots, is what the maker has sold of outcome i, net, plus the prior it started from; b is its liquidity, in
 * lots (100 per share). A market is `q[at … at + n)`, so that many of them can live in one slab.
 *
 * Every result is **exact**: the rounding of the real number, and so the same on every machine. float64Error.ts proves
 * when float64 decides the rounding, exponentialSum.ts decides the rest. Costs are rounded up and proceeds down, once.
 * Arguments outside the domain (domain.ts) throw: they are our mistake, never a client's.
 */

/** One lot pays this many micros. */
export const LOT_MICROS = 10_000;

/** What `lots` of `outcome` cost, rounded up. For NO of a binary market buy the other outcome. */
export function buyCostCeil(q: Float64Array, n: number, b: Lots, outcome: number, lots: Lots, at = 0): Micros {
  return costCeil(q, at, n, b, LOT_MICROS, outcome, lots);
}

/** What the maker pays for `lots` of `outcome`, rounded down. */
export function sellProceedsFloor(q: Float64Array, n: number, b: Lots, outcome: number, lots: Lots, at = 0): Micros {
  return 0 - costCeil(q, at, n, b, LOT_MICROS, outcome, -lots);
}

/**
 * What `lots` of every outcome except `outcome` cost, rounded up. A complete set costs its payout, so this is to mint
 * sets and to sell `outcome` to the maker, to the micro.
 */
export function buyNoCostCeil(q: Float64Array, n: number, b: Lots, outcome: number, lots: Lots, at = 0): Micros {
  return lots * LOT_MICROS - sellProceedsFloor(q, n, b, outcome, lots, at);
}

/** What the maker pays for `lots` of every outcome except `outcome`, rounded down: buy `outcome` and merge the sets. */
export function sellNoProceedsFloor(q: Float64Array, n: number, b: Lots, outcome: number, lots: Lots, at = 0): Micros {
  return lots * LOT_MICROS - buyCostCeil(q, n, b, outcome, lots, at);
}

/** The largest size whose {@link buyCostCeil} is at most `micros`. */
export function lotsForSpend(q: Float64Array, n: number, b: Lots, outcome: number, micros: Micros, at = 0): Lots {
  return unitsForSpend(q, at, n, b, LOT_MICROS, outcome, micros);
}

/** The largest size ≥ 0 after whose purchase the marginal price is ≤ the level; 0 if it is above already. */
export function lotsToBuyUpTo(
  q: Float64Array,
  n: number,
  b: Lots,
  outcome: number,
  priceMillionths: number,
  at = 0,
): Lots {
  return unitsToLevel(q, at, n, b, LOT_MICROS, outcome, 1, priceMillionths, 1_000_000);
}

/** The largest size ≥ 0 after whose sale the marginal price is ≥ the level; 0 if it is below already. */
export function lotsToSellDownTo(
  q: Float64Array,
  n: number,
  b: Lots,
  outcome: number,
  priceMillionths: number,
  at = 0,
): Lots {
  return unitsToLevel(q, at, n, b, LOT_MICROS, outcome, -1, priceMillionths, 1_000_000);
}

/**
 * What the maker trades of `lots`, bought (`direction` 1) or sold (−1), while the price stays within `limitMillionths` and
 * the cost within `budget`: {@link quoteUnits}. Into `out`: [lots, cost or proceeds]. False if none.
 */
export function quote(
  q: Float64Array,
  n: number,
  b: Lots,
  outcome: number,
  direction: 1 | -1,
  lots: Lots,
  limitMillionths: number,
  budget: Micros,
  out: Float64Array,
  at = 0,
): boolean {
  return quoteUnits(q, at, n, b, LOT_MICROS, outcome, direction, lots, limitMillionths, 1_000_000, budget, out);
}

/** What escrow must hold when the market opens at q0: {@link worstLossCeil}. */
export function fundingCeil(q0: Float64Array, n: number, b: Lots, at = 0): Micros {
  return worstLossCeil(q0, at, n, b, LOT_MICROS);
}

/** What must be added to escrow when b grows to bNew and q becomes {@link topUpQuantities}: {@link topUpCeil}. */
export function topUpFundingCeil(q: Float64Array, n: number, b: Lots, bNew: Lots, at = 0): Micros {
  return topUpCeil(q, at, n, b, LOT_MICROS, bNew);
}

export { topUpQuantities } from './funding.ts';
export { comparePrice, priceMillionths, pricesMillionths } from './price.ts';
export { priorQuantities } from './prior.ts';
