import { done, emitBalance, emitMarket, emitPosition, emitSettlement, refuse } from '../emit.ts';
import { assert } from '../growth.ts';
import { type Market, PROPOSED, RESOLVED, VOIDED } from '../market.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { CAUSE, DONE_COUNT } from '../records/events.ts';
import type { State } from '../state.ts';
import { sweep } from './sweep.ts';

/** Holders that one command settles at most. */
export const SETTLE_BATCH_MAX = 2_000;

/**
 * Pays the next holders of a resolved or voided market and moves the cursor, which is state: a repeated or late command pays
 * nobody twice. Resting orders that are left are canceled first.
 */
export function settleBatch(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, C.COMMAND.SETTLE_BATCH, account, index, 'UNKNOWN_MARKET', 'market');
  const ready = market.status === PROPOSED && state.time >= market.disputeUntil;
  if (market.status !== RESOLVED && market.status !== VOIDED && !ready)
    return refuse(state, C.COMMAND.SETTLE_BATCH, account, index, 'CONFLICT', 'market', market.disputeUntil);
  const most = Math.min(SETTLE_BATCH_MAX, Math.max(1, i32[at + C.BATCH_COUNT] as number));

  // After this point nothing refuses.
  if (ready) {
    market.status = RESOLVED;
    emitMarket(state, market, C.COMMAND.SETTLE_BATCH, market.terms.slug);
  }
  let handled = 0;
  if (market.openOrders > 0) {
    handled = sweep(state, market, most);
    emitMarket(state, market, C.COMMAND.SWEEP_ORDERS, market.terms.slug, market.reason);
  } else if (!market.settlementDone) {
    const steps = market.settlementSteps;
    while (handled < most && market.settled < steps) {
      if (market.status === RESOLVED) payHolder(state, market, market.settled);
      else unwindHolder(state, market, market.settled);
      market.settled++;
      handled++;
    }
    if (market.settled === steps) closeAccounts(state, market);
    emitSettlement(state, market);
  }
  const end = done(state, C.COMMAND.SETTLE_BATCH, account, index);
  state.events.i32[end + DONE_COUNT] = handled;
}

function payHolder(state: State, market: Market, holder: number): void {
  const { holders } = market;
  const { f64 } = holders;
  const account = holders.account(holder);
  const payouts = market.payouts as Int32Array;
  let payout = 0;
  for (let i = 0; i < market.outcomes; i++) {
    const at = holders.sharesAt(holder, i);
    const shares = f64[at] as number;
    if (shares === 0) continue;
    const value = shares * (payouts[i] as number);
    const basis = holders.costAt(holder, i);
    const realized = holders.realizedAt(holder, i);
    f64[realized] = (f64[realized] as number) + value - (f64[basis] as number);
    f64[basis] = 0;
    f64[at] = 0;
    payout += value;
    emitPosition(state, market, holder, i);
  }
  const paid = holders.paidAt(holder);
  f64[paid] = (f64[paid] as number) - payout;
  market.escrow -= payout;
  market.paid += payout;
  state.accounts.leaveMarket(account, market.index);
  if (payout === 0) return;
  state.accounts.pay(account, payout);
  emitBalance(state, account, market.index, payout, CAUSE.PAYOUT);
}

/**
 * A void passes over the holders twice. First those who took money out give it back, as far as their available cash goes:
 * the house covers the rest and it is recorded as owed. Then everybody who paid in is refunded. So escrow never goes below 0.
 */
function unwindHolder(state: State, market: Market, step: number): void {
  const { holders } = market;
  const { f64 } = holders;
  const refunding = step >= holders.count;
  const holder = refunding ? step - holders.count : step;
  const account = holders.account(holder);
  const at = holders.paidAt(holder);
  const paid = f64[at] as number;
  if (!refunding) {
    if (paid >= 0) return;
    const taken = Math.min(-paid, state.accounts.available(account));
    const covered = -paid - taken;
    f64[at] = 0;
    market.escrow -= paid;
    if (taken > 0) {
      state.accounts.pay(account, -taken);
      emitBalance(state, account, market.index, -taken, CAUSE.REFUND);
    }
    if (covered > 0) {
      market.owed += covered;
      state.accounts.pay(C.HOUSE, -covered);
      emitBalance(state, C.HOUSE, market.index, -covered, CAUSE.COVER);
    }
    return;
  }
  for (let i = 0; i < market.outcomes; i++) {
    const shares = holders.sharesAt(holder, i);
    if (f64[shares] === 0) continue;
    f64[shares] = 0;
    f64[holders.costAt(holder, i)] = 0;
    emitPosition(state, market, holder, i);
  }
  state.accounts.leaveMarket(account, market.index);
  if (paid === 0) return;
  f64[at] = 0;
  market.escrow -= paid;
  market.paid += paid;
  state.accounts.pay(account, paid);
  emitBalance(state, account, market.index, paid, CAUSE.REFUND);
}

/** The last step: what the maker holds goes back to the house, and nothing is left in the market. */
function closeAccounts(state: State, market: Market): void {
  let returned = market.ammCash;
  if (market.status === RESOLVED) {
    let payout = 0;
    for (let i = 0; i < market.outcomes; i++) payout += (market.ammShares[i] as number) * (market.payouts?.[i] ?? 0);
    market.escrow -= payout;
    returned += payout;
    assert(market.escrow === 0, 'escrow is empty after settlement');
  } else {
    returned += market.escrow;
    market.escrow = 0;
    assert(returned === market.ammFunding, 'a void returns exactly the maker’s funding');
  }
  market.ammShares.fill(0);
  market.ammCash = 0;
  market.supply = 0;
  market.settlementDone = true;
  if (returned !== 0) {
    state.accounts.pay(C.HOUSE, returned);
    emitBalance(state, C.HOUSE, market.index, returned, CAUSE.FUNDING);
  }
  emitMarket(state, market, C.COMMAND.SETTLE_BATCH, market.terms.slug, market.reason);
}
