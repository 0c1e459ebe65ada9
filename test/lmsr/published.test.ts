import { describe, expect, it } from 'vitest';
import { costCeil } from '../../src/engines/lmsr/cost.ts';
import { topUpCeil, topUpQuantities, worstLossCeil } from '../../src/engines/lmsr/funding.ts';
import { priceMillionths, priorQuantities } from '../../src/engines/lmsr/lmsr.ts';
import { unitsForSpend, unitsToLevel } from '../../src/engines/lmsr/size.ts';
import { Exact, hasVectors, readVectors } from './vectors.ts';

interface Example {
  name: string;
  input: string;
  published: string;
  computed: Record<string, string>;
}

/** Shares as units of 10^-digits, for examples whose liquidity is no whole number of lots. */
const units = (shares: string | number, digits: number): number =>
  new Exact(shares).times(`1e${digits}`).round().toNumber();
const of = (...quantities: number[]): Float64Array => Float64Array.from(quantities);
const buy = (q: Float64Array, b: number, outcome: number, size: number) =>
  costCeil(q, 0, q.length, b, 1, outcome, size);
const sell = (q: Float64Array, b: number, outcome: number, size: number) => 0 - buy(q, b, outcome, -size);
const spend = (q: Float64Array, b: number, outcome: number, money: number) =>
  unitsForSpend(q, 0, q.length, b, 1, outcome, money);
const floor = (text: string) => new Exact(text).floor().toNumber();

describe.skipIf(!hasVectors)('worked examples from publications', () => {
  const examples = hasVectors ? readVectors<Example[]>('lmsr_published_examples.json') : [];
  const computed = (start: string): Record<string, string> => {
    const found = examples.find(({ name }) => name.startsWith(start));
    if (found === undefined) throw new Error(`no example ${start}`);
    return found.computed;
  };
  const ppm = (text: string) => Math.round(Number(text) * 1e6);
  const micros = (text: string) => new Exact(text).times(1e6).ceil().toNumber();
  const S = 1_000_000;

  it('prices', () => {
    expect(priceMillionths(of(10, 20, 23), 3, 10, 0)).toBe(ppm(computed('price of stock 1').p!));
    const q = of(100 * S, 0, 0);
    const three = computed('3 outcomes buy 100');
    expect(priceMillionths(q, 3, 100 * S, 0)).toBe(ppm(three.pA!));
    expect(priceMillionths(q, 3, 100 * S, 1)).toBe(ppm(three.pB!));
    expect(buy(of(0, 0, 0), 100 * S, 0, 100 * S)).toBe(micros(three.cost!));
  });

  it('costs, with one publication’s arithmetic slip not repeated', () => {
    const augur = computed('Augur blog');
    expect(buy(of(5 * S, 3 * S), 100 * S, 0, S)).toBe(micros(augur.cost!));
    expect(priceMillionths(of(6 * S, 3 * S), 2, 100 * S, 0)).toBe(ppm(augur.price_after!));
    expect(buy(of(0, 0), 100 * S, 0, 100 * S)).toBe(micros(computed('buy 100 of YES').cost!));
    expect(buy(of(0, 0), 100 * S, 0, 100 * S)).toBe(micros(computed('WRONG published').cost!));
    expect(buy(of(0, 0), 100 * S, 0, 100 * S)).not.toBe(61_720_000);
  });

  it('C(q) in lamports: from the worst loss, which is C(q) − min q', () => {
    const lamports = computed('lamports');
    const up = (text: string) => new Exact(text).ceil().toNumber();
    expect(worstLossCeil(of(0, 0), 0, 2, 1e9, 1)).toBe(up(lamports.C0!));
    expect(worstLossCeil(of(1e9, 0), 0, 2, 1e9, 1)).toBe(up(lamports.C1!));
    expect(worstLossCeil(of(1e9, 4e9), 0, 2, 1e9, 1) + 1e9).toBe(up(lamports.C2!));
    expect(worstLossCeil(of(0, 0), 0, 2, 12_345_678, 1)).toBe(up(computed('max loss b=12345678').exact!));
  });

  it('reserves r_i = −b·ln p_i, in units of 10⁻¹⁰ shares', () => {
    const D = 10;
    // p = e^−r/b; the rest of the probability is one other outcome at q = b·ln((1 − p)/p).
    const state = (b: string, r: string): Float64Array => {
      const p = new Exact(r).div(b).neg().exp();
      return of(0, units(new Exact(b).times(p.neg().plus(1).div(p).ln()).toString(), D));
    };
    // q has ten digits and so, nearly, has the result: the last one may differ.
    const near = (actual: number, text: string) => expect(Math.abs(actual - units(text, D))).toBeLessThanOrEqual(3);
    near(sell(state('14.4269504088', '10'), units('14.4269504088', D), 0, units(10, D)), computed('Zeitgeist sell').v!);
    near(sell(state('1', '1'), units(1, D), 0, units(1, D)), computed('Zeitgeist sell r=1 x=1').v!);
    near(sell(state('7', '17'), units(7, D), 0, units(8, D)), computed('Zeitgeist sell r=17').v!);
    // Their buy swaps money x for x complete sets and the other side of them: shares of the outcome beyond the sets.
    const swap = (b: string, r: string, x: number) => spend(state(b, r), units(b, D), 0, units(x, D)) - units(x, D);
    near(swap('2', '2', 2), computed('Zeitgeist buy r=2').y!);
    near(swap('3', '100', 10), computed('Zeitgeist buy r=100').y!);
  });

  it('sizes that move the price to a level', () => {
    const D = 10;
    const b = units(10, D);
    const at = (p: string): Float64Array =>
      of(0, units(new Exact(10).times(new Exact(1).minus(p).div(p).ln()).toString(), D));
    const size = unitsToLevel(at('0.3'), 0, 2, b, 1, 0, 1, 400_000, S);
    expect(Math.abs(buy(at('0.3'), b, 0, size) - units(computed('Zeitgeist buy-until').x!, D))).toBeLessThanOrEqual(3);
    const down = unitsToLevel(at('0.2'), 0, 2, b, 1, 0, -1, 100_000, S);
    expect(Math.abs(down - units(computed('Zeitgeist sell-until').x!, D))).toBeLessThanOrEqual(3);
  });

  it('funding of a start that is not uniform', () => {
    for (const [name, prior] of [
      ["non-uniform start funding 10 prices ['0.5'", ['0.5', '0.5']],
      ['non-uniform start funding 444', ['0.1', '0.2', '0.3', '0.4']],
    ] as const) {
      const { b, r0 } = computed(name) as { b: string; r0: string };
      const liquidity = units(b, D);
      const q = priorQuantities(prior, liquidity)!;
      const loss = worstLossCeil(q, 0, q.length, liquidity, 1);
      expect(Math.abs(loss - units(r0, D))).toBeLessThanOrEqual(3);
    }
  });
  const D = 10;

  it('tables of another implementation, to the unit', () => {
    const exact = (name: string) => floor(computed(name).exact!);
    expect(spend(of(0, 0), 1e11, 0, 1e9)).toBe(exact('shares_for_cost edge-00813'));
    expect(spend(of(100_000, 0), 1e7, 1, 2e7)).toBe(exact('shares_for_cost grid-00098'));
    expect(spend(of(1e8, 1e8), 1e10, 1, 2e10)).toBe(exact('shares_for_cost grid-01359'));
    expect(spend(of(0, 1e12), 1e12, 0, 2.5e11)).toBe(exact('shares_for_cost grid-02107'));
    expect(spend(of(0, 0), 1e9, 0, 1e15)).toBe(exact('shares_for_cost edge-00793'));
    expect(sell(of(3e7, 3e7), 1e7, 1, 1.5e7)).toBe(exact('sell_return grid-00292'));
    expect(sell(of(3e11, 2.5e10), 1e11, 0, 1e11)).toBe(exact('sell_return grid-01941'));
    expect(sell(of(0, 1e8), 1e10, 1, 5e7)).toBe(exact('sell_return grid-01262'));
  });
});

