import { ammFeeBase } from '../accounts/fees.ts';
import { buyCostCeil, quote, sellProceedsFloor } from '../lmsr/lmsr.ts';
import type { Market } from '../market.ts';
import * as PlanSteps from '../order-book/steps.ts';
import * as CommandLayout from '../records/commands.ts';
import type { State } from '../state.ts';
import * as Takers from './taker.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const P = { ...PlanSteps };
const { BUY } = CommandLayout;
const { taker } = Takers;

/** The maker's quantities as they would be. */
const quantities = new Float64Array(256);

/** The maker as it is, before a plan trades with it. */
export function startMaker(market: Market): void {
  for (let j = 0; j < market.outcomes; j++) quantities[j] = market.q[j] as number;
}

/** [lots, money] of the maker, by `quote`. */
const quoted = new Float64Array(2);

/**
 * Asks the maker for up to `left` lots at prices strictly better than `price`, or equal where nothing else stands there, and
 * adds them to the plan. Returns the lots.
 */
export function makerStep(state: State, market: Market, price: number, left: number): number {
  const { plan } = state;
  const { outcome, side, budget } = taker;
  const { bandMin, bandMax } = market.terms;
  const n = market.outcomes;
  const level = side === BUY ? Math.min(price * 100, bandMax) : Math.max(price * 100, bandMin);
  if (level <= 0 || level >= 1_000_000) return 0;
  const direction = side === BUY ? 1 : -1;
  const capped = budget !== Number.POSITIVE_INFINITY;
  // The money alone caps a plain purchase; fees and the other side's cost are searched for.
  const cap =
    capped && side === BUY && market.takerFee === 0 ? Math.max(0, budget - taker.spent) : Number.POSITIVE_INFINITY;
  if (!quote(quantities, n, market.b, outcome, direction, left, level, cap, quoted)) {
    if (
      cap !== Number.POSITIVE_INFINITY &&
      quote(quantities, n, market.b, outcome, direction, 1, level, Number.POSITIVE_INFINITY, quoted)
    )
      plan.stop = P.BUDGET;
    return 0;
  }
  let lots = quoted[0] as number;
  let micros = quoted[1] as number;
  if (capped) {
    const asked = lots;
    if (cap === Number.POSITIVE_INFINITY) lots = searchBudget(state, market, asked);
    else if (
      lots < left &&
      quote(quantities, n, market.b, outcome, direction, lots + 1, level, Number.POSITIVE_INFINITY, quoted)
    )
      if (quoted[0] === lots + 1) plan.stop = P.BUDGET;
    if (lots < asked) {
      plan.stop = P.BUDGET;
      if (lots === 0) return 0;
      micros = makerMicros(market, lots);
    }
  }
  plan.addAmm(lots, micros);
  taker.spent += taker.mirrored ? 10_000 * lots - micros : micros;
  if (market.takerFee !== 0) state.planFee.addShare(ammFeeBase(market, lots, micros), market.takerFee);
  quantities[outcome] = (quantities[outcome] as number) + (side === BUY ? lots : -lots);
  return lots;
}

function makerMicros(market: Market, lots: number): number {
  const n = market.outcomes;
  return taker.side === BUY
    ? buyCostCeil(quantities, n, market.b, taker.outcome, lots)
    : sellProceedsFloor(quantities, n, market.b, taker.outcome, lots);
}

/** The most lots whose cost and fee the budget pays for: both grow with the size. */
function searchBudget(state: State, market: Market, most: number): number {
  const sum = state.planFee;
  const { whole, rest } = sum;
  let low = 0;
  let high = most;
  while (low < high) {
    const lots = low + Math.ceil((high - low) / 2);
    const micros = makerMicros(market, lots);
    if (market.takerFee !== 0) sum.addShare(ammFeeBase(market, lots, micros), market.takerFee);
    const cost = taker.spent + (taker.mirrored ? 10_000 * lots - micros : micros) + sum.micros;
    sum.whole = whole;
    sum.rest = rest;
    if (cost <= taker.budget) low = lots;
    else high = lots - 1;
  }
  return low;
}
