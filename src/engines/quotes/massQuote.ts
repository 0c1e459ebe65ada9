import * as AccountLayout from '../accounts/accountRow.ts';
import { done, emitBalance, refuse, refuseLimit } from '../emit.ts';
import { cancelResting } from '../matching/makers.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import * as Reasons from '../reasons.ts';
import * as CommandLayout from '../records/commands.ts';
import * as EventLayout from '../records/events.ts';
import * as RecordLayout from '../records/header.ts';
import type { State } from '../state.ts';
import { emitQuoteGroup } from './emitGroup.ts';
import type { QuoteGroup } from './groups.ts';
import { addNamed, findNamed, hasTooManyGroups, isName } from './named.ts';
import { findSide, placeSide, quoted, restate } from './quoteSide.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { BLOCKED } = AccountLayout;
const { PRICE, ROW } = OrderLayout;
const { REASON } = Reasons;
const R = { ...RecordLayout };
const C = { ...CommandLayout };
const { CAUSE, DONE_COUNT } = EventLayout;

/** Instruments in one mass quote at most. */
export const QUOTES_MAX = 100;

/**
 * What a group shows from now on in each instrument that the command names: both sides of an item, item by item. A side that
 * is refused is left as it was and has a DONE of its own, flagged ITEM, whose DONE_COUNT is twice the index of its item, and
 * one more for the ask; an item that is refused as a whole has the one of its bid. Quotes never take.
 */
export function massQuote(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const settings = state.accounts.settings(account);
  const group = admit(state, i32, f64, at, account, settings);
  if (group === undefined) return;

  // After this point the command as a whole is not refused.
  const count = i32[at + C.QUOTES_COUNT] as number;
  const number = i32[at + C.QUOTES_CONNECTION] as number;
  quoted.group = group;
  quoted.settings = settings;
  quoted.connection = state.connections.isArmed(account, number) ? number : 0;
  const before = state.accounts.balance(account);
  const heldBefore = state.accounts.held(account);
  let refused = 0;
  for (let index = 0; index < count; index++)
    refused += quoteItem(state, account, i32, at + C.QUOTES_ITEMS + index * C.QUOTE_WORDS, 2 * index);
  state.item = -1;
  const delta = state.accounts.balance(account) - before;
  if (delta !== 0 || state.accounts.held(account) !== heldBefore) emitBalance(state, account, -1, delta, CAUSE.HOLD);
  const end = done(state, C.COMMAND.QUOTES, account, -1);
  state.events.i32[end + DONE_COUNT] = refused;
}

/** The group, a new one where there was none of its name; undefined: the command was refused. */
function admit(
  state: State,
  i32: Int32Array,
  f64: Float64Array,
  at: number,
  account: number,
  settings: number,
): QuoteGroup | undefined {
  const kind = C.COMMAND.QUOTES;
  const count = i32[at + C.QUOTES_COUNT] as number;
  const words = C.QUOTES_ITEMS + count * C.QUOTE_WORDS;
  const deadline = f64[(at + C.QUOTES_DEADLINE) >> 1] as number;
  if (settings === 0) refuse(state, kind, account, -1, 'NOT_FOUND', '');
  else if (!(count >= 1 && count <= QUOTES_MAX) || (i32[at + R.LENGTH] as number) < words)
    refuse(state, kind, account, -1, 'INVALID_REQUEST', 'requests');
  else if (!isName(i32, at)) refuse(state, kind, account, -1, 'INVALID_REQUEST', 'group');
  else if ((settings & BLOCKED) !== 0) refuse(state, kind, account, -1, 'FORBIDDEN', '');
  else if (deadline !== 0 && state.time > deadline) refuse(state, kind, account, -1, 'DEADLINE_PASSED', 'deadline');
  else {
    const known = findNamed(state, account, i32, at);
    if (known === undefined) {
      if (hasTooManyGroups(state, kind, account)) return undefined;
      const group = addNamed(state, account, i32, at);
      emitQuoteGroup(state, group, 'created');
      return group;
    }
    if (!known.isFrozen(state.time) || onlyRemoves(i32, at + C.QUOTES_ITEMS, count)) return known;
    const until = known.frozenUntil === Number.POSITIVE_INFINITY ? -1 : known.frozenUntil;
    refuseLimit(state, kind, account, -1, 'marketMakerProtection', 'group', until);
  }
  return undefined;
}

