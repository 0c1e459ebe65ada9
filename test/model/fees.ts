import { ceilDiv, DOLLAR, type Market, most, type Order, remaining, type State, theAccount } from './state.ts';

/** Fees in 10⁻⁸ micros are exact: a price has four digits, its complement, too, and a rate is in 1/10,000. */
const MICRO = 100_000_000n;

/** The exact fee of `lots` at a price. */
export function feeOf(market: Market, rate: bigint, lots: bigint, price: bigint): bigint {
  if (market.feeBase === 'notional') return price * lots * rate * 10_000n;
  return price * (DOLLAR - price) * lots * rate;
}

/** The exact fee of a trade with the market's maker: on its money, or that times 1 − the average price, rounded up. */
export function ammFeeOf(market: Market, rate: bigint, lots: bigint, micros: bigint): bigint {
  const payout = DOLLAR * lots;
  const base = market.feeBase === 'notional' ? micros : ceilDiv(micros * (payout - micros), payout);
  return base * rate * 10_000n;
}

/** What an order would have to pay now, with `exact` more. */
export const dueWith = (order: Order, exact: bigint): bigint => ceilDiv(order.feeExact + exact, MICRO) - order.fees;

/** Charges an order: in all it pays its exact fee, rounded up once. Returns the micros, < 0 for a rebate. */
export function charge(state: State, market: Market, order: Order, exact: bigint): bigint {
  const due = dueWith(order, exact);
  order.feeExact += exact;
  order.fees += due;
  theAccount(state, order.account).balance -= due;
  const holder = market.holders.find((each) => each.account === order.account);
  if (holder !== undefined) holder.paid += due;
  market.fees += due;
  state.feeTotal += due;
  return due;
}

/** Cash that an open order keeps for the fee of its remainder. */
export function feeHold(market: Market, order: Order): bigint {
  if (market.makerFee <= 0n) return 0n;
  return dueWith(order, feeOf(market, market.makerFee, remaining(order), order.price));
}

/** At least what `lots` at a limit can cost in fees: sets are paid for leg by leg, up to $1 in all. */
export function feeBound(market: Market, lots: bigint, limit: bigint): bigint {
  const rate = most(market.takerFee, market.makerFee, 0n);
  if (rate === 0n) return 0n;
  const exact = market.outcomes === 2 ? feeOf(market, rate, lots, limit) : DOLLAR * lots * rate * 10_000n;
  return ceilDiv(exact, MICRO);
}
