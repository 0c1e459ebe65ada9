import { describe, expect, it } from 'vitest';
import { bundleCostCeil, costCeil } from '../../src/engines/lmsr/cost.ts';
import { worstLossCeil } from '../../src/engines/lmsr/funding.ts';
import { comparePrice, priceMillionths, pricesMillionths } from '../../src/engines/lmsr/lmsr.ts';
import { quoteUnits } from '../../src/engines/lmsr/quote.ts';
import { unitsForSpend, unitsToLevel } from '../../src/engines/lmsr/size.ts';
import { Exact, hasVectors, inUnits, millionths, readVectors, tracked } from './vectors.ts';

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
  buy_cost: string;
  sell_proceeds: string;
  buy_no_cost: string;
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
  bundle_cost: string;
  bundle_cost_micro: string;
  profit_if_i_wins: string;
  log_ratio_check: string;
  max_extra_loss_from_here: string;
}

const UNITS = 1e6; // a unit is a millionth of a share and pays one micro
const nearest = (text: string): number => new Exact(text).times(1e6).toDecimalPlaces(0, Exact.ROUND_HALF_UP).toNumber();
const up = (text: string): number => new Exact(text).times(1e6).ceil().toNumber();
const down = (text: string): number => new Exact(text).times(1e6).floor().toNumber();

describe.skipIf(!hasVectors)('reference vectors', () => {
  const { cases, meta } = hasVectors
    ? readVectors<{ cases: Case[]; meta: { count: number } }>('lmsr_vectors.json')
    : { cases: [], meta: { count: 0 } };

  it('are all there', () => {
    expect(cases.length).toBeGreaterThanOrEqual(100);
    expect(cases.length).toBe(meta.count);
  });

  it.each(cases.map((c) => [`${c.id} ${c.kind} n=${c.n}`, c] as const))('%s', (_, vector) => {
    // Every field but these two is asserted below; one that is not would be noticed.
    const { id: _id, kind: _kind, ...asserted } = vector;
    const { data: c, unread } = tracked(asserted);
    const { n, i } = c;
    expect(c.q.length).toBe(n);
    expect(c.prices.length).toBe(n);
    expect(c.prices_after_buy.length).toBe(n);
    expect(c.bundle.length).toBe(n);
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
    // The real numbers, to fifty digits, that these are the roundings of.
    expect(buyCost).toBe(up(c.buy_cost));
    expect(sellProceeds).toBe(down(c.sell_proceeds));
    expect(delta - sellProceeds).toBe(up(c.buy_no_cost));
    expect(String(delta - sellProceeds)).toBe(c.buy_no_cost_micro);
    const no = new Float64Array(n).fill(delta);
    no[i] = 0;
    expect(String(bundleCostCeil(q, at, n, b, 1, no))).toBe(c.buy_no_cost_micro);
    expect(delta - buyCost).toBe(down(c.profit_if_i_wins));
    expect(delta - buyCost).toBe(down(c.log_ratio_check));

    const bundle = Float64Array.from(c.bundle, (shares) => inUnits(shares, UNITS));
    expect(String(bundleCostCeil(q, at, n, b, 1, bundle))).toBe(c.bundle_cost_micro);

    expect(bundleCostCeil(q, at, n, b, 1, bundle)).toBe(up(c.bundle_cost));

    expect(unitsForSpend(q, at, n, b, 1, i, inUnits(c.spend, UNITS))).toBe(down(c.shares_for_spend));
    expect(String(unitsForSpend(q, at, n, b, 1, i, inUnits(c.spend, UNITS)))).toBe(c.shares_for_spend_microshares);

    const target = millionths(c.target);
    const direction = c.target_side === 'buy' ? 1 : -1;
    const size = unitsToLevel(q, at, n, b, 1, i, direction, target, 1_000_000);
    expect(size).toBe(down(c.target_shares));
    expect(comparePrice(q, n, b, i, target, at)).toBe(-direction);
    // The vector's size is between this one and one more, and so is its money: a cost rounded up, proceeds rounded down.
    const money = (units: number) => direction * costCeil(q, at, n, b, 1, i, direction * units);
    const round = direction > 0 ? up : down;
    expect(money(size)).toBeLessThanOrEqual(round(c.target_money));
    expect(money(size + 1)).toBeGreaterThanOrEqual(round(c.target_money));
    // A unit pays a micro, so that leaves one or two integers.
    expect(money(size + 1) - money(size)).toBeLessThanOrEqual(1);
    const out = new Float64Array(2);
    quoteUnits(q, at, n, b, 1, i, direction, size + 1, target, 1_000_000, Number.POSITIVE_INFINITY, out);
    expect([...out]).toEqual([size, money(size)]);

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
    expect(unread()).toEqual([]);
  });
});