function onlyRemoves(i32: Int32Array, items: number, count: number): boolean {
  for (let item = items; item < items + count * C.QUOTE_WORDS; item += C.QUOTE_WORDS) {
    const bid = i32[item + C.QUOTE_BID_SIZE] as number;
    const ask = i32[item + C.QUOTE_ASK_SIZE] as number;
    if ((bid !== 0 && bid !== C.KEEP) || (ask !== 0 && ask !== C.KEEP)) return false;
  }
  return true;
}

/** Applies one item; `side` is what DONE_COUNT says of a refused bid. Returns how many refusals it had. */
function quoteItem(state: State, account: number, i32: Int32Array, item: number, side: number): number {
  const index = i32[item + C.QUOTE_MARKET] as number;
  const terms = i32[item + C.QUOTE_TERMS] as number;
  const market = state.markets[index];
  const wanted = C.outcomeOfTerms(terms);
  const against = (terms & C.AGAINST) !== 0;
  state.item = side;
  if (market === undefined || wanted >= market.outcomes || (against && market.outcomes === 2)) {
    if (market === undefined) refuse(state, C.COMMAND.QUOTES, account, index, 'UNKNOWN_MARKET', 'market');
    else if (wanted >= market.outcomes) refuse(state, C.COMMAND.QUOTES, account, index, 'UNKNOWN_OUTCOME', 'outcome');
    else refuse(state, C.COMMAND.QUOTES, account, index, 'INVALID_REQUEST', 'outcome');
    return 1;
  }
  quoted.market = market;
  quoted.mirrored = against || (market.mirrors && wanted === 1);
  quoted.outcome = quoted.mirrored && market.mirrors ? 0 : wanted;
  const bidSize = i32[item + C.QUOTE_BID_SIZE] as number;
  const askSize = i32[item + C.QUOTE_ASK_SIZE] as number;
  if (bidSize === 0) removeSide(state, C.BUY);
  if (askSize === 0) removeSide(state, C.SELL);
  const bids = bidSize !== 0 && bidSize !== C.KEEP;
  const asks = askSize !== 0 && askSize !== C.KEEP;
  const bidPrice = i32[item + C.QUOTE_BID_PRICE] as number;
  const askPrice = i32[item + C.QUOTE_ASK_PRICE] as number;
  // The ask makes room for a bid that would meet it where it stands.
  const askFirst = asks && bids && reachesAsk(state, bidPrice);
  let refused = 0;
  if (askFirst && !quoteSide(state, C.SELL, askPrice, askSize, side + 1)) refused++;
  if (bids && !quoteSide(state, C.BUY, bidPrice, bidSize, side)) refused++;
  if (asks && !askFirst && !quoteSide(state, C.SELL, askPrice, askSize, side + 1)) refused++;
  return refused;
}

function removeSide(state: State, side: number): void {
  const slot = findSide(side);
  if (slot >= 0) cancelResting(state, quoted.market, slot, REASON.CANCELED);
}

/** Would a bid at this price meet the group's own ask as it stands? */
function reachesAsk(state: State, bidPrice: number): boolean {
  const slot = findSide(C.SELL);
  if (slot < 0) return false;
  const price = state.orders.rows[slot * ROW + PRICE] as number;
  return bidPrice >= (quoted.mirrored ? 10_000 - price : price);
}

/** Makes a side show `lots` at `price`; false: refused, as DONE_COUNT `item`. */
function quoteSide(state: State, side: number, price: number, lots: number, item: number): boolean {
  state.item = item;
  state.touched = 0;
  const slot = findSide(side);
  return slot < 0 ? placeSide(state, side, price, lots) : restate(state, slot, price, lots);
}
