import { describe, expect, it } from 'vitest';
import { costCeil } from '../../src/engines/lmsr/cost.ts';
import { topUpCeil, topUpQuantities, worstLossCeil } from '../../src/engines/lmsr/funding.ts';
import { priceMillionths, priorQuantities } from '../../src/engines/lmsr/lmsr.ts';
import { Exact, hasVectors, readVectors, tracked } from './vectors.ts';

const units = (shares: string | number, digits: number): number =>
  new Exact(shares).times(`1e${digits}`).round().toNumber();
const of = (...quantities: number[]): Float64Array => Float64Array.from(quantities);
const buy = (q: Float64Array, b: number, outcome: number, size: number) =>
  costCeil(q, 0, q.length, b, 1, outcome, size);
const sell = (q: Float64Array, b: number, outcome: number, size: number) => 0 - buy(q, b, outcome, -size);

interface TopUp {
  prices: string[];
  b: string;
  b_new: string;
  reserves: string[];
  reserves_new: string[];
  cash_needed: string;
  leftover_tokens_to_funder: string[];
  check_sum_exp: string;
}

interface TopUps {
  topup: TopUp[];
  unsafe_b_change: {
    q: string[];
    b: string;
    maker_cash: string;
    shrink_to_50: Record<'price_before' | 'price_after' | 'paid_for_100_yes' | 'resale_at_b50' | 'free_profit', string>;
    grow_to_200: { price_after: string; reserves: string[]; sum_exp_minus_r_over_b_new: string; note: string };
  };
}

describe.skipIf(!hasVectors)('raising b', () => {
  const file = hasVectors ? readVectors<TopUps>('lmsr_topup_vectors.json') : undefined;
  const S = 1_000_000;
  const ppm = (text: string) => Math.round(Number(text) * S);

  it.each(file?.topup ?? [])('from $b to $b_new at $prices', (vector) => {
    const { data, unread } = tracked(vector);
    const { prices, b, b_new, cash_needed } = data;
    const n = prices.length;
    const [from, to] = [units(b, 6), units(b_new, 6)];
    const q = priorQuantities(vector.prices, from)!;
    const after = topUpQuantities(q, n, from, to);
    let sum = 0;
    for (const [i, price] of prices.entries()) {
      expect(priceMillionths(after, n, to, i)).toBe(ppm(price));
      sum += priceMillionths(after, n, to, i);
    }
    expect(sum).toBe(ppm(data.check_sum_exp));
    const uniform = q.every((quantity) => quantity === q[0]);
    const cost = topUpCeil(q, 0, n, from, 1, to);
    // To the micro where the prior is exact; elsewhere q and q′ are rounded to millionths of a share.
    const slack = 1 + to / from;
    if (uniform) expect(cost).toBe(units(new Exact(cash_needed).times(1e6).ceil().div(1e6).toString(), 6));
    else expect(Math.abs(cost - units(cash_needed, 6))).toBeLessThanOrEqual(slack);
    // r_i = C(q) − q_i, before and after; what a deposit in full sets leaves beyond the new ones is the funder's.
    const reserves = reservesOf(q, from);
    const reservesNew = reservesOf(after, to);
    for (let i = 0; i < n; i++) {
      expect(Math.abs(reserves[i]! - units(data.reserves[i]!, 6))).toBeLessThanOrEqual(slack);
      expect(Math.abs(reservesNew[i]! - units(data.reserves_new[i]!, 6))).toBeLessThanOrEqual(slack);
      const leftover = cost - (reservesNew[i]! - reserves[i]!);
      expect(Math.abs(leftover - units(data.leftover_tokens_to_funder[i]!, 6))).toBeLessThanOrEqual(2 * slack);
    }
    expect(unread()).toEqual([]);
  });

  const reservesOf = (q: Float64Array, b: number): number[] => {
    const loss = worstLossCeil(q, 0, q.length, b, 1) + Math.min(...q);
    return Array.from(q, (quantity) => loss - quantity);
  };

  it('without paying for it, or cutting b, would be a gift: why neither is offered', () => {
    const { data, unread } = tracked(file!.unsafe_b_change);
    const q = Float64Array.from(data.q, (shares) => units(shares, 6));
    const b = units(data.b, 6);
    const cash = units(data.maker_cash, 6);
    expect(Math.abs(reservesOf(q, b)[1]! - cash)).toBeLessThanOrEqual(1);
    const { price_before, price_after, paid_for_100_yes, resale_at_b50, free_profit } = data.shrink_to_50;
    expect(priceMillionths(q, 2, b, 0)).toBe(ppm(price_before));
    expect(priceMillionths(q, 2, b / 2, 0)).toBe(ppm(price_after));
    const paid = buy(of(0, 0), b, 0, q[0]!);
    const resale = sell(q, b / 2, 0, q[0]!);
    expect(paid).toBe(new Exact(paid_for_100_yes).times(1e6).ceil().toNumber());
    expect(resale).toBe(new Exact(resale_at_b50).times(1e6).floor().toNumber());
    expect(Math.abs(resale - paid - units(free_profit, 6))).toBeLessThanOrEqual(2);

    const grown = data.grow_to_200;
    expect(priceMillionths(q, 2, 2 * b, 0)).toBe(ppm(grown.price_after));
    // What the maker has if an outcome happens, and what it could lose at the larger b: too little.
    for (const [i, reserve] of grown.reserves.entries()) {
      expect(Math.abs(cash - q[i]! - units(reserve, 6))).toBeLessThanOrEqual(1);
    }
    const needed = reservesOf(q, 2 * b)[1]!;
    expect(Math.exp((needed - cash) / (2 * b))).toBeCloseTo(Number(grown.sum_exp_minus_r_over_b_new), 6);
    expect(needed).toBeGreaterThan(cash);
    expect(grown.note).toContain('needs top-up');
    expect(unread()).toEqual([]);
  });

  it('after trading keeps prices and is never a cut', () => {
    const q = of(100 * S, 0);
    expect(priceMillionths(topUpQuantities(q, 2, 100 * S, 200 * S), 2, 200 * S, 0)).toBe(731_059);
    // Funds (31.33, 131.33) suffice for b = 100; 200 at the same prices needs twice that.
    expect(topUpCeil(q, 0, 2, 100 * S, 1, 200 * S)).toBe(131_326_169);
    expect(() => topUpQuantities(q, 2, 100 * S, 50 * S)).toThrow(RangeError);
    expect(() => topUpCeil(q, 0, 2, 100 * S, 1, 100 * S)).toThrow(RangeError);
  });
});
