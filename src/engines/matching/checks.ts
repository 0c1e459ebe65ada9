import { coverOutcome, unitHold } from '../accounts/collateral.ts';
import { feeBound } from '../accounts/fees.ts';
import type { refuse } from '../emit.ts';
import type { Market } from '../market.ts';
import * as PlanSteps from '../order-book/steps.ts';
import * as CommandLayout from '../records/commands.ts';
import type { Field } from '../records/events.ts';
import type { State } from '../state.ts';
import { taker } from './taker.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const P = { ...PlanSteps };
const { BUY, MARKET_ORDER, POST_ONLY, TIF } = CommandLayout;

/** Refusals that depend on what an order would do: `taker` and its plan are known, nothing has changed. */
export type Refusal = { code: Parameters<typeof refuse>[4]; field: Field };
const INSUFFICIENT: Refusal = { code: 'INSUFFICIENT_FUNDS', field: 'size' };
const WOULD_TRADE: Refusal = { code: 'POST_ONLY_WOULD_TRADE', field: 'price' };
const NOT_FILLED: Refusal = { code: 'FOK_NOT_FILLED', field: 'size' };
const SELF_TRADE: Refusal = { code: 'SELF_TRADE', field: 'price' };
const NO_LIQUIDITY: Refusal = { code: 'NO_LIQUIDITY', field: 'size' };

/** Free shares of a holder that can cover an order. */
export function collateral(market: Market, holder: number, side: number, outcome: number): number {
  const cover = coverOutcome(market, side, outcome);
  return holder < 0 || cover < 0 ? 0 : market.holders.free(holder, cover);
}

/**
 * Cash for a resting order is what the whole of it would need at its limit. One that cannot rest needs what its plan needs;
 * where the limit's need is there, the plan's is.
 */
export function checkFunds(
  state: State,
  market: Market,
  account: number,
  holder: number,
  free: number,
  rests: boolean,
  price: number,
): Refusal | undefined {
  const available = state.accounts.available(account);
  const { side, lots, limit } = taker;
  const bound = unitHold(side, price === 0 ? limit : price) * Math.max(0, lots - free) + feeBound(market, limit, lots);
  if (bound <= available) return undefined;
  // What is planned later, after a reduce-only order may have shrunk, is not known: it has to be paid for at the limit.
  if (rests || state.plan.stop === P.AGAIN) return INSUFFICIENT;
  const need = planNeed(state, market, holder);
  return need > 0 && need > available ? INSUFFICIENT : undefined;
}

/** What cash must bear of the plan: its money, with a set merged (buys) or not minted (sells) for each lot that shares allow. */
function planNeed(state: State, market: Market, holder: number): number {
  const { plan } = state;
  const { holders } = market;
  const fees = state.planFee.micros;
  const { outcome, side } = taker;
  if (side !== BUY) {
    const own = holder < 0 ? 0 : Math.min(plan.lots, holders.free(holder, outcome));
    return 10_000 * (plan.lots - own) - plan.micros + fees;
  }
  let sets = holder < 0 ? 0 : plan.lots + holders.free(holder, outcome);
  for (let j = 0; j < market.outcomes && sets > 0; j++)
    if (j !== outcome) sets = Math.min(sets, holders.free(holder, j));
  return plan.micros + fees - 10_000 * sets;
}

/** Post-only, fill-or-kill, self-trade and empty-book refusals. */
export function checkReach(state: State, terms: number, left: number): Refusal | undefined {
  const { plan } = state;
  const tif = (terms >> 2) & 7;
  if ((terms & POST_ONLY) !== 0 && plan.count > 0) return WOULD_TRADE;
  if (tif === TIF.FOK && (left > 0 || plan.prevented > 0)) return NOT_FILLED;
  if (plan.lots > 0 || left === 0) return undefined;
  if (plan.stop === P.OWN_ORDER && plan.count > 0 && plan.slot(plan.count - 1) < 0) return SELF_TRADE;
  return ((terms >> 1) & 1) === MARKET_ORDER && plan.count === 0 ? NO_LIQUIDITY : undefined;
}
