import { coverOutcome, unitHold } from '../accounts/collateral.ts';
import { feeHold } from '../accounts/fees.ts';
import { assert } from '../growth.ts';
import type { Market } from '../market.ts';
import * as O from '../order-book/orders.ts';
import { outcomeOfTerms, REDUCE_ONLY } from '../records/commands.ts';
import { STATUS } from '../records/events.ts';
import type { State } from '../state.ts';

/**
 * The open orders of a market as its holders list them: each has what it requires, in cash or in shares. Adds the cash to
 * `held` and the orders to `open`, by account; returns how many there are.
 */
export function checkOrders(state: State, market: Market, held: Float64Array, open: Int32Array): number {
  const { holders, outcomes } = market;
  const of = `in market ${market.terms.slug}`;
  let count = 0;
  for (let holder = 0; holder < holders.count; holder++) {
    const account = holders.account(holder);
    const cover = new Float64Array(outcomes);
    const lists = new Map<number, number>();
    let previous = -1;
    for (let slot = holders.i32[holders.openAt(holder)] as number; slot >= 0; slot = word(state, slot, O.MINE_NEXT)) {
      assert(word(state, slot, O.MINE_PREV) === previous, `a holder's orders are linked both ways ${of}`);
      previous = slot;
      checkOrder(state, market, holder, slot);
      const terms = word(state, slot, O.TERMS);
      const covered = word(state, slot, O.COVERED);
      const remaining = state.orders.remaining(slot);
      const price = word(state, slot, O.PRICE);
      const cash = unitHold(terms & 1, price) * (remaining - covered) + feeHold(state, market, slot, price, remaining);
      held[account] = (held[account] as number) + cash;
      open[account] = (open[account] as number) + 1;
      count++;
      if (covered === 0) continue;
      const outcome = coverOutcome(market, terms & 1, outcomeOfTerms(terms));
      cover[outcome] = (cover[outcome] as number) + covered;
      const reduceOnly = (terms & REDUCE_ONLY) !== 0;
      const head = reduceOnly ? holders.reduceAt(holder, outcome) : holders.coverAt(holder, outcome);
      lists.set(head, (lists.get(head) ?? 0) + covered);
    }
    for (let i = 0; i < outcomes; i++) {
      assert(cover[i] === holders.held(holder, i), `held shares cover open orders ${of}`);
      for (const head of [holders.coverAt(holder, i), holders.reduceAt(holder, i)])
        assert(coveredBy(state, market, head) === (lists.get(head) ?? 0), `covered orders are listed ${of}`);
    }
  }
  assert(count === market.openOrders, `open orders are counted ${of}`);
  return count;
}

const word = (state: State, slot: number, at: number): number => state.orders.rows[slot * O.ROW + at] as number;

function checkOrder(state: State, market: Market, holder: number, slot: number): void {
  const of = `in market ${market.terms.slug}`;
  const remaining = state.orders.remaining(slot);
  const covered = word(state, slot, O.COVERED);
  assert(word(state, slot, O.STATE) === STATUS.OPEN, `a listed order is open ${of}`);
  assert(
    word(state, slot, O.HOLDER) === holder && word(state, slot, O.MARKET) === market.index,
    `an order is its holder's ${of}`,
  );
  assert(remaining > 0 && covered >= 0 && covered <= remaining, `an open order has something left ${of}`);
  if ((word(state, slot, O.TERMS) & REDUCE_ONLY) !== 0)
    assert(covered === remaining, `a reduce-only order is covered by shares ${of}`);
  const money = state.orders.money.subarray(slot * O.MONEY_ROW, (slot + 1) * O.MONEY_ROW);
  assert(
    word(state, slot, O.FILLED) > 0 || money.every((value) => value === 0),
    `what has not traded paid nothing ${of}`,
  );
  const slack = money[O.FEE_SLACK] as number;
  assert(slack >= 0 && slack < 1e8, `a fee is rounded up by less than a micro ${of}`);
}

/** Lots that the orders of a cover list cover. */
function coveredBy(state: State, market: Market, head: number): number {
  let sum = 0;
  let previous = -1;
  for (let slot = market.holders.i32[head] as number; slot >= 0; slot = word(state, slot, O.COVER_NEXT)) {
    assert(word(state, slot, O.COVER_PREV) === previous, `covered orders are linked both ways in ${market.terms.slug}`);
    previous = slot;
    sum += word(state, slot, O.COVERED);
  }
  return sum;
}
