import { done, emitBalance, emitMarket, emitOrder, emitPositions } from './emit.ts';
import * as Limits from './limits.ts';
import type { Market } from './market.ts';
import { collateral } from './matching/checks.ts';
import { execute } from './matching/execute.ts';
import { fillCrossed } from './matching/makerCrossing.ts';
import { route } from './matching/route.ts';
import { taker } from './matching/taker.ts';
import * as OrderLayout from './order-book/orderRow.ts';
import { finish, rest } from './order-book/resting.ts';
import * as PlanSteps from './order-book/steps.ts';
import { withdrawTripped } from './quotes/withdraw.ts';
import * as Reasons from './reasons.ts';
import * as CommandLayout from './records/commands.ts';
import * as EventLayout from './records/events.ts';
import type { State } from './state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { LIMITS } = Limits;
const O = { ...OrderLayout };
const P = { ...PlanSteps };
const { REASON } = Reasons;
const C = { ...CommandLayout };
const { CAUSE, DONE_ORDER, STATUS } = EventLayout;

/** Balance and held cash of the account of the order under way. Large numbers: as arguments each would be an object. */
const before = new Float64Array(2);
const BALANCE = 0;
const HELD = 1;

/** Keeps what an account has, before its order changes it. */
export function rememberBefore(state: State, account: number): void {
  before[BALANCE] = state.accounts.balance(account);
  before[HELD] = state.accounts.held(account);
}

/**
 * Executes the plan for an order that rests in no book, rests or ends what is left, and reports the order, its account and
 * the end of the command. For PLACE and for an AMEND that lost its place. What its account had when the command began is in
 * {@link before}.
 */
export function settleOrder(
  state: State,
  market: Market,
  slot: number,
  leftOfPlan: number,
  command: number,
  account: number,
): void {
  const { rows } = state.orders;
  const row = (slot & O.SLOTS) << O.ROW_SHIFT;
  const { plan } = state;
  const holder = rows[row + O.HOLDER] as number;
  const terms = rows[row + O.TERMS] as number;
  const side = terms & 1;
  const outcome = C.outcomeOfTerms(terms);
  let left = leftOfPlan;
  let traded = false;
  let prevented = 0;
  let steps = 0;
  while (plan.count > 0) {
    execute(state, market, outcome, side, slot);
    withdrawTripped(state);
    traded ||= plan.lots > 0;
    prevented += plan.prevented;
    steps += plan.count;
    if (plan.stop !== P.AGAIN) break;
    // The end of own orders may have completed sets, and these merged: with shares that a reduce-only order was to sell.
    const lost = taker.reduceOnly ? left - Math.min(left, collateral(market, holder, side, outcome)) : 0;
    if (lost > 0 && lost === left) {
      plan.stop = P.NO_SHARES;
      break;
    }
    rows[row + O.SIZE] = (rows[row + O.SIZE] as number) - lost;
    left -= lost;
    taker.holder = holder;
    taker.lots = left;
    taker.budget = remainingBudget(state, slot);
    if (steps >= LIMITS.fillsPerCommand) {
      plan.stop = P.STEPS;
      break;
    }
    left = route(state, market);
  }
  const tif = (terms >> 2) & 7;
  if (left === 0 && rows[row + O.FILLED] === 0) {
    // All of it met own orders: it ends as it was asked for.
    rows[row + O.SIZE] = prevented;
    finish(state, slot, STATUS.CANCELED, REASON.SELF_TRADE);
  } else if (left === 0) finish(state, slot, STATUS.FILLED, 0);
  else if (plan.stop === P.OWN_ORDER) finish(state, slot, STATUS.CANCELED, REASON.SELF_TRADE);
  else if (plan.stop === P.NO_SHARES) finish(state, slot, STATUS.CANCELED, REASON.REDUCE_ONLY);
  else if (plan.stop === P.STEPS) finish(state, slot, STATUS.CANCELED, REASON.FILLS_LIMIT);
  else if (tif === C.TIF.GTC || tif === C.TIF.GTD) {
    rest(state, market, outcome, slot, command === C.COMMAND.PLACE);
    emitOrder(state, slot);
  } else finish(state, slot, STATUS.CANCELED, endReason(terms));
  if (market.hasMaker) fillCrossed(state, market);
  const delta = state.accounts.balance(account) - (before[BALANCE] as number);
  const amended = command === C.COMMAND.AMEND;
  if (delta !== 0 || state.accounts.held(account) !== before[HELD] || steps > 0 || amended)
    emitBalance(state, account, market.index, delta, traded ? CAUSE.TRADE : CAUSE.HOLD);
  emitPositions(state, market, holder, state.touched);
  if (market.hasMaker) switchBookOn(state, market, command);
  const end = done(state, command, account, market.index);
  state.events.f64[(end + DONE_ORDER) >> 1] = state.orders.id(slot);
}

function endReason(terms: number): number {
  if (taker.budget !== Number.POSITIVE_INFINITY) return REASON.MAX_COST;
  return ((terms >> 1) & 1) === C.MARKET_ORDER ? REASON.NO_LIQUIDITY : REASON.IOC;
}

/** What a cost cap still allows after the first of several plans. */
function remainingBudget(state: State, slot: number): number {
  if (taker.wholeBudget === Number.POSITIVE_INFINITY) return taker.wholeBudget;
  const at = slot * O.MONEY_ROW;
  const micros = state.orders.money[at + O.FILLED_MICROS] as number;
  const filled = state.orders.rows[((slot & O.SLOTS) << O.ROW_SHIFT) + O.FILLED] as number;
  const cost = taker.mirrored ? 10_000 * filled - micros : micros;
  return taker.wholeBudget - cost - (state.orders.money[at + O.FEES] as number);
}

/** A hybrid gets its book when it has traded enough. */
function switchBookOn(state: State, market: Market, command: number): void {
  const { hybridThreshold } = market.terms;
  if (market.bookOn || hybridThreshold === 0 || market.volume < hybridThreshold) return;
  market.bookOn = true;
  emitMarket(state, market, command, market.terms.slug);
}
