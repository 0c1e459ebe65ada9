import type { Market } from '../market.ts';
import {
  COVER_NEXT,
  COVER_PREV,
  COVERED,
  FILLED,
  HOLDER,
  MINE_NEXT,
  MINE_PREV,
  PRICE,
  ROW,
  SIZE,
  TERMS,
} from '../order-book/orders.ts';
import { BUY, SELL } from '../records/commands.ts';
import type { State } from '../state.ts';

/**
 * Shares and the cash behind them. A holder has a vector of outcome shares, all ≥ 0. Selling what one does not hold mints
 * complete sets; a complete set that no order needs is merged back to cash at once.
 *
 * An open order is collateralised by shares as far as there are free ones (`covered`), by cash for the rest:
 * an ask of the book by shares of its outcome or $1 − price, a bid by its price or, with two outcomes, by shares of the
 * other outcome: a bid on YES is an offer of NO.
 *
 * With two outcomes a merge may take shares that cover an order; the order then needs cash instead. That always suffices:
 * the merge of a set yields $1, and what an own ask at a and an own bid at b then require is (1 − a) + b < 1, because the
 * book is not crossed. With more outcomes Σ (1 − aᵢ) can exceed $1, so there only free shares merge.
 */

/** The outcome whose shares can cover an order, or −1: bids in a market of more than two outcomes. */
export function coverOutcome(market: Market, side: number, outcome: number): number {
  if (side === SELL) return outcome;
  return market.outcomes === 2 ? 1 - outcome : -1;
}

/** Cash per lot that an order requires where shares do not cover it. */
export const unitHold = (side: number, price: number): number => (side === BUY ? price : 10_000 - price);

/** Cash and shares move: `cash` (signed) into the account's balance and out of its payments into this market. */
function pay(state: State, market: Market, holder: number, cash: number): void {
  const holders = market.holders;
  const account = holders.accounts[holder] as number;
  state.accounts.balance[account] = (state.accounts.balance[account] as number) + cash;
  const paid = holders.paidAt(holder);
  holders.values[paid] = (holders.values[paid] as number) - cash;
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
  const holders = market.holders;
  const values = holders.values;
  pay(state, market, holder, -cost);
  const at = holders.sharesAt(holder, outcome);
  values[at] = (values[at] as number) + lots;
  const basis = holders.costAt(holder, outcome);
  values[basis] = (values[basis] as number) + cost;
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
  const holders = market.holders;
  const values = holders.values;
  const at = holders.sharesAt(holder, outcome);
  const shares = values[at] as number;
  const own = Math.min(lots, shares - holders.held(holder, outcome));
  const minted = lots - own;
  const ownProceeds = minted === 0 ? proceeds : Math.floor((proceeds * own) / lots);
  if (own > 0) {
    const basis = holders.costAt(holder, outcome);
    const cost = part(values[basis] as number, own, shares);
    values[at] = shares - own;
    values[basis] = (values[basis] as number) - cost;
    const realized = holders.realizedAt(holder, outcome);
    values[realized] = (values[realized] as number) + ownProceeds - cost;
  }
  pay(state, market, holder, proceeds - 10_000 * minted);
  if (minted > 0) {
    market.supply += minted;
    market.escrow += 10_000 * minted;
    spread(market, holder, outcome, minted, 10_000 * minted - (proceeds - ownProceeds));
  }
  merge(state, market, holder, outcome);
}

/** Gives the holder `lots` of every outcome but one, and spreads their `cost` over them. */
function spread(market: Market, holder: number, except: number, lots: number, cost: number): void {
  const holders = market.holders;
  const values = holders.values;
  const others = market.outcomes - 1;
  const each = Math.floor(cost / others);
  let rest = cost - each * others;
  for (let j = 0; j < market.outcomes; j++) {
    if (j === except) continue;
    const shares = holders.sharesAt(holder, j);
    values[shares] = (values[shares] as number) + lots;
    const basis = holders.costAt(holder, j);
    values[basis] = (values[basis] as number) + each + rest;
    rest = 0;
  }
}

/** Turns complete sets back to cash; what they cost and yielded is realized by the outcomes other than `bought`. */
export function merge(state: State, market: Market, holder: number, bought: number): void {
  const holders = market.holders;
  const values = holders.values;
  const n = market.outcomes;
  let sets = Number.POSITIVE_INFINITY;
  if (n === 2) sets = Math.min(holders.shares(holder, 0), holders.shares(holder, 1));
  else for (let j = 0; j < n && sets > 0; j++) sets = Math.min(sets, holders.free(holder, j));
  if (sets <= 0) return;
  let cost = 0;
  for (let j = 0; j < n; j++) {
    const at = holders.sharesAt(holder, j);
    const basis = holders.costAt(holder, j);
    const removed = part(values[basis] as number, sets, values[at] as number);
    values[basis] = (values[basis] as number) - removed;
    values[at] = (values[at] as number) - sets;
    cost += removed;
  }
  market.supply -= sets;
  market.escrow -= 10_000 * sets;
  pay(state, market, holder, 10_000 * sets);
  const gain = 10_000 * sets - cost;
  const each = Math.floor(gain / (n - 1));
  let rest = gain - each * (n - 1);
  for (let j = 0; j < n; j++) {
    if (j !== bought) {
      const realized = holders.realizedAt(holder, j);
      values[realized] = (values[realized] as number) + each + rest;
      rest = 0;
    }
    const short = holders.held(holder, j) - holders.shares(holder, j);
    if (short > 0) uncover(state, market, holder, j, short);
  }
}

/** `amount × lots / of`, rounded down: the cost basis that goes with a part of the shares. */
const part = (amount: number, lots: number, of: number): number =>
  lots === of ? amount : Math.min(amount, Math.floor(amount * (lots / of)));

