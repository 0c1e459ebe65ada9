import { describe, expect, it } from 'vitest';
import { bundleCostCeil, costCeil } from '../../src/engines/lmsr/cost.ts';
import { worstLossCeil } from '../../src/engines/lmsr/funding.ts';
import { comparePrice, priceMillionths, pricesMillionths } from '../../src/engines/lmsr/lmsr.ts';
import { unitsForSpend, unitsToLevel } from '../../src/engines/lmsr/size.ts';
import { Exact, hasVectors, inUnits, millionths, readVectors } from './vectors.ts';

interface Case {
  id: number;
  kind: string;
  n: number;
  b: string;
  q: string[];
  i: number;
  cost_before: string;
  prices: string[];
  delta: string;
  prices_after_buy: string[];
  buy_cost_micro: string;
  sell_proceeds_micro: string;
  buy_no_cost_micro: string;
  spend: string;
  shares_for_spend: string;
  shares_for_spend_microshares: string;
  target: string;
  target_side: 'buy' | 'sell';
  target_shares: string;
  target_money: string;
  bundle: string[];
  bundle_cost_micro: string;
  profit_if_i_wins: string;
  max_extra_loss_from_here: string;
}

const UNITS = 1e6; // a unit is a millionth of a share and pays one micro
const nearest = (text: string): number => new Exact(text).times(1e6).toDecimalPlaces(0, Exact.ROUND_HALF_UP).toNumber();
const up = (text: string): number => new Exact(text).times(1e6).ceil().toNumber();
const down = (text: string): number => new Exact(text).times(1e6).floor().toNumber();

describe.skipIf(!hasVectors)('reference vectors', () => {
  const { cases } = hasVectors ? readVectors<{ cases: Case[] }>('lmsr_vectors.json') : { cases: [] };

  it('are there', () => expect(cases.length).toBeGreaterThanOrEqual(100));

  it.each(cases.map((c) => [`${c.id} ${c.kind} n=${c.n}`, c] as const))('%s', (_, c) => {
    const { n, i } = c;
    // In a slab, to see that the offset is honoured.
    const at = 3;
    const q = new Float64Array(n + 5).fill(Number.NaN);
    c.q.forEach((shares, j) => {
      q[at + j] = inUnits(shares, UNITS);
    });
    const b = inUnits(c.b, UNITS);
    const delta = inUnits(c.delta, UNITS);
    const buyCost = costCeil(q, at, n, b, 1, i, delta);
    const sellProceeds = 0 - costCeil(q, at, n, b, 1, i, -delta);
    expect(String(buyCost)).toBe(c.buy_cost_micro);
    expect(String(sellProceeds)).toBe(c.sell_proceeds_micro);
    expect(String(delta - sellProceeds)).toBe(c.buy_no_cost_micro);
    const no = new Float64Array(n).fill(delta);
    no[i] = 0;
    expect(String(bundleCostCeil(q, at, n, b, 1, no))).toBe(c.buy_no_cost_micro);
    expect(delta - buyCost).toBe(down(c.profit_if_i_wins));

    const bundle = Float64Array.from(c.bundle, (shares) => inUnits(shares, UNITS));
    expect(String(bundleCostCeil(q, at, n, b, 1, bundle))).toBe(c.bundle_cost_micro);

    expect(String(unitsForSpend(q, at, n, b, 1, i, inUnits(c.spend, UNITS)))).toBe(c.shares_for_spend_microshares);

    const target = millionths(c.target);
    const direction = c.target_side === 'buy' ? 1 : -1;
    const size = unitsToLevel(q, at, n, b, 1, i, direction, target, 1_000_000);
    expect(size).toBe(down(c.target_shares));
    expect(comparePrice(q, n, b, i, target, at)).toBe(-direction);
    // The vector's size has a fraction of a unit, which is worth less than a micro.
    const money = direction * costCeil(q, at, n, b, 1, i, direction * size);
    expect(Math.abs(money - Number(c.target_money) * 1e6)).toBeLessThan(2);

    expect([...pricesMillionths(q, n, b, undefined, at)]).toEqual(c.prices.map(nearest));
    c.prices.forEach((price, j) => {
      expect(priceMillionths(q, n, b, j, at)).toBe(nearest(price));
    });
    expect(worstLossCeil(q, at, n, b, 1)).toBe(up(c.max_extra_loss_from_here));
    // C(q) itself: what a loser of q_i = 0 would leave, the worst loss less the smallest quantity.
    const smallest = Math.min(...q.subarray(at, at + n));
    expect(worstLossCeil(q, at, n, b, 1) + smallest).toBe(up(c.cost_before));
    q[at + i]! += delta;
    expect([...pricesMillionths(q, n, b, undefined, at)]).toEqual(c.prices_after_buy.map(nearest));
  });
});
