import { unhold } from '../accounts/collateral.ts';
import { chargeFill, feeHold } from '../accounts/fees.ts';
import { deliver, merge, payFee, receive } from '../accounts/positions.ts';
import { emitBalance, emitOrder, emitPosition, emitPositions } from '../emit.ts';
import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import { take } from '../order-book/plan.ts';
import { endResting, finish, leaveLists, shrinkSize, unrest } from '../order-book/resting.ts';
import * as Reasons from '../reasons.ts';
import * as CommandLayout from '../records/commands.ts';
import { outcomeOfTerms } from '../records/commands.ts';
import * as EventLayout from '../records/events.ts';
import type { State } from '../state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { COVERED, FILLED, FILLED_MICROS, HOLDER, MONEY_ROW, PRICE, ROW_SHIFT, SLOTS, TERMS } = OrderLayout;
const { REASON } = Reasons;
const { BUY, COLLECTED, GROUP_BITS, SELL } = CommandLayout;
const { CAUSE, STATUS } = EventLayout;

/** What others do to a resting order: fill it, cancel it, make it smaller. Shares and cash of its holder move with it. */

/** Cancels a resting order, with the level and position events; the caller emits the balance. */
export function cancelResting(state: State, market: Market, slot: number, reason: number): void {
  const { rows } = state.orders;
  const row = (slot & SLOTS) << ROW_SHIFT;
  const terms = rows[row + TERMS] as number;
  const holder = rows[row + HOLDER] as number;
  const covered = rows[row + COVERED] as number;
  endResting(state, market, slot, reason);
  if (covered === 0) return;
  if (market.outcomes > 2) {
    merge(state, market, holder, outcomeOfTerms(terms));
    emitPositions(state, market, holder, -1);
  } else emitPosition(state, market, holder, (terms & 1) === SELL ? 0 : 1);
}

/** Cancels a resting order in the course of another command: as {@link cancelResting}, with the balance. */
export function cancelMaker(state: State, market: Market, slot: number, reason: number): void {
  const holder = state.orders.rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] as number;
  const account = market.holders.account(holder);
  const before = state.accounts.balance(account);
  cancelResting(state, market, slot, reason);
  emitBalance(state, account, market.index, state.accounts.balance(account) - before, CAUSE.HOLD);
}

/** Self-trade prevention takes `lots` off a resting order without a trade. */
export function decrementMaker(state: State, market: Market, slot: number, lots: number): void {
  const { rows } = state.orders;
  const row = (slot & SLOTS) << ROW_SHIFT;
  if (lots === state.orders.remaining(slot)) return cancelMaker(state, market, slot, REASON.SELF_TRADE);
  const holder = rows[row + HOLDER] as number;
  const account = market.holders.account(holder);
  const before = state.accounts.balance(account);
  shrinkResting(state, market, slot, lots);
  emitBalance(state, account, market.index, state.accounts.balance(account) - before, CAUSE.HOLD);
  emitPositions(state, market, holder, -1);
}

/** Makes a resting order `lots` smaller where it stands; the caller emits balance and positions. */
export function shrinkResting(state: State, market: Market, slot: number, lots: number): void {
  const row = (slot & SLOTS) << ROW_SHIFT;
  const holder = state.orders.rows[row + HOLDER] as number;
  const outcome = outcomeOfTerms(state.orders.rows[row + TERMS] as number);
  unhold(state, market, slot, lots, false);
  shrinkSize(state, market, slot, lots);
  if (market.outcomes > 2) merge(state, market, holder, outcome);
}

/** Takes a resting order out of its book, to go on with it; the shares that it held may make sets. */
export function withdraw(state: State, market: Market, slot: number): void {
  const row = (slot & SLOTS) << ROW_SHIFT;
  const covered = state.orders.rows[row + COVERED] as number;
  unrest(state, market, slot);
  if (covered === 0 || market.outcomes === 2) return;
  const { rows } = state.orders;
  merge(state, market, rows[row + HOLDER] as number, outcomeOfTerms(rows[row + TERMS] as number));
}

export function addFilled(state: State, slot: number, lots: number, micros: number): void {
  const filled = ((slot & SLOTS) << ROW_SHIFT) + FILLED;
  state.orders.rows[filled] = (state.orders.rows[filled] as number) + lots;
  addMicros(state, slot, micros);
}

function addMicros(state: State, slot: number, micros: number): void {
  const money = slot * MONEY_ROW + FILLED_MICROS;
  state.orders.money[money] = (state.orders.money[money] as number) + micros;
}

/**
 * A resting order gives or takes `lots` at `price`, its own but for auctions, and pays the maker's fee. Returns the fee.
 * The order, its balance and its positions are reported here; the trade and the level by the caller.
 */
export function fillResting(
  state: State,
  market: Market,
  slot: number,
  lots: number,
  price: number,
  rate: number,
): number {
  const { rows } = state.orders;
  const row = (slot & SLOTS) << ROW_SHIFT;
  const holder = rows[row + HOLDER] as number;
  const account = market.holders.account(holder);
  const before = state.accounts.balance(account);
  const terms = rows[row + TERMS] as number;
  const outcome = outcomeOfTerms(terms);
  const touched = state.touched;
  state.touched = 0;
  unhold(state, market, slot, lots, true);
  const gone =
    (terms & COLLECTED) === 0
      ? take(state.orders, market.book(outcome), slot, lots, rows[row + PRICE] as number)
      : takeCollected(state, market, slot, lots);
  if ((terms & GROUP_BITS) !== 0) state.protection.count(slot, lots);
  addMicros(state, slot, lots * price);
  const fee = chargeMaker(state, market, slot, rate, lots, price);
  if ((terms & 1) === BUY) receive(state, market, holder, outcome, lots, lots * price);
  else deliver(state, market, holder, outcome, lots, lots * price);
  payFee(state, market, holder, fee);
  if (gone) {
    leaveLists(state, market, slot);
    finish(state, slot, STATUS.FILLED, 0);
  } else emitOrder(state, slot);
  emitBalance(state, account, market.index, state.accounts.balance(account) - before, CAUSE.TRADE);
  emitPositions(state, market, holder, state.touched);
  state.touched = touched;
  return fee;
}

/** As `take`, for an order that stands in no book yet. */
function takeCollected(state: State, market: Market, slot: number, lots: number): boolean {
  const filled = ((slot & SLOTS) << ROW_SHIFT) + FILLED;
  state.orders.rows[filled] = (state.orders.rows[filled] as number) + lots;
  if (state.orders.remaining(slot) > 0) return false;
  market.collected.remove(state.orders, slot);
  return true;
}

/** Charges a fill; what the rest of the order holds for its fee follows from what this fill was rounded up by. */
function chargeMaker(state: State, market: Market, slot: number, rate: number, lots: number, price: number): number {
  if (market.makerFee <= 0) return chargeFill(state, market, slot, rate, lots, price);
  const { rows } = state.orders;
  const limit = rows[((slot & SLOTS) << ROW_SHIFT) + PRICE] as number;
  const remaining = state.orders.remaining(slot);
  const before = feeHold(state, market, slot, limit, remaining);
  const fee = chargeFill(state, market, slot, rate, lots, price);
  const more = feeHold(state, market, slot, limit, remaining) - before;
  if (more !== 0)
    state.accounts.hold(market.holders.account(rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] as number), more);
  return fee;
}