/** Covers an order with up to `lots` of the holder's free shares; the rest of `lots` is held in cash. */
export function hold(state: State, market: Market, slot: number, lots: number): void {
  const { rows } = state.orders;
  const row = slot * ROW;
  const holders = market.holders;
  const holder = rows[row + HOLDER] as number;
  const terms = rows[row + TERMS] as number;
  const outcome = coverOutcome(market, terms & 1, terms >> 8);
  let covered = 0;
  if (outcome >= 0) {
    covered = Math.min(lots, holders.free(holder, outcome));
    if (covered > 0) {
      const at = holders.heldAt(holder, outcome);
      holders.values[at] = (holders.values[at] as number) + covered;
      if (rows[row + COVERED] === 0) linkCover(state, market, slot, holder, outcome);
      rows[row + COVERED] = (rows[row + COVERED] as number) + covered;
    }
  }
  const account = holders.accounts[holder] as number;
  const cash = unitHold(terms & 1, rows[row + PRICE] as number) * (lots - covered);
  state.accounts.held[account] = (state.accounts.held[account] as number) + cash;
}

/**
 * Releases what `lots` of an open order hold. A fill uses covered lots first (`coveredFirst`), a reduction frees cash first.
 * Call it before `filled` or `size` of the row change.
 */
export function unhold(state: State, market: Market, slot: number, lots: number, coveredFirst: boolean): void {
  const { rows } = state.orders;
  const row = slot * ROW;
  const holders = market.holders;
  const holder = rows[row + HOLDER] as number;
  const terms = rows[row + TERMS] as number;
  const covered = rows[row + COVERED] as number;
  const uncovered = (rows[row + SIZE] as number) - (rows[row + FILLED] as number) - covered;
  const fromShares = coveredFirst ? Math.min(lots, covered) : lots - Math.min(lots, uncovered);
  if (fromShares > 0) {
    const outcome = coverOutcome(market, terms & 1, terms >> 8);
    const at = holders.heldAt(holder, outcome);
    holders.values[at] = (holders.values[at] as number) - fromShares;
    rows[row + COVERED] = covered - fromShares;
    if (covered === fromShares) unlinkCover(state, market, slot, holder, outcome);
  }
  const account = holders.accounts[holder] as number;
  const cash = unitHold(terms & 1, rows[row + PRICE] as number) * (lots - fromShares);
  state.accounts.held[account] = (state.accounts.held[account] as number) - cash;
}

/** A merge took shares that covered orders: `lots` of them need cash now, the youngest cover first. */
function uncover(state: State, market: Market, holder: number, outcome: number, lots: number): void {
  const { rows } = state.orders;
  const holders = market.holders;
  const account = holders.accounts[holder] as number;
  const at = holders.heldAt(holder, outcome);
  let left = lots;
  while (left > 0) {
    const slot = holders.links[holders.coverAt(holder, outcome)] as number;
    const row = slot * ROW;
    const covered = rows[row + COVERED] as number;
    const taken = Math.min(covered, left);
    rows[row + COVERED] = covered - taken;
    if (taken === covered) unlinkCover(state, market, slot, holder, outcome);
    const cash = unitHold((rows[row + TERMS] as number) & 1, rows[row + PRICE] as number) * taken;
    state.accounts.held[account] = (state.accounts.held[account] as number) + cash;
    left -= taken;
  }
  holders.values[at] = (holders.values[at] as number) - lots;
}

function linkCover(state: State, market: Market, slot: number, holder: number, outcome: number): void {
  const { rows } = state.orders;
  const { links } = market.holders;
  const head = market.holders.coverAt(holder, outcome);
  const first = links[head] as number;
  rows[slot * ROW + COVER_PREV] = -1;
  rows[slot * ROW + COVER_NEXT] = first;
  if (first >= 0) rows[first * ROW + COVER_PREV] = slot;
  links[head] = slot;
}

function unlinkCover(state: State, market: Market, slot: number, holder: number, outcome: number): void {
  const { rows } = state.orders;
  const prev = rows[slot * ROW + COVER_PREV] as number;
  const next = rows[slot * ROW + COVER_NEXT] as number;
  if (prev >= 0) rows[prev * ROW + COVER_NEXT] = next;
  else market.holders.links[market.holders.coverAt(holder, outcome)] = next;
  if (next >= 0) rows[next * ROW + COVER_PREV] = prev;
  rows[slot * ROW + COVER_PREV] = rows[slot * ROW + COVER_NEXT] = -1;
}

/** Puts an order at the head of its holder's open orders. */
export function linkMine(state: State, market: Market, slot: number): void {
  const { rows } = state.orders;
  const { links } = market.holders;
  const holder = rows[slot * ROW + HOLDER] as number;
  const head = market.holders.openAt(holder);
  const first = links[head] as number;
  rows[slot * ROW + MINE_PREV] = -1;
  rows[slot * ROW + MINE_NEXT] = first;
  if (first >= 0) rows[first * ROW + MINE_PREV] = slot;
  links[head] = slot;
}

export function unlinkMine(state: State, market: Market, slot: number): void {
  const { rows } = state.orders;
  const prev = rows[slot * ROW + MINE_PREV] as number;
  const next = rows[slot * ROW + MINE_NEXT] as number;
  if (prev >= 0) rows[prev * ROW + MINE_NEXT] = next;
  else market.holders.links[market.holders.openAt(rows[slot * ROW + HOLDER] as number)] = next;
  if (next >= 0) rows[next * ROW + MINE_PREV] = prev;
  rows[slot * ROW + MINE_PREV] = rows[slot * ROW + MINE_NEXT] = -1;
}
