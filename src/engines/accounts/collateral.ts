import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import * as CommandLayout from '../records/commands.ts';
import { outcomeOfTerms } from '../records/commands.ts';
import type { State } from '../state.ts';
import { feeHold } from './fees.ts';
import { linkCover, unlinkCover } from './orderLists.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { COVERED, FILLED, HOLDER, PRICE, ROW_SHIFT, SLOTS, SIZE, TERMS } = OrderLayout;
const { BUY, SELL } = CommandLayout;

/**
 * An open order is collateralised by shares as far as there are free ones (`covered`), by cash for the rest:
 * an ask of the book by shares of its outcome or $1 − price, a bid by its price or, with two outcomes, by shares of the
 * other outcome: a bid on YES is an offer of NO. The maker fee of the remainder is held in cash, too.
 *
 * With two outcomes a merge may take shares that cover an order; the order then needs cash instead. That always suffices:
 * the merge of a set yields $1, and what an own ask at a and an own bid at b then require is (1 − a) + b < 1, because the
 * book is not crossed. With more outcomes Σ (1 − aᵢ) can exceed $1, so there only free shares merge.
 * A reduce-only order is covered by shares or it is not there: a merge that takes them makes it smaller.
 */

/** The outcome whose shares can cover an order, or −1: bids in a market of more than two outcomes, or of the maker alone. */
export function coverOutcome(market: Market, side: number, outcome: number): number {
  if (side === SELL) return outcome;
  return market.mirrors ? 1 - outcome : -1;
}

/** Cash per lot that an order requires where shares do not cover it. */
export const unitHold = (side: number, price: number): number => (side === BUY ? price : 10_000 - price);

/** Collateral for `lots` of an order that now rests: free shares first, cash for the rest, and its maker fee. */
export function hold(state: State, market: Market, slot: number, lots: number): void {
  const { rows } = state.orders;
  const { holders } = market;
  const row = (slot & SLOTS) << ROW_SHIFT;
  const holder = rows[row + HOLDER] as number;
  const terms = rows[row + TERMS] as number;
  const price = rows[row + PRICE] as number;
  const outcome = coverOutcome(market, terms & 1, outcomeOfTerms(terms));
  const covered = outcome < 0 ? 0 : Math.min(lots, holders.free(holder, outcome));
  rows[row + COVERED] = covered;
  if (covered > 0) {
    state.touched |= 1 << outcome;
    const at = holders.heldAt(holder, outcome);
    holders.f64[at] = (holders.f64[at] as number) + covered;
    linkCover(state, market, slot, holder, outcome);
  }
  const cash = unitHold(terms & 1, price) * (lots - covered) + feeHold(state, market, slot, price, lots);
  if (cash !== 0) state.accounts.hold(holders.account(holder), cash);
}

/**
 * Releases the collateral of `lots` of a resting order, before the order changes. A fill uses the shares first, as
 * {@link deliver} does; a decrease gives cash back first.
 */
export function unhold(state: State, market: Market, slot: number, lots: number, coveredFirst: boolean): void {
  const { rows } = state.orders;
  const { holders } = market;
  const row = (slot & SLOTS) << ROW_SHIFT;
  const holder = rows[row + HOLDER] as number;
  const terms = rows[row + TERMS] as number;
  const price = rows[row + PRICE] as number;
  const covered = rows[row + COVERED] as number;
  const remaining = (rows[row + SIZE] as number) - (rows[row + FILLED] as number);
  const uncovered = remaining - covered;
  const fromShares = coveredFirst ? Math.min(lots, covered) : lots - Math.min(lots, uncovered);
  if (fromShares > 0) {
    const outcome = coverOutcome(market, terms & 1, outcomeOfTerms(terms));
    state.touched |= 1 << outcome;
    const at = holders.heldAt(holder, outcome);
    holders.f64[at] = (holders.f64[at] as number) - fromShares;
    rows[row + COVERED] = covered - fromShares;
    if (covered === fromShares) unlinkCover(state, market, slot, holder, outcome);
  }
  let cash = unitHold(terms & 1, price) * (lots - fromShares);
  if (market.makerFee > 0)
    cash += feeHold(state, market, slot, price, remaining) - feeHold(state, market, slot, price, remaining - lots);
  if (cash !== 0) state.accounts.hold(holders.account(holder), -cash);
}