interface TopUps {
  topup: { prices: string[]; b: string; b_new: string; cash_needed: string; reserves_new: string[] }[];
  unsafe_b_change: { grow_to_200: { reserves: string[] } };
}

describe.skipIf(!hasVectors)('raising b', () => {
  const { topup } = hasVectors ? readVectors<TopUps>('lmsr_topup_vectors.json') : { topup: [] };
  const S = 1_000_000;

  it.each(topup)('from $b to $b_new at $prices', ({ prices, b, b_new, cash_needed, reserves_new }) => {
    const n = prices.length;
    const [from, to] = [units(b, 6), units(b_new, 6)];
    const q = priorQuantities(prices, from)!;
    const after = topUpQuantities(q, n, from, to);
    prices.forEach((price, i) => {
      expect(priceMillionths(after, n, to, i)).toBe(Math.round(Number(price) * 1e6));
    });
    const uniform = q.every((quantity) => quantity === q[0]);
    const cost = topUpCeil(q, 0, n, from, 1, to);
    // To the micro where the prior is exact; elsewhere q and q′ are rounded to millionths of a share.
    if (uniform) expect(cost).toBe(units(new Exact(cash_needed).times(1e6).ceil().div(1e6).toString(), 6));
    else expect(Math.abs(cost - units(cash_needed, 6))).toBeLessThanOrEqual(1 + to / from);
    const most = reserves_new.reduce((a, r) => (Number(r) > Number(a) ? r : a));
    expect(Math.abs(worstLossCeil(after, 0, n, to, 1) - units(most, 6))).toBeLessThanOrEqual(1 + to / from);
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
