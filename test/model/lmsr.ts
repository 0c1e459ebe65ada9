import { Decimal } from 'decimal.js';
import { DOLLAR, least, type Maker } from './state.ts';

/**
 * Hanson's rule, as its formulas stand on paper, with 64 digits: C(q) = b·ln Σ e^{q/b}, p_i = e^{q_i/b} / Σ e^{q/b}.
 * Differences of quantities are exact, so that equal quantities have exactly equal exponentials.
 */
const Real = Decimal.clone({ precision: 64, rounding: Decimal.ROUND_HALF_EVEN });
/**
 * Rounded up. Some costs are whole micros (a step between two states that mirror each other): what is as near to an integer
 * as no cost of such small numbers is by chance is one.
 */
const ceil = (value: Decimal): bigint => BigInt(value.toDecimalPlaces(30).ceil().toFixed(0));
const real = (integer: bigint): Decimal => new Real(integer.toString());

/** Σ e^{(q_j − q_of)/b}: one over the price of `of`. */
function inversePrice(q: bigint[], b: bigint, of: number): Decimal {
  const own = q[of] as bigint;
  return q.reduce(
    (total, each) =>
      total.plus(
        real(each - own)
          .div(real(b))
          .exp(),
      ),
    new Real(0),
  );
}

const moved = (q: bigint[], outcome: number, lots: bigint): bigint[] =>
  q.map((each, j) => (j === outcome ? each + lots : each));

/** C(q′) − C(q) in micros: negative when lots < 0. C(q) = q_0 + b·ln Σ e^{(q_j − q_0)/b}. */
function cost(maker: Maker, outcome: number, lots: bigint): Decimal {
  const { q, b } = maker;
  const after = moved(q, outcome, lots);
  const logs = inversePrice(after, b, 0)
    .ln()
    .minus(inversePrice(q, b, 0).ln());
  return logs
    .times(real(b))
    .plus(real((after[0] as bigint) - (q[0] as bigint)))
    .times(10_000);
}

/** Rounded up. */
export const buyCost = (maker: Maker, outcome: number, lots: bigint): bigint => ceil(cost(maker, outcome, lots));
/** Rounded down. */
export const sellProceeds = (maker: Maker, outcome: number, lots: bigint): bigint => -ceil(cost(maker, outcome, -lots));

/** Of a buy its cost, of a sale its proceeds. */
export const ammMoney = (maker: Maker, side: string, outcome: number, lots: bigint): bigint =>
  side === 'buy' ? buyCost(maker, outcome, lots) : sellProceeds(maker, outcome, lots);

/** Is the price after `lots` more (or fewer) of an outcome still at most (at least, for a sale) the level in millionths? */
function priceWithin(maker: Maker, side: string, outcome: number, lots: bigint, level: bigint): boolean {
  const after = moved(maker.q, outcome, side === 'buy' ? lots : -lots);
  const inverse = inversePrice(after, maker.b, outcome).times(level.toString());
  return side === 'buy' ? inverse.gte(1_000_000) : inverse.lte(1_000_000);
}

/** Is the price of an outcome between two levels in millionths? */
export function pricedWithin({ q, b }: Pick<Maker, 'q' | 'b'>, outcome: number, low: bigint, high: bigint): boolean {
  const inverse = inversePrice(q, b, outcome);
  return inverse.times(low.toString()).lte(1_000_000) && inverse.times(high.toString()).gte(1_000_000);
}

/** The most lots of `wanted` after which the price is still within the level: b·ln(ρW), then looked at. */
export function lotsWithin(maker: Maker, side: string, outcome: number, level: bigint, wanted: bigint): bigint {
  const odds = inversePrice(maker.q, maker.b, outcome).minus(1);
  const ratio = real(level).div(real(1_000_000n - level));
  const size = odds.times(ratio).ln().times(real(maker.b));
  let lots = BigInt((side === 'buy' ? size : size.negated()).floor().toFixed(0));
  while (lots > 0n && !priceWithin(maker, side, outcome, lots, level)) lots--;
  if (lots < 0n) lots = 0n;
  if (lots >= wanted) return wanted;
  while (lots < wanted && priceWithin(maker, side, outcome, lots + 1n, level)) lots++;
  return least(lots, wanted);
}

/** The most that the maker can lose: C(q) − min q = b·max(−ln p), rounded up. */
export function worstLoss(maker: Maker): bigint {
  const lowest = maker.q.reduce((at, each, j) => (each < (maker.q[at] as bigint) ? j : at), 0);
  const loss = inversePrice(maker.q, maker.b, lowest).ln().times(real(maker.b)).times(10_000);
  return ceil(loss);
}

/** Quantities with the same prices at another liquidity: distances to the largest, scaled, halves away from it. */
export function scaledQuantities(maker: Maker, b: bigint): bigint[] {
  const largest = maker.q.reduce((a, each) => (each > a ? each : a));
  return maker.q.map((each) => {
    const distance = real(largest - each)
      .times(real(b))
      .div(real(maker.b));
    return largest - BigInt(distance.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0));
  });
}

/** What a larger liquidity can lose more, for the outcome where that is most: C(q) − q_i before and after. Rounded up. */
export function topUpCost(maker: Maker, b: bigint): bigint {
  const q = scaledQuantities(maker, b);
  const loss = (of: bigint[], liquidity: bigint, outcome: number): Decimal =>
    inversePrice(of, liquidity, outcome).ln().times(real(liquidity));
  const more = q.map((_, outcome) => loss(q, b, outcome).minus(loss(maker.q, maker.b, outcome)));
  return ceil(Decimal.max(...more).times(DOLLAR.toString()));
}

/** b·ln(p/p_max) to the nearest lot: the quantities that have these prices. Undefined if they are not probabilities. */
export function priorQuantities(texts: string[], b: bigint): bigint[] | undefined {
  if (texts.some((text) => !/^\d{1,15}(\.\d{1,18})?$/.test(text))) return undefined;
  const prior = texts.map((text) => new Real(text));
  if (prior.some((p) => p.lte(0)) || !Real.sum(...prior).eq(1)) return undefined;
  const largest = Decimal.max(...prior);
  return prior.map((p) =>
    BigInt(p.div(largest).ln().times(real(b)).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0)),
  );
}
