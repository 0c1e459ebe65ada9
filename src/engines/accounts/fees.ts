import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import * as CommandLayout from '../records/commands.ts';
import type { State } from '../state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { FEE_SLACK, FEES, MONEY_ROW } = OrderLayout;
const { FEE_BASE } = CommandLayout;

/**
 * Fees are exact fractions of a micro until they are charged. An order has paid FEES micros, which is its exact fee so far
 * rounded up; FEE_SLACK (in 10⁻⁸ micros) is how much too much that is. So many small fills cost what one fill costs, and
 * the rounding is in the house's favour once an order. A negative rate is a rebate: rounded up, too, it pays less.
 *
 * The base is the same for both sides of a trade, so a rebate that is at most the taker's rate is at most the taker's fee.
 */
const SCALE = 1e8;

/** The fee of one lot at a price, in 10⁻⁸ micros: an integer below 2.5 · 10¹¹. */
export function feeWeight(market: Market, rate: number, price: number): number {
  if (rate === 0) return 0;
  return market.feeBase === FEE_BASE.notional ? price * rate * 10_000 : price * (10_000 - price) * rate;
}

/** A sum of fees: whole micros and 10⁻⁸ micros in [0, 10⁸). */
export class FeeSum {
  whole = 0;
  rest = 0;

  clear(): void {
    this.whole = this.rest = 0;
  }

  /** Adds lots × weight exactly: no product here exceeds 2^53 (lots ≤ 10⁹, weight < 2.5 · 10¹¹). */
  add(lots: number, weight: number): void {
    const size = Math.abs(weight);
    const high = Math.floor(size / SCALE);
    const low = size - high * SCALE;
    const thousands = Math.floor(lots / 10_000);
    const product = thousands * low;
    const carried = Math.floor(product / 10_000);
    const tail = (product - carried * 10_000) * 10_000 + (lots - thousands * 10_000) * low;
    const whole = Math.floor(tail / SCALE);
    this.plus(weight < 0, lots * high + carried + whole, tail - whole * SCALE);
  }

  /** Adds `rate` basis points of `micros`. */
  addShare(micros: number, rate: number): void {
    const size = Math.abs(rate);
    const high = Math.floor(micros / 10_000);
    const product = (micros - high * 10_000) * size;
    const whole = Math.floor(product / 10_000);
    this.plus(rate < 0, high * size + whole, (product - whole * 10_000) * 10_000);
  }

  addSum({ whole, rest }: FeeSum): void {
    this.plus(false, whole, rest);
  }

  /** Rounded up. */
  get micros(): number {
    return this.rest > 0 ? this.whole + 1 : this.whole;
  }

  private plus(negative: boolean, whole: number, rest: number): void {
    this.whole += negative ? -whole : whole;
    this.rest += negative ? -rest : rest;
    if (this.rest >= SCALE) {
      this.rest -= SCALE;
      this.whole++;
    } else if (this.rest < 0) {
      this.rest += SCALE;
      this.whole--;
    }
  }
}

const sum = new FeeSum();

/** What an order has to pay now for the fee in `sum`; remembers the rest. */
function charge(state: State, slot: number): number {
  const money = state.orders.money;
  const at = slot * MONEY_ROW;
  const slack = money[at + FEE_SLACK] as number;
  const due = sum.rest > slack ? sum.whole + 1 : sum.whole;
  money[at + FEE_SLACK] = (due - sum.whole) * SCALE + slack - sum.rest;
  money[at + FEES] = (money[at + FEES] as number) + due;
  return due;
}

/** Charges a fill of `lots` at `price`; returns the micros. */
export function chargeFill(
  state: State,
  market: Market,
  slot: number,
  rate: number,
  lots: number,
  price: number,
): number {
  if (rate === 0) return 0;
  sum.clear();
  sum.add(lots, feeWeight(market, rate, price));
  return charge(state, slot);
}

/** Charges a trade with the maker of the market, by its exact money. */
export function chargeAmm(
  state: State,
  market: Market,
  slot: number,
  rate: number,
  lots: number,
  micros: number,
): number {
  if (rate === 0) return 0;
  sum.clear();
  sum.addShare(ammFeeBase(market, lots, micros), rate);
  return charge(state, slot);
}

/** The money of an AMM trade, or its money × (1 − average price), rounded up to a micro. */
export function ammFeeBase(market: Market, lots: number, micros: number): number {
  if (market.feeBase === FEE_BASE.notional) return micros;
  const whole = BigInt(lots) * 10_000n;
  const base = BigInt(micros) * (whole - BigInt(micros));
  return Number((base + whole - 1n) / whole);
}

/** Cash that a resting order needs for its maker fee, should the rest of it be filled. */
export function feeHold(state: State, market: Market, slot: number, price: number, remaining: number): number {
  if (market.makerFee <= 0) return 0;
  sum.clear();
  sum.add(remaining, feeWeight(market, market.makerFee, price));
  return sum.rest > (state.orders.money[slot * MONEY_ROW + FEE_SLACK] as number) ? sum.whole + 1 : sum.whole;
}

/** At least what an order of this size and limit can cost in fees, whatever it trades with. */
export function feeBound(market: Market, price: number, lots: number): number {
  const rate = Math.max(market.takerFee, market.makerFee);
  if (rate <= 0) return 0;
  sum.clear();
  if (market.outcomes === 2) sum.add(lots, feeWeight(market, rate, price));
  else sum.add(lots, 10_000 * 10_000 * rate);
  return sum.micros + 1;
}
