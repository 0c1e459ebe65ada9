import { move, planMove } from '../amend.ts';
import { emitOrder, emitPositions, refuse, refuseLimit } from '../emit.ts';
import * as Limits from '../limits.ts';
import type { Market } from '../market.ts';
import * as MarketStates from '../market.ts';
import { checkFunds, checkReach, collateral } from '../matching/checks.ts';
import { hasTooManyOrders, isBeyondCollar, isFull, isWrongSize, priceInBook } from '../matching/commonChecks.ts';
import { cancelResting, shrinkResting } from '../matching/makers.ts';
import { checkPosition } from '../matching/riskLimits.ts';
import { route } from '../matching/route.ts';
import { taker } from '../matching/taker.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import { rest } from '../order-book/resting.ts';
import { canTrade } from '../place.ts';
import * as Reasons from '../reasons.ts';
import * as CommandLayout from '../records/commands.ts';
import type { State } from '../state.ts';
import { type QuoteGroup, quoteKey } from './groups.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { LIMITS } = Limits;
const { OPEN } = MarketStates;
const O = { ...OrderLayout };
const { REASON } = Reasons;
const C = { ...CommandLayout };

/** The instrument that is being quoted, in the terms of the book, and by whom: set by the caller. */
export const quoted = {
  group: undefined as unknown as QuoteGroup,
  market: undefined as unknown as Market,
  outcome: 0,
  mirrored: false,
  /** Of the account. */
  settings: 0,
  /** Armed number of the connection, 0 none. */
  connection: 0,
};

const COMMAND = C.COMMAND.QUOTES;

/** A client's side in the terms of the book. */
const bookSide = (side: number): number => (quoted.mirrored ? 1 - side : side);

/** The slot of the quote that stands on a side, as its client names it; −1 none. */
export function findSide(side: number): number {
  const { group, market, outcome, mirrored } = quoted;
  return group.quotes.get(quoteKey(market.index, outcome, mirrored, bookSide(side))) ?? -1;
}

/** A new quote: everything that is checked of an order. False: refused, and said so. */
export function placeSide(state: State, clientSide: number, stated: number, lots: number): boolean {
  const { group, market, outcome, mirrored, settings } = quoted;
  const { account } = group;
  const side = bookSide(clientSide);
  if (!takesQuotes(state, account, market)) return false;
  const price = priceInBook(state, COMMAND, account, market, stated, mirrored);
  if (price === 0 || isBeyondCollar(state, COMMAND, account, market, outcome, side, price)) return false;
  if (isWrongSize(state, COMMAND, account, market, lots, market.orderLots)) return false;
  if (hasTooManyOrders(state, COMMAND, account, market, settings) || isFull(state, COMMAND, account, market))
    return false;
  let holder = market.holders.find(account);
  if (market.positionLots !== 0 && !checkPosition(state, market, holder, side, outcome, lots, -1)) {
    refuseLimit(state, COMMAND, account, market.index, 'positionLots', 'size', market.positionLots);
    return false;
  }
  const terms = quoteTerms(side);
  const free = collateral(market, holder, side, outcome);
  const left = planQuote(state, side, price, lots, holder);
  const refused = checkFunds(state, market, account, holder, free, true, price) ?? checkReach(state, terms, left);
  if (refused !== undefined) {
    refuse(state, COMMAND, account, market.index, refused.code, refused.field);
    return false;
  }
  if (holder < 0) {
    state.accounts.enterMarket(account, market.index);
    holder = market.holders.add(account);
  }
  write(state, holder, terms, price, lots);
  emitPositions(state, market, holder, state.touched);
  return true;
}

