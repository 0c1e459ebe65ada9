import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import type { State } from '../state.ts';
import { unitHold } from './collateral.ts';
import * as HolderLayout from './holders.ts';
import { unlinkCover } from './orderLists.ts';
import { shrinkReduceOnly } from './reduceOnly.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { COST, HELD, POSITION, REALIZED } = HolderLayout;
const { COVER_NEXT, COVERED, PRICE, ROW_SHIFT, SLOTS, TERMS } = OrderLayout;

/**
 * Shares and the cash behind them. A holder has a vector of outcome shares, all ≥ 0. Selling what one does not hold mints
 * complete sets; a complete set that no order needs is merged back to cash at once.
 */

/** Cash moves: `cash` (signed) into the account's balance and out of its payments into this market. */
export function pay(state: State, market: Market, holder: number, cash: number): void {
  const { f64 } = market.holders;
  state.accounts.pay(market.holders.account(holder), cash);
  const paid = market.holders.paidAt(holder);
  f64[paid] = (f64[paid] as number) - cash;
}

/** A fee, or with `micros` < 0 a rebate. */
export function payFee(state: State, market: Market, holder: number, micros: number): void {
  if (micros === 0) return;
  pay(state, market, holder, -micros);
  market.fees += micros;
  state.feeTotal += micros;
}

/** The holder buys `lots` of an outcome for `cost`. */
export function receive(
  state: State,
  market: Market,
  holder: number,
  outcome: number,
  lots: number,
  cost: number,
): void {
  const { holders } = market;
  const { f64 } = holders;
  pay(state, market, holder, -cost);
  const at = holders.sharesAt(holder, outcome);
  state.touched |= 1 << outcome;
  f64[at] = (f64[at] as number) + lots;
  f64[at + COST] = (f64[at + COST] as number) + cost;
  merge(state, market, holder, outcome);
}

/** The holder sells `lots` of an outcome for `proceeds`: own free shares first, minted ones for the rest. */
export function deliver(
  state: State,
  market: Market,
  holder: number,
  outcome: number,
  lots: number,
  proceeds: number,
): void {
  const { holders } = market;
  const { f64 } = holders;
  const at = holders.sharesAt(holder, outcome);
  const shares = f64[at] as number;
  const own = Math.min(lots, shares - (f64[at + HELD] as number));
  const minted = lots - own;
  const ownProceeds = minted === 0 ? proceeds : part(proceeds, own, lots);
  if (own > 0) {
    state.touched |= 1 << outcome;
    const cost = part(f64[at + COST] as number, own, shares);
    f64[at] = shares - own;
    f64[at + COST] = (f64[at + COST] as number) - cost;
    f64[at + REALIZED] = (f64[at + REALIZED] as number) + ownProceeds - cost;
  }
  pay(state, market, holder, proceeds - 10_000 * minted);
  if (minted > 0) {
    market.supply += minted;
    market.escrow += 10_000 * minted;
    state.touched = -1;
    spread(market, holder, outcome, minted, 10_000 * minted - (proceeds - ownProceeds));
  }
  merge(state, market, holder, outcome);
}

/** Gives the holder `lots` of every outcome but one, and spreads their `cost` over them. */
function spread(market: Market, holder: number, except: number, lots: number, cost: number): void {
  const { holders } = market;
  const { f64 } = holders;
  const others = market.outcomes - 1;
  const each = Math.floor(cost / others);
  let rest = cost - each * others;
  for (let j = 0; j < market.outcomes; j++) {
    if (j === except) continue;
    const at = holders.sharesAt(holder, j);
    f64[at] = (f64[at] as number) + lots;
    f64[at + COST] = (f64[at + COST] as number) + each + rest;
    rest = 0;
  }
}

/** Turns complete sets back to cash; what they cost and yielded is realized by the outcomes other than `bought`. */
export function merge(state: State, market: Market, holder: number, bought: number): void {
  const { holders } = market;
  const { f64 } = holders;
  const n = market.outcomes;
  const first = holders.sharesAt(holder, 0);
  const sets =
    n === 2 ? Math.min(f64[first] as number, f64[first + POSITION] as number) : mergeable(state, market, holder);
  if (sets <= 0) return;
  state.touched = -1;
  let cost = 0;
  for (let j = 0; j < n; j++) {
    const at = first + j * POSITION;
    const removed = part(f64[at + COST] as number, sets, f64[at] as number);
    f64[at + COST] = (f64[at + COST] as number) - removed;
    f64[at] = (f64[at] as number) - sets;
    cost += removed;
  }
  market.supply -= sets;
  market.escrow -= 10_000 * sets;
  pay(state, market, holder, 10_000 * sets);
  const gain = 10_000 * sets - cost;
  const each = Math.floor(gain / (n - 1));
  let rest = gain - each * (n - 1);
  for (let j = 0; j < n; j++) {
    const at = first + j * POSITION;
    if (j !== bought) {
      f64[at + REALIZED] = (f64[at + REALIZED] as number) + each + rest;
      rest = 0;
    }
    const short = (f64[at + HELD] as number) - (f64[at] as number);
    if (short > 0) uncover(state, market, holder, j, short);
  }
}

/** Sets of more than two outcomes that no order needs: free shares, and those that only reduce-only orders hold. */
function mergeable(state: State, market: Market, holder: number): number {
  const { holders } = market;
  let sets = Number.POSITIVE_INFINITY;
  for (let j = 0; j < market.outcomes && sets > 0; j++) {
    if (holders.shares(holder, j) === 0) return 0;
    let loose = holders.free(holder, j);
    for (let slot = holders.i32[holders.reduceAt(holder, j)] as number; slot >= 0 && loose < sets; ) {
      loose += state.orders.rows[((slot & SLOTS) << ROW_SHIFT) + COVERED] as number;
      slot = state.orders.rows[((slot & SLOTS) << ROW_SHIFT) + COVER_NEXT] as number;
    }
    sets = Math.min(sets, loose);
  }
  return sets;
}

/** value × lots / of, rounded down, also where the product leaves the safe integers. */
function part(value: number, lots: number, of: number): number {
  if (lots === of) return value;
  const product = value * lots;
  if (Math.abs(product) <= Number.MAX_SAFE_INTEGER) return Math.floor(product / of);
  const exact = BigInt(value) * BigInt(lots);
  const quotient = exact / BigInt(of);
  return Number(exact < 0n && quotient * BigInt(of) !== exact ? quotient - 1n : quotient);
}

/** A merge took shares that covered orders: reduce-only ones shrink, others need cash now; the youngest cover first. */
function uncover(state: State, market: Market, holder: number, outcome: number, lots: number): void {
  const { rows } = state.orders;
  const { holders } = market;
  let left = shrinkReduceOnly(state, market, holder, outcome, lots);
  const at = holders.heldAt(holder, outcome);
  holders.f64[at] = (holders.f64[at] as number) - left;
  while (left > 0) {
    const slot = holders.i32[holders.coverAt(holder, outcome)] as number;
    const row = (slot & SLOTS) << ROW_SHIFT;
    const covered = rows[row + COVERED] as number;
    const taken = Math.min(covered, left);
    rows[row + COVERED] = covered - taken;
    if (taken === covered) unlinkCover(state, market, slot, holder, outcome);
    state.accounts.hold(
      holders.account(holder),
      unitHold((rows[row + TERMS] as number) & 1, rows[row + PRICE] as number) * taken,
    );
    left -= taken;
  }
}
