import { FeeSum } from '../accounts/fees.ts';
import { LIMITS } from '../limits.ts';
import { makerPriceAfter } from '../lmsr/maker.ts';
import type { Market } from '../market.ts';
import { lost } from '../matching/cursors.ts';
import { collarBound } from '../matching/riskLimits.ts';
import { routeFirst, routeOn } from '../matching/route.ts';
import { taker } from '../matching/taker.ts';
import type { Plan } from '../order-book/plan.ts';
import { AGAIN, AMM_STEP, FILL, SET } from '../order-book/steps.ts';
import * as C from '../records/commands.ts';
import { AMM_VENUE, BOOK } from '../records/events.ts';
import type { State } from '../state.ts';
import { Foreseen } from './foreseen.ts';

export type QuoteJson = {
  lots: number;
  /** Micros paid by a buyer or received by a seller. */
  cost: number;
  /** Taker fees, beside the cost. */
  fees: number;
  priceAfterMillionths: number;
  fills: { venue: number; lots: number; cost: number }[];
};

/**
 * The plan of a market order that nobody places: what it would trade with, whoever asks. Where a plan ends with AGAIN the order
 * would be executed so far and planned anew; here that is foreseen instead, so the answer is of all that would trade.
 */
export function quoteJson(state: State, market: Market, i32: Int32Array, f64: Float64Array, at: number): QuoteJson {
  const clientSide = i32[at + C.QUOTE_SIDE] as number;
  const wanted = i32[at + C.QUOTE_OUTCOME] as number;
  const size = i32[at + C.QUOTE_SIZE] as number;
  const spend = f64[(at + C.QUOTE_SPEND) >> 1] as number;
  const mirrored = market.mirrors && wanted === 1;
  const outcome = mirrored ? 0 : wanted;
  const side = mirrored ? 1 - clientSide : clientSide;
  taker.side = side;
  taker.outcome = outcome;
  const end = side === C.BUY ? 9_999 : 1;
  taker.limit = market.collar === 0 ? end : collarBound(market, outcome, side);
  taker.lots = size > 0 ? size : 1_000_000_000;
  taker.holder = -1;
  taker.stp = 0;
  taker.budget = taker.wholeBudget = size > 0 ? Number.POSITIVE_INFINITY : spend;
  taker.mirrored = mirrored;
  taker.reduceOnly = false;
  const { plan, planFee } = state;
  const sum: Sum = { lots: 0, cost: 0, makerLots: 0, last: -1, fills: [] };
  const fees = new FeeSum();
  const foreseen = new Foreseen(state, market);
  let steps = 0;
  for (let left = routeFirst(state, market); ; left = routeOn(state, market, left)) {
    addPlan(plan, mirrored, sum);
    fees.addSum(planFee);
    steps += plan.count;
    if (plan.stop !== AGAIN || steps >= LIMITS.fillsPerCommand) break;
    foreseen.carryOut();
    taker.budget = taker.wholeBudget - sum.cost - fees.micros;
  }
  lost.clear();
  const { lots, cost, fills } = sum;
  let { last } = sum;
  if (market.hasMaker) {
    const after = makerPriceAfter(market, outcome, side, sum.makerLots);
    last = mirrored ? 1_000_000 - after : after;
  }
  return { lots, cost, fees: fees.micros, priceAfterMillionths: last, fills };
}

/** What plans would trade so far; `makerLots` of it with the market's maker, `last` the last price in the book, in millionths. */
type Sum = Pick<QuoteJson, 'lots' | 'cost' | 'fills'> & { makerLots: number; last: number };

function addPlan(plan: Plan, mirrored: boolean, sum: Sum): void {
  const own = (lots: number, micros: number): number => (mirrored ? 10_000 * lots - micros : micros);
  const { fills } = sum;
  for (let step = 0; step < plan.count; step++) {
    const kind = plan.kind(step);
    if (kind !== FILL && kind !== SET && kind !== AMM_STEP) continue;
    const amm = kind === AMM_STEP;
    const lots = plan.lotsOf(step);
    const cost = own(lots, amm ? plan.microsOf(step) : lots * plan.price(step));
    const venue = amm ? AMM_VENUE : BOOK;
    const before = fills.at(-1);
    if (before?.venue === venue) {
      before.lots += lots;
      before.cost += cost;
    } else fills.push({ venue, lots, cost });
    if (amm) sum.makerLots += lots;
    else sum.last = (mirrored ? 10_000 - plan.price(step) : plan.price(step)) * 100;
  }
  sum.lots += plan.lots;
  sum.cost += own(plan.lots, plan.micros);
}