/** A quote that stands shall show `lots` at `price` from now on. False: refused, and said so; it is as it was. */
export function restate(state: State, slot: number, stated: number, lots: number): boolean {
  const { group, market, mirrored } = quoted;
  const { account } = group;
  const { rows } = state.orders;
  const row = slot * O.ROW;
  const terms = rows[row + O.TERMS] as number;
  const oldPrice = rows[row + O.PRICE] as number;
  const remaining = state.orders.remaining(slot);
  const filled = rows[row + O.FILLED] as number;
  const holder = rows[row + O.HOLDER] as number;
  if (lots === remaining && stated === (mirrored ? 10_000 - oldPrice : oldPrice)) {
    bind(state, slot);
    return true;
  }
  if (!takesQuotes(state, account, market)) return false;
  const price = priceInBook(state, COMMAND, account, market, stated, mirrored);
  if (price === 0) return false;
  if (price !== oldPrice && isBeyondCollar(state, COMMAND, account, market, quoted.outcome, terms & 1, price))
    return false;
  if (isWrongSize(state, COMMAND, account, market, lots, market.orderLots)) return false;
  if (price === oldPrice && lots < remaining) {
    bind(state, slot);
    shrinkResting(state, market, slot, remaining - lots);
    emitPositions(state, market, holder, state.touched);
    return true;
  }
  if (planMove(state, COMMAND, account, market, slot, price, lots, 'size') < 0) return false;
  if (filled + lots <= (market.orderLots || LIMITS.orderLots)) {
    bind(state, slot);
    move(state, market, slot, price, filled + lots, lots);
    rest(state, market, quoted.outcome, slot, false);
    emitOrder(state, slot);
  } else {
    // One order may not have so much in all: it ends with what was filled, and the quote goes on as another.
    cancelResting(state, market, slot, REASON.CANCELED);
    write(state, holder, quoteTerms(terms & 1), price, lots);
  }
  emitPositions(state, market, holder, state.touched);
  return true;
}

/** Can orders rest here, and is the market open? An auction collects no quotes. */
function takesQuotes(state: State, account: number, market: Market): boolean {
  if (!market.bookOn) refuse(state, COMMAND, account, market.index, 'INVALID_REQUEST', 'tif');
  else if (market.status !== OPEN || state.time >= market.closeTime)
    refuse(state, COMMAND, account, market.index, 'MARKET_NOT_OPEN', 'market');
  else return true;
  return false;
}

function quoteTerms(side: number): number {
  const { group, outcome, mirrored, connection } = quoted;
  const owner = (group.number << C.GROUP_SHIFT) | (connection << C.CONNECTION_SHIFT);
  return owner | (outcome << 8) | (mirrored ? C.MIRRORED : 0) | C.POST_ONLY | side;
}

/** Lots that would not trade at once: all of them, or the quote is refused. */
function planQuote(state: State, side: number, price: number, lots: number, holder: number): number {
  const { market, outcome, mirrored } = quoted;
  taker.side = side;
  taker.outcome = outcome;
  taker.limit = price;
  taker.lots = lots;
  taker.holder = holder;
  taker.stp = C.STP['expire-taker'];
  taker.budget = taker.wholeBudget = Number.POSITIVE_INFINITY;
  taker.mirrored = mirrored;
  taker.reduceOnly = false;
  if (canTrade(market, side, outcome, price)) return route(state, market);
  state.plan.clear();
  state.planFee.clear();
  return lots;
}

/** A new order, which rests. */
function write(state: State, holder: number, terms: number, price: number, lots: number): void {
  const { market, outcome } = quoted;
  const slot = state.orders.allocate();
  state.orders.write(slot, holder, market.index, terms, price, lots, 0, state.time, state.seq);
  rest(state, market, outcome, slot, true);
  emitOrder(state, slot);
}

/** A quote ends with the connection that stated it last. */
function bind(state: State, slot: number): void {
  const { rows } = state.orders;
  const at = slot * O.ROW + O.TERMS;
  rows[at] = ((rows[at] as number) & ~C.CONNECTION_BITS) | (quoted.connection << C.CONNECTION_SHIFT);
}
